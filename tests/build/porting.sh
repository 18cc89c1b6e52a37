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
    sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/{/^\`\`\`/!p}" docs/porting.md
}

block c >"$temp/main.c"
core=$(find lib -name '*.c' ! -path 'lib/host/*')
for driver in polled interrupt dma; do
    # CC may be several words, and the file names have no blanks.
    # shellcheck disable=SC2086
    $CC -std=c99 -Wall -Wextra -Wpedantic -Werror -Iinclude -Iexamples/uart $core maps/inepro_pro380.c \
        "$temp/main.c" "examples/uart/$driver.c" examples/fake/hardware.c -o "$temp/program"
    said=$("$temp/program")
    [ "$said" = 300.2 ] || { echo "$driver: '$said'"; exit 1; }
done

same=$(find lib maps -name '*.c' ! -path 'lib/host/*' -exec basename {} \; | sort | uniq -d)
[ -z "$same" ] || { echo "two files of one name: $same"; exit 1; }
files=$(grep -oE '`(examples|include|maps|tests|lib)/[a-z0-9_/.]+`' docs/porting.md | tr -d '`')
for file in $files; do
    [ -e "$file" ] || { echo "the page names $file, which is not there"; exit 1; }
done

command -v arm-none-eabi-gcc >/dev/null || { echo "SKIP: no arm-none-eabi-gcc for the command"; exit 77; }
{
    echo "cd '$temp'"
    block sh | sed "s|-Iinclude|-I$SOURCE/include|; s|find lib|find $SOURCE/lib|; s|lib/host|*/lib/host|; s|maps/|$SOURCE/maps/|"
} >"$temp/command"
sh -eu "$temp/command"
echo "$(find "$temp" -name '*.o' | wc -l) objects"
[ "$(find "$temp" -name '*.o' | wc -l)" -eq "$(($(echo "$core" | wc -l) + 1))" ]
