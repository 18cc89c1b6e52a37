#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: says.sh FILE PROGRAM [ARGUMENT...]
# The program ends well and its output is the content of the file.
set -u
expected=$1
shift
output=$("$@" </dev/null) || { echo "$* ended with $?"; exit 1; }
echo "$output" | diff -u "$expected" -
