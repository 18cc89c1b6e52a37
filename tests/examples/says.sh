#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: says.sh FILE PROGRAM [ARGUMENT...]
# The program ends well and its output is the content of the file.
set -u
expected=$1
shift
# Meson names an emulator when the program is for another machine; it may be several words.
# shellcheck disable=SC2086
output=$(${MESON_EXE_WRAPPER:-} "$@" </dev/null) || { echo "$* ended with $?"; exit 1; }
echo "$output" | diff -u "$expected" -
