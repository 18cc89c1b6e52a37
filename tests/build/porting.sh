#!/bin/sh
# SPDX-License-Identifier: MIT
# docs/porting.md does what it says: its files and its program, with each driver, on the stage set
# that stands for the hardware; and its command line, where that compiler is installed.
set -eu
: "${SOURCE:?folder of the sources}" "${CC:?C compiler}"
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cd "$SOURCE"

block() # LANGUAGE
{
    sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/{/^\`\`\`/!p}" "$SOURCE/docs/porting.md"
}

block c >"$temp/main.c"
core=$(find lib -name '*.c' ! -path 'lib/host/*')
try() # DRIVER SOURCE-OR-OPTION...
{
    driver=$1
    shift
    # CC may be several words, and the file names have no blanks.
    # shellcheck disable=SC2086
    $CC -std=c99 -Wall -Wextra -Wpedantic -Werror "$@" "$temp/main.c" -o "$temp/program"
    said=$("$temp/program")
    [ "$said" = 300.2 ] || { echo "$driver: '$said'"; exit 1; }
}

mkdir "$temp/core"
# shellcheck disable=SC2086
(cd "$temp/core" && $CC -std=c99 -Wall -Wextra -Wpedantic -Werror -I"$SOURCE/include" -c \
    $(echo "$core" | sed "s|^|$SOURCE/|") "$SOURCE/maps/inepro_pro380.c")
for driver in polled interrupt dma; do
    try "$driver" -Iinclude -Iexamples/uart "$temp"/core/*.o "examples/uart/$driver.c" \
        examples/fake/hardware.c
done

# With the two files, and the driver in the folder of the program.
python3 lib/amalgamate.py "$temp/two" inepro_pro380
cp examples/uart/driver.h examples/uart/hardware.h examples/uart/ring.h examples/uart/interrupt.c \
    examples/fake/hardware.c "$temp/two"
sed -i 's|<kwh/[a-z_]*\.h>|<kwh.h>|; s|"\.\./uart/|"|' "$temp/two/driver.h" "$temp/two/hardware.c"
try "two files" -I"$temp/two" "$temp/two/kwh.c" "$temp/two/interrupt.c" "$temp/two/hardware.c"

# The same program on M-Bus, by the table of what is other there.
# shellcheck disable=SC2016
sed -n 's/^| `\([^`]*\)` | `\([^`]*\)` |$/\1|\2/p' docs/porting.md >"$temp/places"
cp "$temp/main.c" "$temp/mbus.c"
while IFS='|' read -r modbus mbus; do
    grep -qF "$modbus" "$temp/mbus.c" || { echo "the program has no '$modbus'"; exit 1; }
    sed -i "s|$modbus|$(printf '%s' "$mbus" | sed 's/&/\\&/g')|" "$temp/mbus.c"
done <"$temp/places"
[ "$(wc -l <"$temp/places")" -eq 7 ] || { echo "the table of M-Bus is another"; exit 1; }
# CC may be several words. The meter of the stage set is one of Modbus.
# shellcheck disable=SC2086
$CC -std=c99 -Wall -Wextra -Wpedantic -Werror -Iinclude -Iexamples/uart "$temp/mbus.c" "$temp"/core/*.o \
    examples/uart/interrupt.c examples/fake/hardware.c -o "$temp/mbus"
said=$("$temp/mbus")
[ "$said" = timeout ] || { echo "M-Bus: '$said'"; exit 1; }

same=$(find lib maps -name '*.c' ! -path 'lib/host/*' -exec basename {} \; | sort | uniq -d)
[ -z "$same" ] || { echo "two files of one name: $same"; exit 1; }
files=$(grep -oE '`(examples|include|maps|tests|lib)/[a-z0-9_/.]+`' docs/porting.md | tr -d '`')
for file in $files; do
    [ -e "$file" ] || { echo "the page names $file, which is not there"; exit 1; }
done

command -v arm-none-eabi-gcc >/dev/null || { echo "SKIP: no arm-none-eabi-gcc for the command"; exit 77; }
# What the page has the shell do, in a folder of its own: the objects, then a program of them.
mkdir "$temp/board"
cd "$temp/board"
cp "$temp/main.c" "$SOURCE/examples/uart/polled.c" .
arm-none-eabi-gcc -mcpu=cortex-m0plus -mthumb -Os -I"$SOURCE/include" -c "$SOURCE/examples/fake/hardware.c"
cat >your_board.ld <<'END'
MEMORY
{
    FLASH (rx) : ORIGIN = 0x00000000, LENGTH = 64K
    RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 8K
}
ENTRY(_start)
SECTIONS
{
    .text : { *(.text*) *(.rodata*) } > FLASH
    .ARM.exidx : { *(.ARM.exidx*) } > FLASH
    .data : { *(.data*) } > RAM AT > FLASH
    .bss : { __bss_start__ = .; *(.bss*) *(COMMON) __bss_end__ = .; end = .; } > RAM
}
END
block sh | sed "s|-Iinclude|-I$SOURCE/include|; s|-Iexamples|-I$SOURCE/examples|; s|find lib|find $SOURCE/lib|
    s|lib/host|*/lib/host|; s|maps/|$SOURCE/maps/|" >commands
sh -eu commands
objects=$(find . -name '*.o' | wc -l)
echo "$objects objects"
[ "$objects" -eq "$(($(echo "$core" | wc -l) + 2))" ]
arm-none-eabi-size first.elf

# The start-up files that the page offers, and a _write() for puts: it says what the meter has.
command -v qemu-system-arm >/dev/null || { echo "SKIP: no qemu-system-arm for the start-up files"; exit 77; }
firmware=$SOURCE/examples/firmware
cat >write.c <<END
#include "$firmware/semihosting.h"
int _write(int file, const char *bytes, int count);
int _write(int file, const char *bytes, int count)
{
    const char text[2] = {bytes[0], '\\0'};
    (void)file;
    if (count > 0)
        semihosting_print(text);
    return count > 0;
}
END
arm-none-eabi-gcc -mcpu=cortex-m0plus -mthumb -Os -Wl,--gc-sections --specs=nosys.specs -nostartfiles \
    -L"$firmware" -T "$firmware/mps2_an385/memory.ld" -I"$SOURCE/include" -I"$SOURCE/examples/uart" main.c polled.c \
    write.c "$firmware/startup.c" "$firmware/semihosting.c" ./*.o -o started.elf
said=$(timeout 60 qemu-system-arm -M mps2-an385 -nographic -monitor none -serial null \
    -semihosting-config enable=on,target=native -kernel started.elf </dev/null 2>&1)
[ "$said" = 300.2 ] || { echo "started.elf: '$said'"; exit 1; }
