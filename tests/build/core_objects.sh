#!/bin/sh
# SPDX-License-Identifier: MIT
# What the objects of the core may ask for and hold: four functions of string.h, no floating-point
# register, no data that changes. Compiled here, because a build may be instrumented.
set -eu
: "${SOURCE:?folder of the sources}" "${CC:?C compiler}"
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cd "$SOURCE"

# CC may be several words.
# shellcheck disable=SC2086
compile()
{
    $CC -std=c99 -Os -ffreestanding -fno-pic -fno-stack-protector $integers -Iinclude "$@"
}

# With this option a compiler refuses whatever needs a floating-point register.
integers=
echo 'int f(int a); int f(int a) { return a; }' >"$temp/try.c"
if integers=-mgeneral-regs-only compile -c "$temp/try.c" -o "$temp/try.o" 2>/dev/null; then
    integers=-mgeneral-regs-only
fi

for file in $(find lib maps -name '*.c' ! -path 'lib/host/*' | sort); do
    compile -c "$file" -o "$temp/$(echo "$file" | tr / _).o"
done
rm -f "$temp/try.o"

failed=0
complain()
{
    if [ -n "$2" ]; then
        printf '%s:\n%s\n' "$1" "$2"
        failed=1
    fi
}

ld -r -o "$temp/core.o" "$temp"/*.c.o
complain "the core calls what it must not (only memcpy memmove memset memcmp)" \
    "$(nm -u "$temp/core.o" | sed 's/^ *U //' |
        grep -Ev '^(memcpy|memmove|memset|memcmp|_GLOBAL_OFFSET_TABLE_|__[a-z0-9_]+[ds]i[234])$')"
complain "names that can clash with a program's own (prefix kwh_, or kwhi_ inside)" \
    "$(nm -g --defined-only "$temp/core.o" | awk '{ print $3 }' | grep -Ev '^kwhi?_')"
complain "data that changes: the core has no global state" \
    "$(nm --defined-only "$temp/core.o" | grep -E ' [BbCDdGgSs] ')"
[ "$failed" = 0 ] && echo "$(nm -g --defined-only "$temp/core.o" | wc -l) names, no state"
exit "$failed"
