#!/bin/sh
# SPDX-License-Identifier: MIT
# Every public header compiles alone, as C99 and as C++11, and kwh.h brings the whole core.
set -eu
: "${SOURCE:?folder of the sources}" "${BUILD:?build folder, for kwh/maps.h}" "${CC:?C compiler}"
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cd "$SOURCE/include"

cxx=$(command -v "${CXX:-c++}" || true)
failed=0
for header in kwh.h kwh/*.h; do
    # A header of macros alone is no translation unit yet.
    printf '#include <%s>\ntypedef int unit;\n' "$header" | tee "$temp/alone.c" >"$temp/alone.cpp"
    # CC may be several words.
    # shellcheck disable=SC2086
    $CC -std=c99 -Wall -Wextra -Wpedantic -Werror -I. -I"$BUILD/include" -fsyntax-only "$temp/alone.c" || failed=1
    if [ -n "$cxx" ]; then
        "$cxx" -std=c++11 -Wall -Wextra -Wpedantic -Werror -I. -I"$BUILD/include" -fsyntax-only "$temp/alone.cpp" ||
            failed=1
    fi
    grep -q '@file' "$header" || { echo "$header: no @file, Doxygen would pass it over"; failed=1; }
done

# Options that cannot be are an error by their name.
for option in KWH_LINE_DEBTS=0 KWH_LINE_DEBTS=17 KWH_CONST=const; do
    # shellcheck disable=SC2086
    said=$($CC -std=c99 -I. -D"$option" -fsyntax-only kwh.h 2>&1 || true)
    echo "$said" | grep -q "#error.*${option%=*}" || { echo "-D$option is no error: $said"; failed=1; }
done
# shellcheck disable=SC2086
$CC -std=c99 -I. -DKWH_LINE_DEBTS=16 -DKWH_CONST=const -D'KWH_TEXT(text_)=text_' \
    -fsyntax-only kwh.h || failed=1

# What a program can call or name has a comment right before it, or stands in a commented group.
awk '
    /@\{/ { group = 1 }
    /@\}/ { group = 0 }
    /^(KWH_API|static inline|struct [a-z0-9_]+ \{|enum [a-z0-9_]+ \{)/ {
        if (!group && !/\/\*\*</ && before !~ /\*\/$/) { print FILENAME ":" FNR ": no comment: " $0; failed = 1 }
    }
    { before = $0 }
    END { exit failed }
' kwh/*.h || failed=1

# shellcheck disable=SC2086
brought=$($CC -I. -M kwh.h)
for header in kwh/*.h; do
    case $header in
    kwh/faults.h | kwh/host.h | kwh/poll.h | kwh/port_*.h) continue ;;
    esac
    case $brought in
    *"$header"*) ;;
    *) echo "kwh.h does not include $header"; failed=1 ;;
    esac
done
[ -n "$cxx" ] || echo "no C++ compiler: headers not tried as C++11"
exit "$failed"
