#!/bin/sh
# SPDX-License-Identifier: MIT
# Constants and what points to them say KWH_CONST, everywhere: in an address space of its own, as
# program memory is on an AVR, clang takes no pointer for another. (Its gcc says nothing of them.)
# The arguments are the unit tests that an AVR runs.
set -eu
: "${SOURCE:?folder of the sources}" "${BUILD:?build folder, for kwh/maps.h}"
command -v clang >/dev/null || { echo "SKIP: no clang"; exit 77; }
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cd "$SOURCE"

apart()
{
    clang -std=c99 -ffreestanding -w -fsyntax-only '-DKWH_CONST=const __attribute__((address_space(1)))' \
        '-DKWH_TEXT(text_)=((KWH_CONST char[]){text_})' -Iinclude -I"$BUILD/include" "$@"
}

# What it is to find.
cat >"$temp/wrong.c" <<'END'
#include <kwh.h>
const char *plain(void);
const char *plain(void) { return kwh_error_name(KWH_OK); }
END
if apart "$temp/wrong.c" 2>"$temp/said"; then
    echo "clang takes one pointer for the other"
    exit 1
fi
grep -q 'address space' "$temp/said" || { cat "$temp/said"; exit 1; }

failed=0
count=0
for file in $(find lib maps -name '*.c' ! -path 'lib/host/*' | sort) examples/uart/*.c \
    examples/mcu_two_meters.c examples/rtos_task.c examples/own_map/acme_x1.c tests/sizes/*.c; do
    apart -Ilib "$file" || failed=1
    count=$((count + 1))
done
for name in "$@"; do
    apart -Ilib -Itests/target -Itests "tests/test_$name.c" || failed=1
    count=$((count + 1))
done
apart -Itests/target tests/target/smoke.c || failed=1
apart -DKWH_CRC16_SLICE8=0 lib/base/crc16.c || failed=1
echo "$count files"
exit "$failed"
