#!/bin/sh
# SPDX-License-Identifier: MIT
# kwh plan and kwh maps. The bus times follow from the cost model, by hand: with 8E1 a character has
# 11 bits; a request of n registers takes (13 + 2 n) characters, 20 ms and 3.5 characters.
. "$SOURCE/tests/tool/common.sh"

exits 0 plan inepro_pro380 -o json
prints '{"requests":[{"function":3,"address":20482,"count":48},{"function":3,"address":24576,"count":75}],"bytes":272,"predicted_ms":359.7}'
exits 0 plan PRO380 voltage_l1 voltage_l3_v -o json # 38.906 ms + 6 * 2.2917 ms
prints '{"requests":[{"function":3,"address":20482,"count":6}],"bytes":25,"predicted_ms":52.7}'
exits 0 plan PRO380 1-0:32.7.0 --baud 19200 --line 8N1 --turnaround-ms 5 -o json # 17 + 3.5 at 0.52083
prints '{"requests":[{"function":3,"address":20482,"count":2}],"bytes":17,"predicted_ms":15.7}'
exits 0 plan inepro_pro380 --max-registers 64 -o json # 3 * 38.906 + 123 * 2.2917
json 'line["bytes"] == "285" and line["predicted_ms"] == "398.6"'
json 'len(line["requests"]) == 3 and max(int(r["count"]) for r in line["requests"]) <= 64'
exits 2 plan inepro_pro380 --max-registers 1
says err "--max-registers 1: voltage_l1 alone takes 2"
[ -s "$temp/out" ] && complain "a plan that the limit does not allow"
exits 0 plan inepro_pro380 voltage_l1 voltage_l2 --max-registers 2 -o csv
[ "$(grep -c ,2,1, "$temp/out")" = 2 ] || complain "values of just the limit"
exits 0 plan inepro_pro380 meter_code --max-registers 1
exits 0 plan inepro_pro380
says out "0x5002"
says out "359.7"
exits 0 plan inepro_pro380 voltage_l1 -o csv
prints 'function,address,count,values,predicted_ms
03,0x5002,2,1,43.5'

# As constants: those of the firmware whose size is measured are of all that can be read by name.
plan=$SOURCE/tests/sizes/pro380_plan.c
exits 0 maps inepro_pro380 -o json
all=$("$PYTHON" -c 'import json
print(*[row["name"] for row in json.loads(input())["rows"] if row["by_name"]])' <"$temp/out")
# shellcheck disable=SC2086
exits 0 plan inepro_pro380 $all -o c
cmp -s "$temp/out" "$plan" || complain "$plan is not what kwh plan prints: put it there"
# With the times that the meters want, or else they may stop answering.
exits 0 plan eastron_sdm72d_m2 -o c
says out ".quiet_ms = 100,"
says out ".answer_ms = 500,"
says out "answers as SDM72D-M-2."
exits 2 plan inepro_pro380 -o d
says err "not table, json, csv or c"
exits 2 maps -o c
if command -v cc >/dev/null; then
    exits 0 maps -o json
    for map in $(sed -n 's/^{"name":"\([^"]*\)".*"protocol":"modbus".*/\1/p' "$temp/out"); do
        exits 0 plan "$map" -o c
        cc -x c -std=c99 -Wall -Wextra -Werror -fsyntax-only -I "$SOURCE/include" "$temp/out" ||
            complain "the plan of $map"
    done
fi

exits 0 maps
says out "inepro_pro380"
exits 0 maps -o json
json '{"inepro_pro1", "inepro_pro380"} <= {m["name"] for m in lines}'
json 'all(int(m["values"]) > 0 for m in lines if m["protocol"] == "modbus")'
json '[m["models"] for m in lines if m["name"] == "inepro_pro380"][0][0] == "PRO380-Mod"'
json '[m["protocol"] for m in lines if m["name"] == "inepro_pro380"] == ["modbus", "mbus"]'
json '[m["values"] for m in lines if m["protocol"] == "mbus" and m["name"] == "inepro_2pu"] == ["32"]'
exits 0 maps -o csv
[ "$(head -n 1 "$temp/out")" = name,title,protocol,values,models,aliases,certainty ] ||
    complain "header of maps"

exits 0 maps inepro_pro380 -o csv
[ "$(head -n 1 "$temp/out")" = protocol,space,address,words,name,unit,type,scale,access,certainty,note ] ||
    complain "header of a map"
says out "modbus,03,0x5012,2,active_power,W,float32,1000,r,manual,"
says out "modbus,03,0x4010,1,display_cycle_time,s,bcd16,1,rw,manual,"
says out "modbus,03,0x6049,2,active_energy_import_resettable,Wh,float32,1000,rw,manual,"
"$PYTHON" - "$temp/out" <<'CODE' || complain "rows of the map"
import csv, sys
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    rows = list(csv.reader(file))
assert len(rows) == 1 + 88 + 25, len(rows)
assert all(len(row) == 11 for row in rows)
assert any("," in row[10] for row in rows), "no note that needs quotes"
addresses = [int(row[2], 16) for row in rows[1:89]]
assert addresses == sorted(addresses) and len(set(addresses)) == 88
assert {row[0] for row in rows[1:89]} == {"modbus"} and {row[0] for row in rows[89:]} == {"mbus"}
CODE
says out "mbus,,8B 01 FD 47,1,voltage_l2,V,bcd6,0.01,r,public,after CI B4"
# Of several rows with one name only one is read.
exits 0 maps socomec_countis_e4x
"$PYTHON" - "$temp/out" <<'CODE' || complain "copies"
import sys
rows = [line for line in open(sys.argv[1], encoding="utf-8") if " active_energy_import  " in line]
assert [row[4:10] for row in rows if "a copy, not read by name" in row] == ["0xC652", "0xC86F", "0x6583"], rows
assert [row[4:10] for row in rows if "a copy" not in row] == ["0xC702"], rows
CODE
# Each row as the table of facts has it, its certainty, too; only what is never published is not shown.
for facts in "$SOURCE"/tests/data/*_*_modbus.csv; do
    map=$(basename "$facts" _modbus.csv)
    "$KWH" maps "$map" -o csv >"$temp/rows"
    "$PYTHON" - "$temp/rows" "$facts" <<'CODE' || complain "$map is shown otherwise"
import csv, sys
COLUMNS = "space", "address", "words", "name", "unit", "type", "scale", "certainty"
def rows(path, wanted):
    with open(path, encoding="utf-8", newline="") as file:
        return sorted(tuple(row[c] for c in COLUMNS) for row in csv.DictReader(file) if wanted(row))
shown = rows(sys.argv[1], lambda row: row["protocol"] == "modbus")
known = rows(sys.argv[2], lambda row: True)
sys.exit([(a, b) for a, b in zip(shown, known) if a != b][:1] or len(shown) != len(known))
CODE
done
exits 0 maps PRO1-Mb -o csv # either side names the family
[ "$(grep -c ^modbus, "$temp/out") $(grep -c ^mbus, "$temp/out")" = '47 17' ] ||
    complain "both sides of a family"
says out "mbus,,1C 04,1,active_energy_import,Wh,bcd8,10,r,manual,"
says out "mbus,,0C 04,1,active_energy_import_resettable,Wh,bcd8,10,w,manual,"
says out "mbus,,0C FD 3A,1,pulse_rate,,bcd8,0.01,w,manual,"
says out "mbus,,CI B8,1,baud_rate,,,1,w,manual,"
exits 0 maps inepro_2pu -o csv
says out "mbus,,09 7C 01 54,1,tariff,1,bcd2,1,rw,manual,"
says out "mbus,,04 83 FC 10,1,active_energy_combined_resettable,Wh,int32,1,r,manual,"
says out "mbus,,03 FD D9 FC 01,1,current_l1,A,int24,0.001,r,manual,"
exits 0 maps PRO380 -o json
json 'len(line["rows"]) == 88 and line["rows"][1]["address"] == "16386"'
json 'line["rows"][1]["name"] == "meter_code" and line["rows"][1]["unit"] is None'
json 'len(lines) == 2 and lines[1]["protocol"] == "mbus" and len(lines[1]["rows"]) == 25'
json 'lines[1]["rows"][9]["header"] == "4B FD 47" and lines[1]["rows"][9]["telegram"] == "B4"'
json 'lines[1]["rows"][9]["occurrence"] == "1" and lines[1]["rows"][0]["telegram"] is None'
json 'line["lines"] == [{"baud": "9600", "format": "8E1"}] and line["address"] == "1"'
json 'line["identity"]["codes"][0] == {"code": "0x0102", "model": "PRO380-Mod", "profiles": []}'
json '{"code": "0x1113", "model": "2PU CT", "error": "other_family"} in line["identity"]["refused"]'
json '{"code": "0x3203", "model": "GROW N380", "error": "other_encoding"} in line["identity"]["refused"]'
json 'line["identity"]["refused"][-1]["address"] == "4112" and "address" not in line["identity"]["refused"][0]'
json 'line["rows"][0]["obis"] == "0-0:96.1.0" and line["rows"][0]["by_name"] is True'
json 'lines[1]["mbus"]["medium"] == "2" and "identity" not in lines[1]'
json 'line["counter"] == {"modulus": "1000000000", "resolution": "10", "power_max_w": "8300000"}'
exits 0 maps eastron_sdm72d_m2 -o json
json 'line["counter"] == {"modulus": None, "resolution": None, "power_max_w": "83000"}'
json 'line["timing"] == {"quiet_ms": "100", "turnaround_ms": "20", "answer_ms": "500"}'
json 'line["request"]["safe"] == "60" and line["request"]["proven"] == "76" and line["request"]["even"]'
json 'line["identity"]["codes"][2]["value"] == "voltage_l1" and line["identity"]["codes"][2]["least"] == "1"'
json '[c["code"] for s in line["settings"] if s["name"] == "pulse_width" for c in s["choices"]] == ["0.060", "0.100", "0.200"]'
json '[s["risk"] for s in line["settings"] if s["name"] == "password"] == [["irreversible"]]'
json 'line["writing"]["unlock"] == "action_unlock_settings"'
json '[s["effect"] for s in line["settings"] if s["name"] == "parity_stop_bits"] == [["restart"]]'
json 'all(s["profiles"] == [] for s in line["settings"])'
exits 0 maps socomec_countis_e4x -o json
json '{s["name"]: s["profiles"] for s in line["settings"] if s["name"] in ("ct_primary", "action_set_tariff", "action_reset_energies")} == {"ct_primary": ["v200_settings"], "action_set_tariff": [], "action_reset_energies": ["v200"]}'
exits 0 maps socomec_countis_e4x
grep -q '^ct_primary .* 1 to 12000 .*only of v200_settings$' "$temp/out" || complain "whose setting?"
grep -q '^action_set_tariff  *1 to 4$' "$temp/out" || complain "a setting of every one"
exits 0 maps inepro_2pu -o json
json '[c["risk"] for s in line["settings"] if s["name"] == "tariff" for c in s["choices"]] == [[], [], ["irreversible"], ["irreversible"]]'
json '{"space": "03", "address": "16423", "last": "16433"} in line["request"]["never_read"]'
json 'line["selectors"][0]["effect"] == "require" and line["selectors"][0]["error"] == "data_type"'
exits 0 maps inepro_pro380
says out "0x5002"
says out "9600 8E1, or 2400 8E1, address 0"
says out "EC 01 04"

# Nothing is wider than the terminal, and no word is broken.
for width in 60 80 120; do
    for arguments in help 'help read' maps 'maps PRO380' 'plan PRO380'; do
        # shellcheck disable=SC2086 # several words
        NO_COLOR=1 "$PYTHON" - "$width" "$KWH" $arguments <<'CODE' || complain "$width: $arguments"
import fcntl, os, pty, struct, subprocess, sys, termios
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
child = subprocess.Popen(sys.argv[2:], stdout=slave)
os.close(slave)
text = b""
try:
    while block := os.read(master, 65536):
        text += block
except OSError:
    pass  # the other side is closed
assert child.wait() == 0
lines = text.decode().splitlines()
assert len(lines) > 3 and max(map(len, lines)) <= int(sys.argv[1]), max(lines, key=len)
piped = subprocess.run(sys.argv[2:], stdout=subprocess.PIPE, check=True).stdout
assert sorted(text.split()) == sorted(piped.split())
CODE
    done
done
finish
