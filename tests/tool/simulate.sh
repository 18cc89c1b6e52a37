#!/bin/sh
# SPDX-License-Identifier: MIT
# kwh simulate: several meters on a line, signals, seeds; and sim: without a second process.
. "$SOURCE/tests/tool/common.sh"

for link in rtu:pty tcp:127.0.0.1:0; do
    start meters "$KWH" simulate inepro_pro380@1,inepro_pro1@2,PRO380 "$link" --set frequency=50.01
    [ "$(wc -l <"$temp/meters.out")" -eq 3 ] || complain "three targets"
    for number in 1 2 3; do
        target=$(sed -n "${number}p" "$temp/meters.out")
        case $target in
        *@"$number") ;;
        *) complain "address $number: $target" ;;
        esac
        exits 0 read "$target" frequency serial_number -q -o json
        json 'line["values"]["frequency_hz"] == "50.01"'
        json 'line["map"] == "'"$([ $number = 2 ] && echo inepro_pro1 || echo inepro_pro380)"'"'
        cat "$temp/out" >>"$temp/serials"
    done
    stop TERM 0
done
[ "$(grep -o '"serial":"[0-9]*"' "$temp/serials" | sort -u | wc -l)" -eq 3 ] ||
    complain "meters of one line share a serial number"

start meter "$KWH" simulate inepro_pro380,inepro_pro1 tcp:127.0.0.1:0@5
exits 0 read "${target%@*}@5" voltage_l1
exits 0 read "${target%@*}@6" voltage
stop TERM 0
exits 2 simulate inepro_pro380@3 rtu:pty@5
says err "address 3 of the MAP or address 5 of the LINK: give one"
exits 2 simulate inepro_pro380,inepro_pro380@3 rtu:pty@5
exits 2 simulate inepro_pro380 tcp:127.0.0.1:0@0
says err "address 0"

start meter "$KWH" simulate inepro_pro380 tcp:127.0.0.1:0 -v
exits 0 read "$target" voltage_l1
grep -q "read 2 holding registers from 0x5002" "$temp/meter.err" || complain "-v shows no request"
"$KWH" simulate inepro_pro380 "${target%@1}" >"$temp/out" 2>"$temp/err"
[ $? = 3 ] || complain "a port in use is no exit 3"
[ -s "$temp/out" ] && complain "a TARGET that is none"
says err "(Address already in use)"
stop INT 0
exits 3 simulate inepro_pro380 rtu:/dev/no-such-port
says err "(No such file or directory)"
exits 3 simulate inepro_pro380 tcp:no-such-host.invalid:0
says err "The name of the host cannot be resolved"

# M-Bus, asked by a master that is not ours: 68 L L 68 08 address 72, number, CD 25 (INM).
for link in mbus:pty mbustcp:127.0.0.1:0; do
    start meters "$KWH" simulate inepro_pro1,inepro_pro1@0,PRO1@250 "$link" \
        --set serial_number=12345678 --set active_energy_import=6913460
    [ "$(sed 's/.*@//' "$temp/meters.out" | xargs)" = "1 0 250" ] || complain "three targets"
    while read -r target; do
        "$PYTHON" "$SOURCE/tests/tool/mbus_master.py" "$target" >"$temp/out" 2>"$temp/err" ||
            complain "$target: $(cat "$temp/err")"
        says out "08 $(printf %02X "${target##*@}") 72 78 56 34 12 CD 25"
        says out "1C 04 46 13 69 00" # 6913.46 kWh, as in the manual
    done <"$temp/meters.out"
    stop TERM 0
done
start meter "$KWH" simulate inepro_pro1 mbus:pty@9 -q
{
    "$PYTHON" "$SOURCE/tests/tool/mbus_master.py" "$target" 51 01 7A 08 &&
        "$PYTHON" "$SOURCE/tests/tool/mbus_master.py" "${target%@9}@8" >"$temp/out"
} || complain "a meter that was moved to address 8"
says out "08 08 72"
stop INT 0
exits 2 simulate inepro_pro1@251 mbus:pty
says err "address '251' is not a number from 0 to 250"
exits 2 simulate inepro_pro1 mbus:pty@254
says err "no address above 250"
exits 2 simulate inepro_pro1 mbus:pty@s12345678
says err "--set serial_number=12345678"
exits 2 simulate PRO380@0 rtu:pty
says err "address '0' is not a number from 1 to 247"

# --- Troubles of the field: the values come all the same, or it is said why not
want='"voltage_l1_v":230.12'
start meter "$KWH" simulate PRO380 rtutcp:127.0.0.1:0 --set voltage_l1=230.12 -q \
    --fault drop=1e-3,flip=1e-5,noise=0.2,echo,delay=20
exits 0 read "$target" -o json -q --retries 20 --timeout 300
says out "$want"
json 'len(line["values"]) == 61 and line["status"] == {}'
stop INT 0
start meter "$KWH" simulate PRO380 rtutcp:127.0.0.1:0 -q --fault drop=1
exits 4 read "$target" -q --retries 0 --timeout 100 -m PRO380
stop INT 0
start meter "$KWH" simulate PRO380 tcp:127.0.0.1:0 -q --fault limit=20,hole=0x5004-0x5005
exits 6 read "$target" -m PRO380 -o json -q
json 'line["status"] == {"voltage_l2_v": "refused"} and len(line["values"]) == 61'
"$PYTHON" - "${target%@1}" <<'CODE' || complain "the limit, the hole"
import socket, sys
host, port = sys.argv[1].removeprefix("tcp:").rsplit(":", 1)
wire = socket.create_connection((host, int(port)))
def ask(pdu):
    wire.sendall(b"\0\1\0\0\0\6\1" + bytes.fromhex(pdu))
    return wire.recv(300)[7:]
assert ask("03 5006 0014")[:2] == bytes([3, 40])
assert ask("03 5006 0015") == bytes([0x83, 3])
assert ask("03 5002 0004") == bytes([0x83, 2])
CODE
stop INT 0
start meter "$KWH" simulate PRO380 tcp:127.0.0.1:0 -q --fault delay=400
exits 4 read "$target" -m PRO380 voltage_l1 -q --retries 0 --timeout 100
exits 0 read "$target" -m PRO380 voltage_l1 -q --timeout 5000 -o json
json 'line["duration_ms"] is not None and int(line["duration_ms"]) >= 395'
stop INT 0
start meter "$KWH" simulate inepro_pro1@5 mbustcp:127.0.0.1:0 -q --fault drop=1e-3,delay=10
exits 0 read "$target" -q -m inepro_pro1 --retries 20 -o json
json 'len(line["values"]) == 9'
stop INT 0
exits 2 simulate PRO380 tcp:127.0.0.1:0 --fault flip=1e-5
says err "rtutcp: has"
exits 2 simulate PRO380 rtu:pty --fault drop=0.1,drip=1
says err "'drip=1'"

# The load: the same seed, the same meter; totals are the sums of their parts.
exits 0 read sim:inepro_pro380,seed=5 -o json
cp "$temp/out" "$temp/first"
exits 0 read sim:inepro_pro380,seed=5 -o json
"$PYTHON" - "$temp/first" "$temp/out" <<'CODE' || complain "the load"
import decimal, json, sys
a, b = (json.load(open(name), parse_float=decimal.Decimal, parse_int=decimal.Decimal)["values"]
        for name in sys.argv[1:])
assert a == b and len(a) == 61
for kind, unit in (("active_power", "w"), ("reactive_power", "var"), ("apparent_power", "va")):
    parts = sum(a[f"{kind}_l{i}_{unit}"] for i in (1, 2, 3))
    assert abs(parts - a[f"{kind}_{unit}"]) <= decimal.Decimal("0.1"), kind
for i in (1, 2, 3):
    power = a[f"voltage_l{i}_v"] * a[f"current_l{i}_a"] * a[f"power_factor_magnitude_l{i}"]
    assert abs(power - a[f"active_power_l{i}_w"]) < 2, i
assert a["active_energy_combined_wh"] == a["active_energy_import_wh"]
CODE
exits 0 read sim:inepro_pro380,seed=6 -o json
cmp -s "$temp/first" "$temp/out" && complain "seeds do not matter"
exits 0 read sim:PRO1@9 voltage current -o json
json 'line["map"] == "inepro_pro1" and line["model"] == "PRO1-Mod"'
finish
