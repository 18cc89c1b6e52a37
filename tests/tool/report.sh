#!/bin/sh
# SPDX-License-Identifier: MIT
# kwh report: all that a meter sends but its serial number, and a meter made of it again.
. "$SOURCE/tests/tool/common.sh"

# registers EXPRESSION: true of `words`, the registers by their space and address, and of `report`.
registers()
{
    "$PYTHON" - "$temp/out" "$1" "${2:-$temp/out}" <<'CODE' || complain "not so: $1"
import json, sys
def load(name):
    with open(name, encoding="utf-8") as file:
        report = json.load(file)
    words = {}
    for block in report["registers"]:
        assert set(block) == {"space", "address", "count", "words", "error"}, block
        if block["words"] is not None:
            assert len(block["words"].split()) == block["count"]
            for i, word in enumerate(block["words"].split()):
                words[block["space"], block["address"] + i] = word
    return report, words
report, words = load(sys.argv[1])
other_report, other = load(sys.argv[3])
assert list(report) == ["report", "time", "library", "protocol", "link", "map", "title", "model", "code",
                        "why", "masked_digits", "registers", "telegrams", "duration_ms", "error"]
sys.exit(not eval(sys.argv[2]))
CODE
}

exits 2 report
exits 2 report sim:PRO380 sim:PRO1
exits 2 report sim:PRO380 -o json

# --- What the pins say stands where the manual says, in hexadecimal
start meter "$KWH" simulate PRO380 tcp:127.0.0.1:0 -q --set voltage_l1=230.12 --set frequency=50 \
    --set active_energy_import=13062040 --set serial_number=19430102
exits 0 report "$target"
says err "8 digits of the serial number were replaced by 0"
registers 'words["holding", 0x5002] + words["holding", 0x5003] == "43661EB8"' # 230.12
registers 'words["holding", 0x5008] + words["holding", 0x5009] == "42480000"' # 50
registers 'words["holding", 0x4000] == words["holding", 0x4001] == "0000"'
registers 'words["holding", 0x4002] == report["code"] == "0102"'
registers 'report["report"] == 1 and report["map"] == "inepro_pro380" and report["masked_digits"] == 8'
registers 'report["link"] == dict(scheme="tcp", baud=None, line=None, address=1)'
registers 'report["why"] == "holding register 0x4002 holds 0102" and report["error"] is None'
registers 'report["model"] == "PRO380-Mod" and report["library"] == "'"$VERSION"'"'
grep -q '127.0.0.1' "$temp/out" && complain "it says where the meter is"
cp "$temp/out" "$temp/report.json"
stop INT 0

# --- A meter made of it: the same values, settings and identity
start meter "$KWH" simulate PRO380@9 tcp:127.0.0.1:0 -q --from "$temp/report.json"
exits 0 read "$target" voltage_l1 frequency active_energy_import serial_number baud_rate -o json
json 'line["values"] == {"voltage_l1_v": "230.12", "frequency_hz": "50", "active_energy_import_wh": "13062040", "serial_number": "00000000", "baud_rate": "9600"}'
exits 0 identify "$target" -o json
json 'line["model"] == "PRO380-Mod" and line["code"] == "0102"'
exits 5 raw "$target" write 0x4003 10 --yes --allow-irreversible # it is as it was
exits 0 report "$target" -q
registers 'words == other and len(words) > 150' "$temp/report.json"
registers 'report["link"]["address"] == 9'
stop INT 0
exits 2 simulate PRO380 tcp:127.0.0.1:0 --from "$temp/report.json" --set voltage_l1=1
says err "--set voltage_l1=1: the value comes from"

# --- A unit that only TCP has
start meter "$KWH" simulate PRO380 tcp:127.0.0.1:0 -q
exits 0 report "${target%@*}@255" -q
cp "$temp/out" "$temp/unit.json"
stop INT 0
start meter "$KWH" simulate PRO380 tcp:127.0.0.1:0 -q --from "$temp/unit.json"
exits 0 identify "$target"
stop INT 0

# --- Every family
for map in inepro_pro1 inepro_2pu socomec_countis_e4x eastron_sdm72d_m2 eastron_sdm72d_m eastron_sdm630 \
    eastron_sdm54 eastron_sdm230 eastron_sdm220 eastron_sdm120; do
    exits 0 report "sim:$map@1" -m "$map"
    cp "$temp/out" "$temp/family.json"
    start meter "$KWH" simulate "$map" tcp:127.0.0.1:0 -q --from "$temp/family.json"
    exits 0 report "$target" -q -m "$map"
    registers 'all(words[key] == other[key] for key in other) and len(other) > 20' "$temp/family.json"
    stop INT 0
done

# --- As another meter
start meter "$KWH" simulate eastron_sdm72d_m2@3 tcp:127.0.0.1:0 -q --from "$temp/report.json"
exits 0 read "$target" voltage_l1 active_energy_import -o json
json 'line["values"] == {"voltage_l1_v": "230.12", "active_energy_import_wh": "13062040"}'
exits 0 read "$target" device_address baud_rate -o json
json 'line["map"] == "eastron_sdm72d_m2"'
stop INT 0

# --- The number in many places, and registers that the meter refuses
start peer "$PYTHON" "$SOURCE/tests/tool/report_peer.py" modbus 0102
exits 0 report "$target"
cp "$temp/out" "$temp/peer.json"
registers 'all(words["holding", 0x4000 + i] == "0000" for i in (0, 1))'
registers 'all(words["holding", 0x500C + i] == "0000" for i in (0, 1, 4, 5, 12, 13))'
registers '[words["holding", 0x5014 + i] for i in range(4)] == ["3030"] * 4'
registers 'words["holding", 0x501E] + words["holding", 0x501F] == "19430103"' # another number stays
registers '[(b["address"], b["count"], b["error"]) for b in report["registers"] if b["words"] is None] == [(0x6002, 2, "illegal_data_address")]'
stop TERM 143
start meter "$KWH" simulate PRO380 tcp:127.0.0.1:0 -q --from "$temp/peer.json"
exits 5 raw "$target" read 0x6002 2 -o json
json 'line["error"] == "illegal_data_address"'
stop INT 0
start peer "$PYTHON" "$SOURCE/tests/tool/report_peer.py" modbus BEEF # no map has this code
exits 7 report "$target"
registers 'report["map"] is None and report["error"] == "unknown_meter" and words["holding", 0x4002] == "BEEF"'
says err "told no serial number"
stop TERM 143

# --- M-Bus
start peer "$PYTHON" "$SOURCE/tests/tool/report_peer.py" mbus
exits 0 report "$target"
says err "8 digits"
json 'line["masked_digits"] == "8" and line["registers"] == [] and line["why"].startswith("INM 00000000, version 1, medium 2;")'
says out '"frame":"68 39 39 68 08 05 72 00 00 00 00 CD 25 01 02 01 00 00 00 0C 78 00 00 00 00 0D 78 08 30 30 30 30 30 30 30 30 04 03 00 00 00 00 04 06 01 02 03 04 0F 30 30 30 30 30 30 30 30 00 00 00 00 '
frame=$(sed 's/.*"frame":"\([0-9A-F ]*\)".*/\1/' "$temp/out")
exits 0 decode "$frame" # its checksum holds
stop TERM 143
start meter "$KWH" simulate inepro_2pu@4 mbustcp:127.0.0.1:0 -q --set voltage_l1=230.1 \
    --set serial_number=12345678 --set active_energy_import=5000
for place in "$target" "${target%@4}@s12345678"; do
    exits 0 report "$place"
    grep -q -e '78 56 34 12' -e 12345678 "$temp/out" && complain "the number: $(cat "$temp/out")"
    json 'line["masked_digits"] == "8" and line["map"] == "inepro_2pu" and len(line["telegrams"]) == 1'
done
json 'line["link"] == {"scheme": "mbustcp", "baud": None, "line": None, "address": None}'
cp "$temp/out" "$temp/mbus.json"
exits 0 read "$target" -o csv -q
cut -d, -f3- "$temp/out" | grep -v serial_number >"$temp/values"
stop INT 0
start meter "$KWH" simulate inepro_2pu@4 mbustcp:127.0.0.1:0 -q --from "$temp/mbus.json"
exits 0 read "$target" voltage_l1 active_energy_import serial_number -o json
json 'line["values"] == {"voltage_l1_v": "230.10", "active_energy_import_wh": "5000", "serial_number": "00000000"}'
stop INT 0

# --- What is no report
for text in '' '{' '{}' '[1]' '{"report":2,"protocol":"modbus"}' '{"report":1,"protocol":"modbus"}' \
    '{"report":1,"protocol":"modbus","registers":[{"space":"holding","address":1,"count":2,"words":"0001"}]}' \
    '{"report":1,"protocol":"modbus","registers":[{"space":"holding","address":1,"count":126,"words":null}]}' \
    '{"report":1,"protocol":"modbus","registers":[{"space":"holding","address":-1,"count":1,"words":"0001"}]}' \
    '{"report":1,"protocol":"modbus","registers":[7]}' \
    '{"report":1,"protocol":"mbus","telegrams":[{"asked_by":null,"frame":"68 03"}]}'; do
    printf '%s' "$text" >"$temp/none.json"
    exits 2 simulate PRO380 tcp:127.0.0.1:0 --from "$temp/none.json"
    says err "is no report of"
done
exits 2 simulate PRO380 tcp:127.0.0.1:0 --from "$temp/no-such-file.json"
finish
