#!/bin/sh
# SPDX-License-Identifier: MIT
# kwh simulate --from: one meter presented as another, while its source comes and goes.
. "$SOURCE/tests/tool/common.sh"

# until CONDITION...: for at most 15 s.
until_true()
{
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 75 ]; then
            complain "never: $*"
            cat "$temp/out" "$temp/err" "$temp/meter.err"
            return
        fi
        sleep 0.2
    done
}

# becomes VALUE: what the presented meter gives for the voltage.
becomes()
{
    "$KWH" read "$meter" -m PRO380 voltage_l1 -q -o json >"$temp/out" 2>"$temp/err"
    grep -qF "\"voltage_l1_v\":$1" "$temp/out"
}

pins="--set voltage_l1=230.12 --set active_energy_import=13062040 --set serial_number=12345678"
# shellcheck disable=SC2086 # several words
start source "$KWH" simulate eastron_sdm72d_m2@3 "tcp:$own_place" -q $pins
source=$target
source_pid=$pid
start meter "$KWH" simulate PRO380@7 tcp:127.0.0.1:0 --from "$source" --max-age 2
meter=$target
meter_pid=$pid
start patient "$KWH" simulate PRO380@7 tcp:127.0.0.1:0 --from "$source" -q --max-age 86400
patient=$target

# --- The values are those of the source, identity and settings those of the map
exits 0 read "$meter" voltage_l1 active_energy_import serial_number baud_rate parity -o json
json 'line["values"] == {"voltage_l1_v": "230.12", "active_energy_import_wh": "13062040", "serial_number": "12345678", "baud_rate": "9600", "parity": "even"}'
exits 0 identify "$meter" -o json
json 'line["map"] == "inepro_pro380" and line["model"] == "PRO380-Mod"'
exits 6 read "$meter" -o json -q # what the source has not is refused, never 0
json 'line["values"]["voltage_l1_v"] == "230.12" and "0" not in [v for k, v in line["values"].items() if "_t1" in k]'
json 'set(line["status"].values()) == {"refused"} and "active_energy_import_t1_wh" in line["status"]'
exits 5 raw "$meter" read 0x600E 2 -o json
json 'line["error"] == "illegal_data_address"'
if command -v mbpoll >/dev/null; then
    port=${meter##*:}
    timeout 20 mbpoll -q -1 -a 7 -r 20483 -c 1 -t 4:float -B -p "${port%@*}" 127.0.0.1 >"$temp/out" 2>&1
    says out '[20483]: 	230.12'
    timeout 20 mbpoll -q -1 -a 7 -r 16385 -c 2 -t 4:hex -p "${port%@*}" 127.0.0.1 >"$temp/out" 2>&1
    says out '0x1234'
    says out '0x5678'
else
    echo "no mbpoll: left out"
fi

# --- A setting is the presented meter's own
exits 0 raw "$meter" write 0x4010 0x0020 --yes --allow-irreversible
exits 0 raw "$meter" read 0x4010 1 -o csv
says out "0x4010,0020"
exits 0 raw "$patient" write 0x4003 9 --yes --allow-irreversible # it moves as the real one does
exits 4 raw "$patient" read 0x4003 1
patient=${patient%@7}@9
exits 0 raw "$patient" read 0x4003 1 -o csv
says out "0x4003,0009"
exits 0 read "$source" voltage_l1

# --- The source dies: nothing that is older than said, and never 0; settings are still there
ends "$source_pid" TERM 0
until_true becomes null
json 'line["error"] == "server_device_failure"'
exits 0 read "$patient" -m PRO380 voltage_l1 -o json # not too old for this one
json 'line["values"]["voltage_l1_v"] == "230.12"'
exits 0 read "$meter" -m PRO380 baud_rate -o json
json 'int(line["duration_ms"]) < 2000'
until_true grep -q "closed the port or connection" "$temp/meter.err"

# --- A connection that is never made does not keep the server from serving
"$PYTHON" - "$own_place" >"$temp/stuck.out" <<'CODE' &
import socket, sys, time
host, port = sys.argv[1].split(":")
listener = socket.create_server((host, int(port)), backlog=0)
fill = [socket.socket() for _ in range(4)]  # the rest of the requests to connect are dropped
for one in fill:
    one.setblocking(False)
    one.connect_ex((host, int(port)))
print("stuck", flush=True)
time.sleep(600)
CODE
stuck=$!
pids="$pids $stuck"
until_true grep -q stuck "$temp/stuck.out"
for _ in 1 2 3 4 5 6 7 8; do
    exits 0 read "$meter" -m PRO380 baud_rate -o json
    json 'int(line["duration_ms"]) < 2000'
    sleep 0.3
done
becomes null || complain "a value without a source"
ends "$stuck" TERM 143

# --- It comes back
start source "$KWH" simulate eastron_sdm72d_m2@3 "${source%@3}" -q --set serial_number=12345678 \
    --set voltage_l1=231.5
source_pid=$pid
until_true becomes 231.5
until_true grep -q "is back" "$temp/meter.err"

# --- Another meter comes back in its place
ends "$source_pid" TERM 0
until_true becomes null
start source "$KWH" simulate eastron_sdm72d_m2@3 "${source%@3}" -q --set serial_number=87654321 \
    --set voltage_l1=222.5
until_true grep -q "another meter answers, 87654321 and not" "$temp/meter.err"
for _ in 1 2 3 4 5; do
    becomes null || complain "a value of another meter"
done
stop INT 0
start source "$KWH" simulate eastron_sdm72d_m2@3 "${source%@3}" -q --set serial_number=12345678 \
    --set voltage_l1=231.5
source_pid=$pid
until_true becomes 231.5

# --- It is there but silent
kill -STOP "$source_pid"
until_true becomes null
kill -CONT "$source_pid"
until_true becomes 231.5
ends "$source_pid" TERM 0
ends "$meter_pid" TERM 0

# --- From bus to bus
start source "$KWH" simulate inepro_2pu@1 mbustcp:127.0.0.1:0 -q --set voltage_l1=230.1 \
    --set serial_number=87654321 --set active_energy_import=5000
start meter "$KWH" simulate PRO380 tcp:127.0.0.1:0 -q --from "$target"
exits 0 read "$target" voltage_l1 active_energy_import serial_number -o json
json 'line["values"] == {"voltage_l1_v": "230.1", "active_energy_import_wh": "5000", "serial_number": "87654321"}'
stop INT 0
start meter "$KWH" simulate inepro_pro1@4 mbustcp:127.0.0.1:0 -q \
    --from sim:eastron_sdm72d_m2@1
exits 0 read "$target" active_energy_import active_energy_export -o json
json 'line["map"] == "inepro_pro1" and float(line["values"]["active_energy_import_wh"]) > 1e6'
exits 6 read "$target" active_energy_import_t1 -o json # a record that is missing
stop INT 0

# --- Several of one source; and what cannot be
start meter "$KWH" simulate PRO380@1,eastron_sdm630@2 tcp:127.0.0.1:0 -q --from sim:inepro_pro380@1
exits 0 read "${target%@1}@1" voltage_l1 frequency -q
exits 0 read "${target%@1}@2" voltage_l1 frequency -m eastron_sdm630 -q
stop INT 0
exits 3 simulate PRO380 tcp:127.0.0.1:0 --from tcp:127.0.0.1:1@1
exits 2 simulate PRO380 tcp:127.0.0.1:0 --from nothing
exits 2 simulate PRO380 tcp:127.0.0.1:0 --from sim:PRO380 --max-age 0
exits 2 simulate PRO380 tcp:127.0.0.1:0 --from sim:PRO380 --set voltage_l1=1
says err "the value comes from sim:PRO380"
start silent "$KWH" simulate PRO380 rtutcp:127.0.0.1:0 -q --fault drop=1
exits 4 simulate PRO380 tcp:127.0.0.1:0 --from "${target%@1},timeout_ms=100,retries=0@1"
stop INT 0
finish
