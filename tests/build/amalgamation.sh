#!/bin/sh
# SPDX-License-Identifier: MIT
# The library as kwh.c and kwh.h: no warning from any compiler that is there, and the unit tests of
# the public interface pass with it. The arguments are their names.
set -eu
: "${SOURCE:?folder of the sources}" "${CC:?C compiler}"
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cd "$SOURCE"

python3 lib/amalgamate.py "$temp"
python3 lib/amalgamate.py "$temp/one" inepro_pro380
said=$(python3 lib/amalgamate.py "$temp/none" --help 2>&1 || true)
case $said in *usage:*MAP*) ;; *) echo "--help: $said"; exit 1 ;; esac

said=$(python3 lib/amalgamate.py /dev/null/none 2>&1 || true)
[ "$said" = "/dev/null/none: Not a directory" ] || { echo "a folder that cannot be: $said"; exit 1; }

strict='-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes
    -Wmissing-prototypes -Wundef -Wvla -Werror'
compiler() # OPTION... of a compiler that may be missing
{
    command -v "$1" >/dev/null || { echo "no $1"; return 0; }
    # shellcheck disable=SC2086
    {
        "$@" $strict -std=c99 -Os -I"$temp" -c "$temp/kwh.c" -o "$temp/try.o"
        "$@" $strict -std=c11 -Os -I"$temp/one" -c "$temp/one/kwh.c" -o "$temp/try.o"
    }
    echo "$1: c99, c11"
}
compiler gcc
compiler clang
compiler arm-none-eabi-gcc -mcpu=cortex-m0plus -mthumb -ffunction-sections -fdata-sections
# Texts that are not used can be left out, each by itself: no section holds those of all tables.
if command -v arm-none-eabi-gcc >/dev/null && arm-none-eabi-objdump -h "$temp/try.o" | grep -E ' \.rodata(\.str[0-9.]*)? '; then
    echo "the texts of tables share a section"
    exit 1
fi
# For an AVR some checks always hold. Tables are in RAM by the standard, in program memory with the
# extensions of GNU, where its gcc forgets that members are named when one is a KWH_TEXT().
compiler avr-gcc -mmcu=atmega1284p -Wno-type-limits
if command -v avr-gcc >/dev/null; then
    # shellcheck disable=SC2086
    avr-gcc -mmcu=atmega1284p $strict -Wno-type-limits -Wno-missing-field-initializers -std=gnu99 \
        -Os -I"$temp" -c "$temp/kwh.c" -o "$temp/try.o"
    ram=$(avr-size -A "$temp/try.o" | awk '/^\.(data|rodata|bss)/ { sum += $2 } END { print sum + 0 }')
    [ "$ram" = 0 ] || { echo "avr-gcc: $ram bytes of tables in RAM"; exit 1; }
    echo "avr-gcc: gnu99, tables in program memory"
fi
if command -v g++ >/dev/null; then
    echo '#include <kwh.h>' >"$temp/try.cpp"
    g++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -I"$temp" -c "$temp/try.cpp" -o "$temp/try.o"
    echo "g++: c++11"
fi

# Includes as the tests have them.
mkdir -p "$temp/headers/kwh"
for header in include/kwh/*.h include/kwh/maps.h; do
    echo '#include "../../kwh.h"' >"$temp/headers/kwh/$(basename "$header")"
done
echo '#include "../kwh.h"' >"$temp/headers/kwh.h"

# CC may be several words.
# shellcheck disable=SC2086
$CC -std=c99 -I"$temp" -c "$temp/kwh.c" -o "$temp/kwh.o"
# A plan of constants as it is printed.
# shellcheck disable=SC2086
$CC -std=c99 -I"$temp/one" -c tests/sizes/pro380_plan.c -o "$temp/try.o"
names=
for name in "$@"; do # those of internals apart
    grep -qE '^#include "(base|energy|line|modbus|mbus|map|meter|port)/' "tests/test_$name.c" ||
        names="$names $name"
done
export temp SOURCE CC
# shellcheck disable=SC2016,SC2086
printf '%s\n' $names | xargs -P "$(nproc)" -I NAME sh -euc '
    $CC -std=c99 -DKWH_SOURCE_ROOT="\"$SOURCE\"" -I"$temp/headers" -Itests "tests/test_$1.c" \
        "$temp/kwh.o" -lcmocka -o "$temp/test_$1"
    "$temp/test_$1" >"$temp/$1.log" 2>&1 || { cat "$temp/$1.log"; exit 1; }' sh NAME
echo "unit tests: $(echo "$names" | wc -w) of $#"
