#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: man.sh FOLDER
# mandoc has nothing to say of the manual pages, and each subcommand has one, with all of its options.
set -eu
: "${KWH:?}"
command -v mandoc >/dev/null || { echo "SKIP: needs mandoc"; exit 77; }
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cd "$1" # where mandoc looks for the pages that they name
mandoc -T lint ./*.1 || exit 1
count=0
for name in $("$KWH" help | sed -n 's/^  kwh \([a-z][a-z]*\) .*/\1/p'); do
    [ "$name" != SUBCOMMAND ] || continue
    count=$((count + 1))
    mandoc -T ascii "kwh-$name.1" | sed 's/.\x08//g' >"$temp/page"
    grep -q "kwh-$name" kwh.1 || { echo "kwh.1 does not name kwh-$name"; exit 1; }
    for option in $("$KWH" "$name" --help | cut -c 1-29 | grep -o -e '--[a-z-]*'); do
        grep -q -e "$option" "$temp/page" || { echo "kwh-$name.1 does not name $option"; exit 1; }
    done
done
mandoc -T ascii kwh-raw.1 | grep -q '^ *kwh raw TARGET mbus FRAME$' || { echo "the forms of kwh raw run together"; exit 1; }
[ "$count" -ge 7 ] || { echo "only $count subcommands"; exit 1; }
echo "$count pages"
