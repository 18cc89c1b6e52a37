#!/bin/sh
# SPDX-License-Identifier: MIT
# Every C file is as clang-format 14 would write it. `./dev format --fix` puts it right.
set -eu
: "${SOURCE:?folder of the sources}"
cd "$SOURCE"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for tool in clang-format-14 clang-format; do
    case $("$tool" --version 2>/dev/null || true) in
    *"version 14."*) break ;;
    esac
    tool=
done
[ -n "$tool" ] || { echo "SKIP: needs clang-format 14 (others wrap lines in other places)"; exit 77; }

folders=
for folder in include lib maps tools examples bench fuzz tests; do
    [ -d "$folder" ] && folders="$folders $folder"
done
# Folders and files are several words; the names have no blanks.
# shellcheck disable=SC2086
files=$(find $folders -name '*.[ch]' | sort)
if [ "${1:-}" = --fix ]; then
    # shellcheck disable=SC2086
    exec "$tool" --style=file -i $files
fi
# shellcheck disable=SC2086
if ! "$tool" --style=file --dry-run -Werror $files >"$log" 2>&1; then
    sed -n 's/^\([^ :]*\):[0-9]*:[0-9]*: error:.*/\1/p' "$log" | sort -u | grep . || cat "$log"
    echo "not as clang-format writes them: ./dev format --fix"
    exit 1
fi
