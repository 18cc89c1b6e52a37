#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: ends.sh CODE PROGRAM [ARGUMENT...]
# The program ends with the code, by itself: not by a signal.
set -u
expected=$1
shift
# shellcheck disable=SC2086
${MESON_EXE_WRAPPER:-} "$@" </dev/null
code=$?
[ "$code" = "$expected" ] || { echo "$* ended with $code, not $expected"; exit 1; }
