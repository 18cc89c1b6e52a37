#!/bin/sh
# SPDX-License-Identifier: MIT
# kwh scan on Modbus: meters of several line settings and of one address on one simulated pair of
# wires, each told once and ready to be read; the units of a gateway; nothing, Ctrl-C, and the time
# that was promised.
. "$SOURCE/tests/tool/common.sh"

# --- As delivered: two meters of address 1, which do not hear each other
start bus "$KWH" simulate \
    inepro_pro380@1,eastron_sdm72d_m2@1,socomec_countis_e4x@3,inepro_pro1@5 rtu:pty --as-delivered
link=${target%%,*}
[ "$(sed "s|^$link||" "$temp/bus.out" | tr '\n' ' ')" = ",baud=9600,line=8E1@1 \
,baud=9600,line=8N1@1 ,baud=9600,line=8E1@3 ,baud=9600,line=8E1@5 " ] ||
    complain "not as delivered: $(cat "$temp/bus.out")"

finds 4 "$link" --addresses 1-5 --quick -o json
json '[found["target"].partition(",")[2] for found in lines] == [
    "baud=9600,line=8N1@1", "baud=9600,line=8E1@1", "baud=9600,line=8E1@3", "baud=9600,line=8E1@5"]'
json '[found["model"] for found in lines] == ["SDM72D-M-2", "PRO380-Mod", "COUNTIS E44", "PRO1-Mod"]'
json '[found["serial"] for found in lines] == ["24430002", "24430001", None, "24430004"]'
json 'all(found["kind"] == "meter" and found["error"] is None for found in lines)'
json 'list(line) == ["target", "kind", "address", "map", "model", "serial", "code", "error"]'
json 'line["address"] == "1" and line["code"] == "0089" and line["map"] == "eastron_sdm72d_m2"'
for settings in "9600 8N1" "9600 8E1" "2400 8N1"; do # in the order of the maps
    says err "$settings"
done
found=$("$PYTHON" -c 'import json, sys
for line in open(sys.argv[1]): print(json.loads(line)["target"], json.loads(line)["map"])' "$temp/out")
echo "$found" | while read -r one map; do
    exits 0 read "$one" -q -o json frequency
    json 'line["error"] is None and line["map"] == "'"$map"'"'
    [ -s "$temp/err" ] && complain "settings were told: $(cat "$temp/err")"
    exit "$failed"
done || failed=1

# At one line setting only those that have it; everywhere where nobody has answered, slowly: that is
# one address, unless a busy computer has missed another one each time.
slowly="once more where nobody has answered, waiting 1000 ms for each, at most 2 s in all"
for _ in 1 2 3 4 5 6 7 8; do
    exits 0 scan "$link,baud=9600,line=8E1" --addresses 1-3 -o csv
    grep -qF "$slowly" "$temp/err" && break
done
[ "$(sed 's|^"rtu:/dev/pts/[0-9]*,||' "$temp/out")" = 'target,kind,address,map,model,serial,code,error
baud=9600,line=8E1@1",meter,1,inepro_pro380,PRO380-Mod,24430001,0102,
baud=9600,line=8E1@3",meter,3,socomec_countis_e4x,COUNTIS E44,,53004F,' ] ||
    complain "not as expected: $(cat "$temp/out")"
says err "$slowly"
exits 0 scan "$link,baud=9600,line=8N1" --addresses 1
prints "$link,baud=9600,line=8N1@1  SDM72D-M-2, serial number 24430002"
exits 4 scan "$link,baud=9600,line=8N1" --addresses 2-3 --quick -o json
says err "no meter answers"
[ -s "$temp/out" ] && complain "found: $(cat "$temp/out")"
# A person's word on the time holds for the only pass then.
exits 4 scan "$link,baud=2400,line=8N1" --addresses 1-5 --timeout 30
grep -q 'once more' "$temp/err" && complain "a second pass with --timeout"

# All 247 addresses at 9600 8E1 in half a minute, and what was found in the middle of it. A computer
# that has other work wakes late, which as many sleeps at the same time show; it may miss an answer.
for _ in 1 2 3 4; do
    "$PYTHON" - >"$temp/late" <<'CODE' &
import time
begun = time.monotonic()
for _ in range(247):
    time.sleep(0.1)
print(int(time.monotonic() - begun - 24.7))
CODE
    begun=$(date +%s)
    exits 0 scan "$link,baud=9600,line=8E1" --quick -q
    took=$(($(date +%s) - begun))
    wait $!
    limit=$((31 + 2 * $(cat "$temp/late")))
    [ "$took" -le "$limit" ] && [ "$(grep -c . "$temp/out")" = 3 ] && break
done
[ "$took" -ge 24 ] && [ "$took" -le "$limit" ] || complain "247 addresses took $took s of $limit"
[ "$(grep -c . "$temp/out")" = 3 ] || complain "not three meters: $(cat "$temp/out")"

# Ctrl-C ends it; what was found was told at once.
interrupted out "@5  PRO1-Mod" scan "$link,baud=9600,line=8E1" --timeout 500
[ "$(grep -c . "$temp/out")" = 3 ] || complain "not three meters: $(cat "$temp/out")"
stop TERM 0

# --- A meter that answers at any line settings is told once
start any "$KWH" simulate inepro_pro380@2 rtu:pty
finds 1 "${target%@2}" --addresses 1-3 --quick -o json
json 'len(lines) == 1 and line["serial"] == "24430001"'
stop TERM 0

# --- The units of a gateway, which says itself where nobody is; and the same as RTU frames
for scheme in tcp rtutcp; do
    start gateway "$KWH" simulate inepro_pro380@4,inepro_pro1@2 "$scheme:127.0.0.1:0"
    finds 2 "${target%@*}" --addresses 1-5 --quick -o json
    json '[(found["address"], found["map"]) for found in lines] == [
        ("2", "inepro_pro1"), ("4", "inepro_pro380")]'
    json 'line["target"].startswith("'"${target%@*}"'@")'
    stop TERM 0
done

# --- Whom no map describes, who refuses everything, and who sends no valid frame
fake()
{
    start fake "$PYTHON" "$SOURCE/tests/tool/fake_meter.py" "$1"
    link=${target%@*}
}
fake unknown
exits 0 scan "$link" --addresses 1 --quick -o json
json 'line["error"] == "unknown_meter" and line["code"] == "9999" and line["map"] is None'
exits 0 scan "$link" --addresses 1 --quick
says out "$link@1  answers, code 0x9999: "
fake absent
exits 0 scan "$link" --addresses 1 --quick -o json
json 'line["error"] == "not_identified" and line["code"] is None and line["kind"] == "meter"'
fake odd
exits 0 scan "$link" --addresses 1-3 --quick -o json
json '[(line["kind"], line["error"]) for line in lines] == [("meter", "refused")] * 3'
exits 5 read "$link" # without a map it is asked who it is
fake gateway
exits 4 scan "$link" --addresses 1 --quick

exits 2 scan rtu:/dev/ttyUSB0@1
says err "--addresses 1 asks for this one alone"
exits 2 scan rtu:/dev/ttyUSB0 --primary
exits 2 scan rtu:/dev/ttyUSB0 --addresses 0-5
exits 2 scan rtu:/dev/ttyUSB0 --addresses 5-
exits 2 scan rtu:/dev/ttyUSB0 --addresses 9-5
exits 2 scan rtu:/dev/ttyUSB0 --addresses 1-248
exits 3 scan rtu:/dev/no-such-port
exits 2 simulate inepro_pro380 tcp:127.0.0.1:0 --as-delivered
exits 2 simulate inepro_pro380@1,inepro_pro1@1 rtu:pty --as-delivered
exits 0 scan sim:inepro_pro380 --quick -q
prints "sim:inepro_pro380@1  PRO380-Mod, serial number 24430000"
finish
