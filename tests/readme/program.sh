#!/bin/sh
# SPDX-License-Identifier: MIT
# The program of the README: compiled as it stands, but for the link, which becomes a simulated meter, and run.
set -eu
: "${SOURCE:?}" "${BUILD:?}" "${CC:?}"
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

sed -n '/^```c$/,/^```$/{/^```/!p}' "$SOURCE/README.md" |
    sed 's|"rtu:/dev/ttyUSB0,baud=9600,line=8E1"|"sim:inepro_pro380,seed=1"|' >"$temp/program.c"
grep -q 'sim:inepro_pro380' "$temp/program.c" || { echo "the program has no link to replace"; exit 1; }
# CC may be several words.
# shellcheck disable=SC2086
$CC -std=c99 -Wall -Wextra -Wpedantic -Werror -I"$SOURCE/include" -I"$BUILD/include" \
    "$temp/program.c" -o "$temp/program" -L"$BUILD/lib" -L"$BUILD/lib/host" -lkwh-host -lkwh
LD_LIBRARY_PATH="$BUILD/lib:$BUILD/lib/host" "$temp/program" >"$temp/output" || { cat "$temp/output"; exit 1; }
grep -xE '[0-9]+(\.[0-9]+)?' "$temp/output"
