#!/bin/sh
# SPDX-License-Identifier: MIT
# The core and one map compile without Meson and without any generated file: a C99 compiler and
# -Iinclude are enough, for a program and for firmware alike.
set -eu
: "${SOURCE:?folder of the sources}" "${CC:?C compiler}"
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cd "$SOURCE"

cat >"$temp/program.c" <<'END'
#include <kwh.h>
int main(void)
{
    static const uint8_t digits[] = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};
    return kwh_crc16(KWH_CRC16_START, digits, sizeof digits) == 0x4B37 ? 0 : 1;
}
END

# The examples that microcontrollers run, and what stands for their hardware.
examples='examples/mcu_two_meters.c examples/rtos_task.c examples/pulse_pin.c examples/own_map/*.c
    examples/fake/*.c'

core=$(find lib -name '*.c' ! -path 'lib/host/*' | sort)
map=$(find maps -name '*.c' | sort | head -n 1)

# CC may be several words, and the file names have no blanks.
# shellcheck disable=SC2086
{
    $CC -Iinclude $core $map "$temp/program.c" -o "$temp/program"
    "$temp/program"
    echo "a program: $(echo "$core" | wc -l) files of lib/, ${map:-no map}"
    mkdir "$temp/objects"
    for file in $core $map; do
        $CC -std=c99 -Os -ffreestanding -Iinclude -c "$file" -o "$temp/objects/$(basename "$file").o"
    done
    for file in $examples; do
        $CC -std=c99 -Iinclude -c "$file" -o "$temp/objects/example_$(basename "$file").o"
    done
    echo "examples: $(echo $examples | wc -w) files"
    echo "firmware: the same, -std=c99 -ffreestanding"
}
