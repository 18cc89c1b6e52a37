#!/bin/sh
# SPDX-License-Identifier: MIT
# Every error is expected by a test besides the one that lists their names: none is a dead word.
set -eu
: "${SOURCE:?folder of the sources}"
cd "$SOURCE"
failed=0
for error in $(grep -oE 'KWH_ERROR_[A-Z0-9_]+ =' include/kwh/error.h | cut -d' ' -f1); do
    grep -lwr --include='*.c' "$error" tests | grep -qv '/test_error\.c$' ||
        { echo "no test expects $error"; failed=1; }
done
exit "$failed"
