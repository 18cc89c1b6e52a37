#!/bin/sh
# SPDX-License-Identifier: MIT
# kwh get and set: over every kind of link, what is refused and in which words, where the meter is
# found afterwards, and every exit code.
. "$SOURCE/tests/tool/common.sh"
unset KWH_PASSWORD

# Old and new, one line each, over every link of Modbus; what was set is what is read.
for link in rtu:pty tcp:127.0.0.1:0 rtutcp:127.0.0.1:0; do
    start meter "$KWH" simulate inepro_pro380 "$link"
    exits 0 set "$target" --yes display_cycle_time=25 combination_code=reverse -o json
    json 'len(lines) == 2'
    json 'line["name"] == "display_cycle_time" and line["old"] == "10" and line["new"] == "25"'
    json 'line["verified"] and line["error"] is None and line["outcome"] == "verified"'
    json 'lines[1]["old"] == "forward" and lines[1]["new"] == "reverse" and lines[1]["verified"]'
    exits 0 get "$target" display_cycle_time combination_code -o json
    json 'line["values"] == {"display_cycle_time_s": "25", "combination_code": "reverse"}'
    exits 0 set "$target" --yes display_cycle_time_s=7
    prints "display_cycle_time_s: 25 -> 7, verified"
    exits 0 set "$target" --yes tariff=2 -o csv
    prints "$(printf 'name,old,new,outcome\ntariff,1,2,verified\n')"
    stop TERM 0
done

# Without names all that a meter tells of itself, and no measurements.
exits 0 get sim:inepro_pro380 -o json
says out '"baud_rate":9600' # a number, as in what set prints
json 'line["values"]["baud_rate"] == "9600" and line["values"]["combination_code"] == "forward"'
json 'line["serial"] == "24430000" and "voltage_l1_v" not in line["values"]'
exits 0 get sim:eastron_sdm72d_m2 -o json
json '"password" not in line["values"]'
exits 2 get sim:inepro_pro380 voltge
exits 2 get sim:inepro_pro380 active_energy_import_kwh
says err "did you mean active_energy_import,"
exits 2 get sim:eastron_sdm72d_m2 password
says err "password cannot be read from this meter (map eastron_sdm72d_m2)"

# Nothing is written that is not right, not even what stands before it.
exits 2 set sim:inepro_pro380
says err "NAME=VALUE is missing"
exits 2 set sim:inepro_pro380 tariff
says err "'tariff': not NAME=VALUE"
exits 2 set tcp:127.0.0.1:1 tarif=1 # before anything is opened
says err "did you mean tariff"
start meter "$KWH" simulate inepro_pro380 rtu:pty
exits 2 set "$target" --yes tariff=2 display_cycle_time=31
says err "display_cycle_time: not '31', but 1 to 30"
exits 2 set sim:eastron_sdm72d_m2 --default-password --yes backlight_time=90
says err "backlight_time: not '90', but 0 to 7260 in steps of 60"
exits 2 set "$target" --yes tariff=2 combination_code=sideways
says err "combination_code: not 'sideways', but forward, reverse, "
exits 2 set "$target" --yes tariff=2 tariff=1
says err "tariff is given twice"
exits 2 set "$target" --yes tariff=2 voltage_l1=230
says err "voltage_l1 cannot be set on this meter (map inepro_pro380)"
exits 2 set "$target" --yes 0-0:96.14.0=2
says err "0-0:96.14.0: a setting goes by its name, not by an OBIS code"
exits 2 set "$target" --yes tariff=2 --restart
says err "cannot be told to start anew"

exits 2 set sim:inepro_2pu --yes ct_ratio=9999/0 --allow-irreversible
says err "ct_ratio: not '9999/0', but 1/1 to 9999/9999"

# What is refused is refused in words that say what it would do.
exits 8 set "$target" --yes tariff=2 combination_code=forward_minus_reverse_vector
says err "locks the meter: no other combination code can be set afterwards; --allow-irreversible"
exits 8 set "$target" --yes tariff=2 active_energy_import_resettable=0 --allow-irreversible
says err "clears a counter, which cannot be undone; --allow-counter-reset allows it"
exits 8 set "$target" --yes tariff=2 baud_rate=4800 --allow-irreversible --allow-counter-reset
says err "gives the meter another speed; --allow-link-change allows it"
exits 8 set "$target" tariff=2
says err "nothing was written: there is no terminal to ask on; --yes goes on without"
exits 0 set "$target" tariff=2 baud_rate=4800 --allow-link-change --dry-run
prints "$(printf 'tariff=2  01 06 60 48 00 02 96 1D\nbaud_rate=4800  01 06 40 04 12 C0 D1 3B')"
exits 0 set "$target" tariff=2 --dry-run -o csv
prints "$(printf 'name,new,frame\ntariff,2,01 06 60 48 00 02 96 1D')"
exits 0 set "$target" tariff=2 --dry-run -o json
json 'line["name"] == "tariff" and line["frames"] == ["01 06 60 48 00 02 96 1D"]'
exits 0 get "$target" tariff baud_rate -o json
json 'line["values"] == {"tariff": "1", "baud_rate": "9600"}'

# Links last, one after another, and the TARGET under which the meter is found then.
exits 0 set "$target" --yes --allow-link-change device_address=5 baud_rate=4800 tariff=2
[ "$(cut -d: -f1 "$temp/out" | tr '\n' ' ')" = "tariff device_address baud_rate " ] ||
    complain "order: $(cat "$temp/out")"
moved=$(sed -n 's/^kwh set: the meter is now at //p' "$temp/err" | tail -n 1)
case $moved in
*baud=4800*@5) ;;
*) complain "moved to '$moved'" ;;
esac
exits 0 get "$moved" device_address baud_rate tariff -o json
json 'line["values"] == {"device_address": "5", "baud_rate": "4800", "tariff": "2"}'
exits 4 get "$target" device_address --timeout 100
exits 0 set "$moved" --yes active_energy_import_resettable=0 --allow-counter-reset -o json
json 'line["verified"] and float(line["new"]) < 10'

# A meter that is locked for good acknowledges, and forgets.
exits 0 set "$moved" --yes combination_code=forward_minus_reverse_vector --allow-irreversible
exits 9 set "$moved" --yes combination_code=forward tariff=1 -o json
json 'line["outcome"] == "ignored" and line["error"] == "not_taken" and not line["verified"]'
json 'line["new"] == "forward_minus_reverse_vector" and len(lines) == 1'
says err "tariff=1 was not written"
stop TERM 0

# An address that answers is taken.
start meter "$KWH" simulate inepro_pro380@1,inepro_pro380@2 rtu:pty
exits 8 set "${target%@*}@1" --yes --allow-link-change device_address=2 -o json
json 'line["error"] == "address_taken" and line["outcome"] == "not_sent" and not line["verified"]'
says err "that address answers already"
exits 0 set "${target%@*}@1" --yes --allow-link-change device_address=3
exits 0 get "${target%@*}@2" device_address
stop TERM 0

# Through a gateway a link moves only when somebody says that he moves the gateway.
start meter "$KWH" simulate inepro_pro380 tcp:127.0.0.1:0
exits 8 set "$target" --yes --allow-link-change baud_rate=4800
says err "this link cannot follow"
says err "--no-follow"
prints "baud_rate: not written, cannot_follow"
exits 9 set "$target" --yes --allow-link-change --no-follow baud_rate=4800 -o json
json 'line["outcome"] == "unknown" and not line["verified"] and line["new"] is None'
says err "now set the gateway, or whatever else asks this meter, to baud_rate=4800"
exits 0 get "$target" baud_rate -o json
json 'line["values"] == {"baud_rate": "4800"}'
stop TERM 0

# The password comes from a file or the environment; that of the factory only when it is asked for.
start meter "$KWH" simulate eastron_sdm72d_m2 rtu:pty
exits 8 set "$target" --yes pulse_width=0.06
says err "locked by a password; --password-file, KWH_PASSWORD or --default-password"
KWH_PASSWORD=4321 exits 8 set "$target" --yes pulse_width=0.06
says err "it is not the one given"
KWH_PASSWORD=secret exits 2 set "$target" --yes pulse_width=0.06
says err "the password in KWH_PASSWORD is not up to four digits"
exits 2 set "$target" --yes pulse_width=0.06 --password-file "$temp/none"
echo 1000 >"$temp/password"
exits 0 set "$target" --dry-run pulse_width=0.06 --password-file "$temp/password"
says out "pulse_width=0.06  01 10 00 0E 00 02 04 44 7A 00 00 47 0A"
says out "pulse_width=0.06  01 10 00 0C 00 02 04 42 70 00 00 E6 59"
exits 0 set "$target" --yes pulse_width=0.06 --password-file "$temp/password"
stop TERM 0
start meter "$KWH" simulate eastron_sdm72d_m2 rtu:pty
exits 0 set "$target" --yes --default-password parity_stop_bits=even_1 --allow-link-change -o json
json 'line["verified"] and line["needs_restart"]'
says err "parity_stop_bits takes effect when the meter starts anew"
exits 0 set "$target" --yes --default-password password=1234 --allow-irreversible
prints "password: **** -> ****, verified"
stop TERM 0

# A data type that nobody knows: the way back, where the map is named.
start meter "$KWH" simulate inepro_2pu rtu:pty --set data_type=integer
exits 7 set "$target" --yes display_cycle_time=7 -m inepro_2pu
exits 0 set "$target" --yes data_type=standard -m inepro_2pu
prints "data_type: integer -> standard, verified"
exits 0 set "$target" --yes display_cycle_time=7
stop TERM 0

# On M-Bus a setting is sent once, and a busy computer may need more for the answer than a meter.
patient()
{
    target=${target%@*},allowance_ms=900@${target##*@}
}

# M-Bus, by primary and secondary address: what no telegram shows is not verified.
for link in mbus:pty mbustcp:127.0.0.1:0; do
    start meter "$KWH" simulate inepro_2pu@5 "$link"
    patient
    exits 0 set "$target" --yes tariff=2 -o json
    json 'line["old"] == "1" and line["new"] == "2" and line["verified"]'
    exits 9 set "$target" --yes combination_code=reverse -o json
    json 'line["outcome"] == "not_verifiable" and line["old"] is None and line["error"] is None'
    says err "was acknowledged; the meter shows it nowhere"
    exits 8 set "$target" --yes tariff=3
    says err "activates a tariff that the meter shows for ever after; --allow-irreversible"
    exits 0 set "${target%@*}@s24430001" --yes tariff=1
    exits 0 get "$target" -o json
    json 'line["values"]["tariff"] == "1" and line["values"]["mbus_manufacturer"] == "INM"'
    [ "$link" = mbus:pty ] || exits 8 set "$target" --yes --allow-link-change device_address=9
    [ "$link" != mbus:pty ] || exits 0 set "$target" --yes --allow-link-change device_address=9
    stop TERM 0
done

# A meter that may be another one is not changed for good.
start meter "$KWH" simulate inepro_pro1@5 mbus:pty
patient
exits 8 set "$target" --yes power_down_counter=0 --allow-counter-reset -v
says err "the meter may be inepro_pro1 or inepro_pro380, and this cannot be undone; -m names its map"
grep -q -e '--> 68' "$temp/err" && complain "it was sent"
exits 9 set "$target" --yes power_down_counter=0 --allow-counter-reset -m inepro_pro1 # not shown
stop TERM 0

# Stopped behind the write: what is known is said, and nothing of what was not tried. The delay
# leaves time for it.
start meter "$KWH" simulate inepro_pro380 rtu:pty --fault delay=1000
interrupted err "--> 01 06 40 03" set "$target" --timeout 2000 --retries 0 \
    --yes --allow-link-change device_address=7 baud_rate=4800 -v
prints "device_address: 1 -> ?, unknown"
says err "was sent, but not read back"
says err "The meter is at address 7, 9600 8N1 or address 1, 9600 8N1, and has the new value or the"
says err "baud_rate=4800 was not written"
grep -q 'tried' "$temp/err" && complain "it was not tried"
stop TERM 0

# On a terminal it asks.
start meter "$KWH" simulate inepro_pro380 rtu:pty
"$PYTHON" - "$KWH" "$target" <<'CODE' || complain "the question"
import os, pty, sys

def run(answer):
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.argv[1], [sys.argv[1], "set", sys.argv[2], "display_cycle_time=12"])
    said = b""
    while b"[y/N] " not in said:
        said += os.read(terminal, 1000)
    os.write(terminal, answer)
    try:
        while chunk := os.read(terminal, 1000):
            said += chunk
    except OSError:
        pass
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said.decode()

code, said = run(b"n\n")
assert code == 8 and "display_cycle_time: 10 -> 12" in said and "nothing was written" in said, said
code, said = run(b"\x03")
assert code == 130 and "nothing was written" in said, (code, said)
code, said = run(b"y\n")
assert code == 0 and "display_cycle_time: 10 -> 12, verified" in said, said
CODE
stop TERM 0

# --- Nobody reads what is printed: where the meter is now is said all the same
mkfifo "$temp/pipe"
exec 3<>"$temp/pipe" 4>"$temp/pipe" 3<&- # nobody reads what goes to 4
"$KWH" set sim:inepro_pro380@1 device_address=5 --allow-link-change --yes >&4 2>"$temp/err"
says err "the meter is now at sim:inepro_pro380@5"
finish
