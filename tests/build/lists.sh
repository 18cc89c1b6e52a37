#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: lists.sh MAP...
# No source file is forgotten: each is in the meson.build of its folder, and the maps that the
# build was configured with are the files of maps/.
set -eu
: "${SOURCE:?folder of the sources}"
cd "$SOURCE"
failed=0

listed() # FILE NAME LIST
{
    grep -q "'$2'" "$3" || { echo "$1 is not built: add '$2' to $3"; failed=1; }
}

for file in lib/*/*.c; do
    [ -e "$file" ] && listed "$file" "$(basename "$file")" "$(dirname "$file")/meson.build"
done
for file in tests/test_*.c; do
    name=$(basename "$file" .c)
    [ -e "$file" ] && listed "$file" "${name#test_}" tests/meson.build
done
for file in fuzz/fuzz_*.c; do
    name=$(basename "$file" .c)
    [ -e "$file" ] && listed "$file" "${name#fuzz_}" fuzz/meson.build
done

there=$(find maps -name '*.c' -exec basename {} \; | sort)
built=$(for name in "$@"; do echo "$name"; done | sort)
if [ "$there" != "$built" ]; then
    printf 'the files in maps/ are\n%s\nbut the build knows\n%s\n' "$there" "$built"
    echo "A new map file: run meson setup --reconfigure BUILD-FOLDER"
    failed=1
fi
exit "$failed"
