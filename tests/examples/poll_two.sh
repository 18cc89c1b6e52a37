#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: poll_two.sh POLL_TWO KWH
# The example of a poll list reads two meters as delivered on one simulated pair of wires.
set -eu
poll_two=$1 kwh=$2
folder=$(mktemp -d)
"$kwh" simulate inepro_pro380@1,eastron_sdm72d_m2@1 rtu:pty --as-delivered \
    --set active_energy_import=1234500 >"$folder/targets" </dev/null &
meters=$!
trap 'kill $meters; rm -r "$folder"' EXIT
tries=0
until [ "$(wc -l <"$folder/targets")" -ge 2 ] || [ "$tries" -gt 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
"$poll_two" "$(sed -n 1p "$folder/targets")" "$(sed -n 2p "$folder/targets")" once >"$folder/output"
[ "$(sort "$folder/output")" = "meter 0: 1234500 Wh
meter 1: 1234500 Wh" ] || { cat "$folder/output"; exit 1; }
