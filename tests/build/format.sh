#!/bin/sh
# SPDX-License-Identifier: MIT
# Every C file is as clang-format 14 would write it. `./dev format --fix` puts it right.
set -eu
: "${SOURCE:?folder of the sources}"
cd "$SOURCE"
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
# The folders are several words, the file names have no blanks.
# shellcheck disable=SC2086
files=$(find $folders -name '*.[ch]' | sort)
failed=0
for file in $files; do
    if [ "${1:-}" = --fix ]; then
        "$tool" --style=file -i "$file"
    elif ! "$tool" --style=file --dry-run -Werror "$file" 2>/dev/null; then
        echo "$file"
        failed=1
    fi
done
[ "$failed" = 0 ] || echo "not as clang-format writes them: ./dev format --fix"
exit "$failed"
