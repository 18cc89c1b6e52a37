#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: fuzz/run.sh BUILD-FOLDER SECONDS
# Runs every libFuzzer target of a build for some seconds, as many at once as there are processors.
# What it finds stays in BUILD-FOLDER/fuzz/found/ and replays: BUILD-FOLDER/fuzz/fuzz_NAME FILE
set -eu
build=$(cd "$1" && pwd)
seconds=$2
cd "$(dirname "$0")"

if [ "${3:-}" = one ]; then
    name=$4
    found=$build/fuzz/found/$name
    log=$build/fuzz/$name.log
    mkdir -p "$found/new"
    dict=
    [ -e "dict/$name.dict" ] && dict=-dict=dict/$name.dict
    # shellcheck disable=SC2086
    if "$build/fuzz/fuzz_$name" -max_total_time="$seconds" -max_len=512 -timeout=5 \
        -rss_limit_mb=1024 -print_final_stats=1 $dict -artifact_prefix="$found/" \
        "$found/new" "corpus/$name" >"$log" 2>&1 </dev/null; then
        echo "$name: nothing found in $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs"
    else
        tail -n 40 "$log"
        echo "$name: FOUND something, see $found"
        exit 1
    fi
    exit 0
fi

names=$(find "$build/fuzz" -maxdepth 1 -name 'fuzz_*' -type f -perm -u+x | sed 's|.*/fuzz_||' | sort)
[ -n "$names" ] || { echo "no fuzz targets in $build/fuzz" >&2; exit 1; }
echo "$names" | xargs -n 1 -P "$(nproc)" ./run.sh "$build" "$seconds" one
