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

mode='--dry-run -Werror'
[ "${1:-}" = --fix ] && mode=-i
folders=
for folder in include lib maps tools examples bench fuzz tests; do
    [ -d "$folder" ] && folders="$folders $folder"
done
# Options and folders are several words.
# shellcheck disable=SC2086
find $folders -name '*.[ch]' -exec "$tool" --style=file $mode {} +
