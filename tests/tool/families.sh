#!/bin/sh
# SPDX-License-Identifier: MIT
# Every Modbus map: simulated on a pseudo-terminal, told, and read to the last value; and meters that are read
# with care, or not at all.
. "$SOURCE/tests/tool/common.sh"

"$KWH" maps -o json >"$temp/maps"
maps=$("$PYTHON" - "$temp/maps" <<'CODE'
import json, sys
for line in map(json.loads, open(sys.argv[1], encoding="utf-8")):
    if line["protocol"] == "modbus":
        print(line["name"] + ("" if line["models"] else ":untold"))
CODE
)
count=0
for entry in $maps; do
    map=${entry%:untold}
    start meter "$KWH" simulate "$map" rtu:pty
    options=
    [ "$map" = "$entry" ] || options="-m $map" # nobody knows its meter code
    # shellcheck disable=SC2086
    exits 0 read "$target" $options -q -o json
    json 'line["map"] == "'"$map"'" and line["error"] is None'
    json 'len(line["values"]) > 0 and None not in line["values"].values() and line["status"] == {}'
    if [ -z "$options" ]; then
        exits 0 identify "$target" -q -o json
        json 'line["map"] == "'"$map"'" and line["model"] is not None and line["unknown"] == []'
    else
        exits 7 identify "$target" -q -o json
        json 'line["error"] == "not_identified"'
    fi
    stop TERM 0
    count=$((count + 1))
done
[ "$count" -ge 10 ] || complain "only $count maps"

# What the registers of a 2PU mean with another data type is not known: nothing is read.
start meter "$KWH" simulate inepro_2pu rtu:pty --set data_type=integer
exits 7 read "$target" -q -o json
json 'line["error"] == "data_type" and line["values"] == {} and line["map"] is None'
says err "data type"
exits 7 read "$target" -q -m inepro_2pu voltage_l1 -o json
json 'line["error"] == "data_type"'
exits 7 identify "$target" -q
says err "2PU CT"
stop TERM 0

# An old firmware leaves the CT ratio of currents and powers to the reader; energies have it.
start meter "$KWH" simulate inepro_2pu rtu:pty --set software_checksum_non_legal=22291973 \
    --set ct_ratio=250/5 --set current_l1=4.05 --set active_power=-175 --set active_energy_import=1000 \
    --set voltage_l1=230.12
exits 0 read "$target" -q -o json current_l1 active_power active_energy_import voltage_l1 ct_ratio
json 'line["values"] == {"current_l1_a": "202.5", "active_power_w": "-8750", "active_energy_import_wh": "1000",
                         "voltage_l1_v": "230.12", "ct_ratio": "250/5"}'
exits 0 read "$target" -q -o json -m 2PU current_l1
json 'line["values"] == {"current_l1_a": "202.5"}'
stop TERM 0

# One code, two generations: the second has a voltage.
start meter "$KWH" simulate eastron_sdm72d_m2 rtu:pty --set meter_code=0084
exits 0 read "$target" -q -o json voltage_l1
json 'line["map"] == "eastron_sdm72d_m2"'
exits 7 read "$target" -q -o json -m eastron_sdm72d_m
json 'line["error"] == "other_family"'
stop TERM 0
start meter "$KWH" simulate eastron_sdm72d_m rtu:pty
exits 7 read "$target" -q -o json -m eastron_sdm72d_m2
json 'line["error"] == "unknown_meter" or line["error"] == "other_family"'
stop TERM 0

# The layout of a COUNTIS is told by its registers; a relative of another family is left alone.
start meter "$KWH" simulate socomec_countis_e4x rtu:pty --set frequency=49.998 --set tariff=3
exits 0 read "$target" -q -o json frequency tariff active_energy_import_t3 active_energy_net_balance
json 'line["model"] == "COUNTIS E44" and line["values"]["frequency_hz"] == "49.998"'
exits 2 read "$target" -q ct_primary # of the other layout
exits 0 identify "$target" -q
says out "product_name_extended"
stop TERM 0
start meter "$KWH" simulate socomec_countis_e4x rtu:pty --set product_family=diris
exits 7 read "$target" -q -o json
json 'line["error"] == "other_family"'
stop TERM 0

# Later meters keep other encodings at the addresses of a PRO380.
start meter "$KWH" simulate inepro_pro380 rtu:pty --set meter_code=3203
exits 7 read "$target" -q -o json
json 'line["error"] == "other_encoding" and line["values"] == {}'
says err "GROW N380"
exits 7 read "$target" -q -m inepro_pro380 active_energy_import -o json # nor by those who name the map
json 'line["error"] == "other_encoding" and line["values"] == {}'
exits 7 identify "$target" -q -o json
json 'line["error"] == "other_encoding"'
stop TERM 0

# So do earlier ones, which have their code elsewhere.
start legacy "$PYTHON" "$SOURCE/tests/tool/fake_meter.py" legacy
for options in "" "-m inepro_pro380"; do
    # shellcheck disable=SC2086
    exits 7 read "$target" $options -q -o json
    json 'line["error"] == "other_encoding" and line["values"] == {}'
    says err "old firmware"
done
exits 7 identify "$target" -q -o json
json 'line["error"] == "other_encoding"'
stop TERM 143

# Kilowatt-hours and their rest, read one after the other, would tear: one request has both.
exits 0 plan socomec_countis_e4x active_energy_import_l1 -o json
json '[(r["address"], r["count"]) for r in line["requests"]] == [(str(0x4D83), "3")]'
finish
