#!/bin/sh
# SPDX-License-Identifier: MIT
# kwh read, identify and scan on M-Bus, from meters that kwh simulates: through TCP, and on a
# pseudo-terminal.
. "$SOURCE/tests/tool/common.sh"

# The values that the telegram of the PRO1 manual stands for.
pins="--set active_energy_import=6913460 --set active_energy_import_t1=1234560
    --set active_energy_import_t2=5678900 --set active_energy_export=9134680
    --set active_energy_export_t1=2345670 --set active_energy_export_t2=6789010
    --set active_energy_combined=16048140 --set active_energy_combined_t1=3580230
    --set active_energy_combined_t2=12467910 --set serial_number=19430102"

# --- One PRO1 through TCP
# shellcheck disable=SC2086
start pro1 "$KWH" simulate inepro_pro1@5 mbustcp:127.0.0.1:0 $pins
link=${target%@*}

exits 0 read "$link@5" -o json
json 'line["map"] == "inepro_pro1" and line["error"] is None and line["status"] == {}'
json 'list(line["values"]) == ["active_energy_combined_wh", "active_energy_combined_t1_wh",
    "active_energy_combined_t2_wh", "active_energy_import_wh", "active_energy_import_t1_wh",
    "active_energy_import_t2_wh", "active_energy_export_wh", "active_energy_export_t1_wh",
    "active_energy_export_t2_wh"]'
json 'list(line["values"].values()) == ["16048140", "3580230", "12467910", "6913460", "1234560",
    "5678900", "9134680", "2345670", "6789010"]'
says err "it may be inepro_pro380"

# By secondary address; only what was asked for, in that order; OBIS works too.
exits 0 read "$link@s19430102" -m inepro_pro1 active_energy_export 1-0:1.8.0 serial_number -o json
json 'list(line["values"].items()) == [("active_energy_export_wh", "9134680"),
    ("active_energy_import_wh", "6913460"), ("serial_number", "19430102")]'
json 'line["serial"] == "19430102"'
exits 0 read "$link@sFFFF0102CD25FF02" -q -m PRO1-Mb -o csv active_energy_import
says out "active_energy_import,6913460,Wh,ok"
exits 0 read "$link" -q # one meter on the line
says out "6913.46"
exits 4 read "$link@6" -q --timeout 100 --retries 0
exits 4 read "$link@s00000000" -q --timeout 100 --retries 0
exits 7 read "$link@5" -m inepro_2pu -o json
says err "is no inepro_2pu"
exits 2 read "$link@5" -m inepro_pro1 voltage_l1
exits 2 read "$link@5,baud=2400"
exits 2 read "$link@255"
exits 2 plan PRO1-Mb
# What was asked for by name and does not come is missing.
exits 6 read "$link@5" -m inepro_pro380 voltage_l1 active_energy_import -q -o json
json 'line["status"] == {"voltage_l1_v": "not_available"}'

exits 0 identify "$link@5" -o json
json 'line["map"] == "inepro_pro1" and line["serial"] == "19430102"'
json 'line["values"]["mbus_manufacturer"] == "INM"'
stop TERM 0

# --- The same quantity over both buses: one household, two meters of it
# shellcheck disable=SC2086
start modbus "$KWH" simulate inepro_pro1@5 tcp:127.0.0.1:0 $pins
exits 0 read "$target" active_energy_import active_energy_export_t2 -o json
json 'line["values"] == {"active_energy_import_wh": "6913460", "active_energy_export_t2_wh": "6789010"}'
stop TERM 0

# --- Phases of a PRO380-Mb come from another telegram
start pro380 "$KWH" simulate inepro_pro380@1 mbus:pty --set voltage_l2=231.5
exits 0 read "$target" -m inepro_pro380 voltage_l2 active_energy_import -o json -v
json 'line["values"]["voltage_l2_v"] == "231.50"'
exits 0 read "$target" -o json # and it was led back from there
json 'line["map"] == "inepro_pro1" and len(line["values"]) == 9'
# One that somebody left there is led back, where the map is named.
"$PYTHON" "$SOURCE/tests/tool/mbus_master.py" "$target" B4 || complain "B4 is not acknowledged"
exits 0 read "$target" -m inepro_pro380 active_energy_import -q -o json
json 'list(line["values"]) == ["active_energy_import_wh"] and line["status"] == {}'
stop TERM 0

# --- A 2PU CT: 31 values, and the ratio by name
start twopu "$KWH" simulate inepro_2pu@0 mbus:pty
exits 0 read "$target" -o json
json 'line["map"] == "inepro_2pu" and len(line["values"]) == 31'
exits 0 read "$target" -q ct_ratio
stop TERM 0

# --- Several on one line: found by secondary address, told once, ready to be read
start bus "$KWH" simulate inepro_pro1@1,inepro_pro1@2,inepro_2pu@3,inepro_pro380@4 \
    mbustcp:127.0.0.1:0
link=${target%@*}
finds 4 "$link,baud=38400,allowance_ms=5" -o json --secondary
json 'len(lines) == 4 and sorted(found["address"] for found in lines) == ["1", "2", "3", "4"]'
json 'all(found["kind"] == "meter" and found["manufacturer"] == "INM" for found in lines)'
json 'len({found["secondary"] for found in lines}) == 4'
found=$("$PYTHON" -c 'import json, sys
for line in open(sys.argv[1]): print(json.loads(line)["target"])' "$temp/out")
for one in $found; do
    exits 0 read "$one" -q -o json --retries 20
    json 'line["error"] is None and line["map"] is not None'
done
finds 4 "$link,baud=38400,allowance_ms=5" --primary -o csv
[ "$(grep -c ',meter,' "$temp/out")" = 4 ] || complain "not four meters: $(cat "$temp/out")"
exits 4 scan "$link,baud=38400,allowance_ms=5@sFFFFFFFFFFFFFF07" -q
# Nobody has that medium: each of the ten digits is asked for once, or as often as wanted.
for retries in 0 2; do
    exits 4 scan "$link,baud=38400,allowance_ms=5@sFFFFFFFFFFFFFF07" --retries $retries -v
    asked=$(grep -c "73 FD 52" "$temp/err")
    [ "$asked" = $((10 + 10 * retries)) ] || complain "$asked selections with --retries $retries"
done
exits 2 scan "$link@5"
exits 2 scan "$link" --quick
exits 2 scan "$link" --addresses 1-5
stop TERM 0

# --- Two meters of one identification: each is listed at its primary address
start twins "$KWH" simulate inepro_pro1@1,inepro_pro1@2 mbustcp:127.0.0.1:0 \
    --set serial_number=10000000
link=${target%@*}
finds 2 "$link,baud=38400,allowance_ms=5" --primary -q -o json
json '[(found["address"], found["id"]) for found in lines] == [("1", "10000000"), ("2", "10000000")]'
stop TERM 0

finish
