#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: exports.sh LIBRARY.so SONAME
# A shared library exports nothing without the prefix, nothing internal, and carries its SONAME.
set -eu
exported=$(nm -D --defined-only "$1" | awk '{ print $3 }')
[ -n "$exported" ] || { echo "$1 exports nothing"; exit 1; }
if echo "$exported" | grep -v '^kwh_'; then
    echo "the names above leave $1 without the prefix kwh_"
    exit 1
fi
soname=$(readelf -d "$1" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
if [ "$soname" != "$2" ]; then
    echo "SONAME is $soname, not $2"
    exit 1
fi
echo "$(echo "$exported" | wc -l) names, SONAME $soname"
