#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: over_mbus.sh READ_MBUS KWH
# Two simulated meters behind one connection are read by either kind of address.
set -u
read_mbus=$1 kwh=$2
folder=$(mktemp -d)
"$kwh" simulate inepro_pro1@1,inepro_pro1@2 mbustcp:127.0.0.1:0 -q --seed 2 \
    --set active_energy_import=1234560 >"$folder/targets" </dev/null &
pid=$!
trap 'kill "$pid"; rm -r "$folder"' EXIT
tries=0
until [ "$(wc -l <"$folder/targets")" = 2 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { echo "no meters"; exit 1; }
    sleep 0.1
done
link=$(head -n 1 "$folder/targets")
link=${link%@1}
failed=0
for address in 1 2; do
    [ "$("$read_mbus" "$link@$address")" = 1234560 ] || { echo "address $address"; failed=1; }
done
# By its number: there must be one of it alone.
[ "$("$read_mbus" "$link@s24430002")" = 1234560 ] || { echo "number 24430002"; failed=1; }
"$read_mbus" "$link,allowance_ms=5@s24430009" >"$folder/nobody" && { echo "nobody answers"; failed=1; }
grep -q "before the deadline" "$folder/nobody" || { cat "$folder/nobody"; failed=1; }
exit "$failed"
