#!/bin/sh
# SPDX-License-Identifier: MIT
# kwh read and identify: pinned values come through digit for digit over a pseudo-terminal, TCP and
# RTU over TCP; every exit code has its case.
. "$SOURCE/tests/tool/common.sh"

pins="--set voltage_l1=230.12 --set current_l2=-1.62 --set active_power=-12345.6
    --set active_energy_import=15062030 --set reactive_energy_export_l3=2171240
    --set power_factor_magnitude=0.29 --set frequency=49.98 --set serial_number=19430102
    --set combination_code=reverse --set tariff=2 --set display_cycle_time=25"

check_pins()
{
    exits 0 read "$1" -m inepro_pro380 -o json
    json 'line["map"] == "inepro_pro380" and line["model"] == "PRO380-Mod" and line["error"] is None'
    json 'line["serial"] is None and line["status"] == {} and len(line["values"]) == 61'
    json 'line["values"]["voltage_l1_v"] == "230.12" and line["values"]["current_l2_a"] == "-1.62"'
    json 'line["values"]["active_power_w"] == "-12345.6"'
    json 'line["values"]["active_energy_import_wh"] == "15062030"'
    json 'line["values"]["reactive_energy_export_l3_varh"] == "2171240"'
    json 'line["values"]["power_factor_magnitude"] == "0.29"'
    json 'line["values"]["frequency_hz"] == "49.98" and line["values"]["tariff"] == "2"'
    exits 0 read "$1" serial_number combination_code display_cycle_time_s 1-0:14.7.0 -q -o json
    json 'line["values"] == {"serial_number": "19430102", "combination_code": "reverse",
                             "display_cycle_time_s": "25", "frequency_hz": "49.98"}'
    json 'list(line["values"])[0] == "serial_number" and line["serial"] == "19430102"'
}

# shellcheck disable=SC2086 # pins are several words, link has none with blanks
for link in rtu:pty tcp:127.0.0.1:0 rtutcp:127.0.0.1:0; do
    start meter "$KWH" simulate inepro_pro380 "$link" $pins
    check_pins "$target"
    stop TERM 0
done

# All forms of output of one readout.
start meter "$KWH" simulate inepro_pro380@7 "tcp:$own_place" --set voltage_l1=230.12 \
    --set active_power=12350 --set active_energy_import=1234 --set voltage_l2=0
[ "$target" = "tcp:$own_place@7" ] || complain "TARGET $target"
exits 0 read "$target" voltage_l1 active_energy_import active_power voltage_l2 --obis
says out "PRO380-Mod at $target"
says out "Active energy import"
grep -Eq '^  voltage_l1 +230\.12 +V +1-0:32\.7\.0$' "$temp/out" || complain "230.12 V"
grep -Eq '^  voltage_l2 +0 +V ' "$temp/out" || complain "0 V"
grep -Eq '^  active_energy_import +1\.234 +kWh +1-0:1\.8\.0$' "$temp/out" || complain "1.234 kWh"
grep -Eq '^  active_power +12\.350 +kW ' "$temp/out" || grep -Eq '^  active_power +12\.35 +kW ' \
    "$temp/out" || complain "12.35 kW"
exits 0 read "$target" active_power voltage_l1 -o csv
[ "$(head -n 1 "$temp/out")" = time,target,name,value,unit,status ] || complain "header"
[ "$(sed -n 2p "$temp/out" | cut -d, -f2-)" = "$target,active_power,12350,W,ok" ] ||
    complain "row: $(sed -n 2p "$temp/out")"
exits 0 read "$target" voltage_l1 -o json
json '__import__("re").fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])'
json 'list(line) == ["time", "target", "map", "model", "serial", "duration_ms", "error", "values", "status"]'
json 'line["target"].endswith("@7") and int(line["duration_ms"]) < 2000'

exits 0 read "$target" voltage_l1 -v -o json
json 'line["values"] == {"voltage_l1_v": "230.12"}'
says err "request to unit 7: read 2 holding registers from 0x5002"
says err "answer of unit 7: 2 holding registers from 0x5002"
exits 0 read "$target" --explain -o json
json 'len(lines) == 1'
says err "0x6000"
says err "measured"

exits 0 identify "$target" -o json
json 'line["map"] == "inepro_pro380" and line["model"] == "PRO380-Mod" and line["code"] == "0102"'
json 'line["error"] is None and len(line["serial"]) == 8 and "0x4002" in line["why"]'
grep -Eq '"software_version":[0-9]+\.[0-9]+[,}]' "$temp/out" || complain "a version is a decimal like any other"
exits 0 identify "$target"
says out "holding register 0x4002 holds 0102"

# Another meter than the one of -m, no meter, no port.
exits 7 read "$target" -m inepro_pro1 -o json
json 'line["error"] == "other_family" or line["error"] == "unknown_meter"'
json 'line["values"] == {} and line["map"] is None'
says err "PRO380-Mod"
stop TERM 0
exits 3 read "$target" -o json
json 'line["error"] == "port_open"'
exits 3 read rtu:/dev/no-such-port
says err "plugged in"
exits 2 read rtu:/dev/no-such-port,line=7E1
says err "Modbus RTU and M-Bus have bytes of 8 bits"
exits 3 identify tcp:127.0.0.1:1
says err "that the other side is up"
exits 3 read tcp:no-such-host.invalid -o json
json 'line["error"] == "port_name"'
says err "The name of the host cannot be resolved"

start meter "$KWH" simulate inepro_pro380@7 rtu:pty
exits 4 read "${target%@7}@9" --timeout 100 --retries 0 -o json
json 'line["error"] == "timeout" and line["values"] == {}'
json '100 <= int(line["duration_ms"]) < 2000' # three line settings, one question at each
says err "address 9"
exits 0 read "${target%@7},baud=9600,line=8E1@7" voltage_l1 -q
[ -s "$temp/err" ] && complain "settings were given, and messages came"
exits 0 read "$target" voltage_l1
says err "answers at " # any will do on a pseudo-terminal
stop INT 0

fake()
{
    start fake "$PYTHON" "$SOURCE/tests/tool/fake_meter.py" "$1"
}
fake absent
exits 7 read "$target" -o json
json 'line["error"] == "not_identified"'
says err "refuses what would identify it"

# A busy meter is asked again, and is no unknown one.
fake busy
exits 5 read "$target" -o json
json 'line["error"] == "server_device_busy"'
says err "The meter is busy (exception 6)"
says err "Ask again later."
exits 5 read "$target" -m inepro_pro380 -o json
json 'line["error"] == "server_device_busy"'
fake hurried
exits 0 read "$target" voltage_l1 -o json
json 'line["values"] == {"voltage_l1_v": "230.12"}'

# A gateway that answers in place of a silent meter.
fake gateway
exits 4 read "$target" -o json --retries 0
json 'line["error"] == "gateway_target"'
exits 4 identify "$target" --retries 0

fake refuse
exits 5 read "$target" -o json
json 'line["error"] == "server_device_failure"'
exits 5 read "$target" -m inepro_pro380 -o json voltage_l1
says err "cannot be identified"
json 'line["values"] == {"voltage_l1_v": None} and line["error"] == "server_device_failure"'
json 'line["model"] is None and "voltage_l1_v" in line["status"]'
exits 5 read "$target" -m inepro_pro380
says out "refused"
exits 5 read "$target" -m inepro_pro380 voltage_l1
says out "map inepro_pro380, 0 of 1 value in 1 request, "

fake partial
exits 6 read "$target" -o json --timeout 500
json 'line["values"]["voltage_l1_v"] == "230.12" and line["values"]["active_energy_import_wh"] is None'
json 'line["status"]["active_energy_import_wh"] == "refused" and "voltage_l1_v" not in line["status"]'
json 'line["error"] == "illegal_data_address"'
says err "no such register (exception 2): address 1, function 03, 2 registers at 0x6000"
exits 6 read "$target" voltage_l1 active_energy_import -o csv
says out ",active_energy_import,,Wh,refused"

fake nan
exits 6 read "$target" voltage_l1 frequency -o json
json 'line["values"] == {"voltage_l1_v": None, "frequency_hz": "230.12"}'
json 'line["status"] == {"voltage_l1_v": "nan"}'

fake unknown
exits 7 read "$target" -o json
json 'line["error"] == "unknown_meter" and line["map"] is None'
says err "the meter (code 0x9999, unknown) is one that no known map describes"
exits 7 identify "$target" -o json
json 'line["error"] == "unknown_meter" and line["code"] == "9999"'
fake other
exits 7 read "$target"
says err "it encodes these registers otherwise (code 0x3201, GROW N1)"
exits 7 read "$target" -o json
json 'line["error"] == "other_encoding" and line["map"] is None'

fake hang_up
exits 3 read "$target" -o json
json 'line["error"] == "disconnected"'

fake silent
exits 4 read "$target" --timeout 100 --retries 1
says err "attempt 2"
says err "Is this the unit of the meter?"
interrupted err "-->" read "$target" --timeout 20000 -v

# --- Several TARGETs, then NAMEs: each is read whatever becomes of the others
start bus "$KWH" simulate inepro_pro380@1,eastron_sdm72d_m2@1,inepro_pro1@4 rtu:pty --as-delivered
link=${target%%,*}
start gateway "$KWH" simulate inepro_pro380@9 tcp:127.0.0.1:0 --set voltage_l1=230.12
gateway=$target
exits 0 read "$link,line=8E1@1" "$gateway" "$link,line=8N1@1" "$link,line=8E1@4" voltage_l1 \
    1-0:14.7.0 -o json
json '[one["map"] for one in lines] == [
    "inepro_pro380", "inepro_pro380", "eastron_sdm72d_m2", "inepro_pro1"]'
json 'all(one["error"] is None and list(one["values"]) == ["voltage_l1_v", "frequency_hz"] for one in lines)'
json 'lines[1]["values"]["voltage_l1_v"] == "230.12" and lines[1]["target"] == "'"$gateway"'"'
says err "one meter of this line is set to 9600 8E1, another one to 9600 8N1"
[ "$(grep -c 'better set them alike' "$temp/err")" = 1 ] || complain "warned more than once"

# One is dead, one has no port: the first of them says how it ended, and the others are read.
exits 4 read "$link,line=8E1@1" "$link,line=8E1@7" tcp:127.0.0.1:1 "$link,line=8E1@4" voltage_l1 \
    --timeout 800 -q -o json
json '[one["error"] for one in lines] == [None, "timeout", "port_open", None]'
json '"voltage_l1_v" in lines[3]["values"] and lines[1]["values"] == {}'
exits 3 read tcp:127.0.0.1:1 "$link@4" "$link@1" voltage_l1 -o csv
[ "$(cut -d, -f2- "$temp/out" | sed 's/,[0-9.]*,V/,V/')" = "target,name,value,unit,status
$link@4,voltage_l1,V,ok
$link@1,voltage_l1,V,ok" ] || complain "not so: $(cat "$temp/out")"
exits 2 read "$link,line=8E1@4" "$link,line=8N1@1" active_energy_import_l1 apparent_energy -o json
exits 0 read "$link,line=8N1@1" "$link,line=8E1@1" voltage_l1 -q
says out "SDM72D-M-2 at $link,line=8N1@1"
says out "PRO380-Mod at $link,line=8E1@1"
exits 2 read "$link@1" voltage_l1 "$link@4"
says err "TARGETs come first"
exits 2 read "$link@1" "$link@4" voltage_l9
exits 2 read "$link@1" "rut:/dev/ttyUSB0@4"
[ -s "$temp/out" ] && complain "something was read before the mistake was seen"
stop TERM 0
finish
