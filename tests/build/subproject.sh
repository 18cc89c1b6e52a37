#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: subproject.sh MESON
# Another Meson project takes libkwh as a subproject: no tests, tools or examples come along.
set -eu
: "${SOURCE:?folder of the sources}" "${CC:?C compiler}"
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cd "$temp"

mkdir subprojects
ln -s "$SOURCE" subprojects/libkwh
cat >meson.build <<'END'
project('parent', 'c')
executable('program', 'program.c', dependencies: dependency('libkwh', fallback: 'libkwh'))
END
cat >program.c <<'END'
#include <kwh.h>
int main(void)
{
    static const uint8_t digits[] = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};
    return kwh_crc16(KWH_CRC16_START, digits, sizeof digits) == 0x4B37 ? 0 : 1;
}
END
export CC
if ! { "$1" setup b --wrap-mode=forcefallback -Dlibkwh:host=disabled && "$1" compile -C b; } >log 2>&1
then
    cat log
    exit 1
fi
b/program
tests=$("$1" introspect b --tests)
if [ "$tests" != "[]" ]; then
    echo "the parent project got tests of ours: $tests"
    exit 1
fi
find b/subprojects/libkwh -type f -perm -u+x ! -name '*.so.*' | grep . && {
    echo "the programs above came along"
    exit 1
}
echo "right"
