#!/bin/sh
# SPDX-License-Identifier: MIT
# Help, usage errors, and output that does not arrive.
. "$SOURCE/tests/tool/common.sh"

exits 0 --version
prints "kwh $VERSION"
exits 0 --help
says out "kwh simulate"
grep -E '.{79}' "$temp/out" && complain "kwh --help is too wide"
for subcommand in read get set identify decode simulate raw report maps plan; do
    exits 0 "$subcommand" --help
    says out "usage: kwh $subcommand"
    grep -E '.{79}' "$temp/out" && complain "kwh $subcommand --help is too wide"
    cp "$temp/out" "$temp/help"
    exits 0 help "$subcommand"
    cmp -s "$temp/out" "$temp/help" || complain "kwh help $subcommand is no help on it"
    exits 2 "$subcommand" --no-such-option
    says err "unknown option --no-such-option"
    says err "try: kwh $subcommand --help"
done

exits 2
exits 2 reed
says err "unknown subcommand 'reed'"
exits 2 read
says err "TARGET is missing"
exits 2 read rtu:
exits 2 read 'rtu:/dev/x,baud=fast'
says err "baud=fast"
says err "from 'fast' on; baud: 1 to 4000000"
exits 2 read /dev/ttyUSB0
says err "did you mean rtu:/dev/ttyUSB0@1?"
exits 2 simulate inepro_pro380 tcp:127.0.0.1:99999
says err "port: 1 to 65535"
exits 2 simulate inepro_pro380 tcp:127.0.0.1:0 --fault echo,dropp=1
says err "'dropp=1': known are drop, "
exits 2 simulate inepro_pro380 tcp:127.0.0.1:0 --fault drop=2
exits 2 simulate inepro_pro380 tcp:127.0.0.1:0 --from no_file.json
says err "'no_file.json' is no TARGET, and no file"
exits 2 read sim:inepro_pro380 -o xml
says err "-o xml: not table, json or csv"
exits 2 read sim:inepro_pro380 -o
says err "option -o needs a value"
exits 2 read sim:inepro_pro380 --timeout soon
says err "--timeout soon"
exits 2 read sim:inepro_pro380 --timeout 0
exits 2 read sim:inepro_pro380 -m pro830
says err "no map is called 'pro830'"
exits 2 read sim:inepro_pro30
says err "did you mean inepro_pro380"
exits 2 read sim:inepro_pro380 voltag_l1
says err "did you mean voltage_l1"
exits 2 read sim:inepro_pro380 VOLTGE
says err "'VOLTGE'; did you mean voltage_l1"
says err "try: kwh maps inepro_pro380"
exits 2 plan inepro_pro1 voltge # a meter of one phase
says err "'voltge'; did you mean voltage or voltage_l1?"
exits 2 read tcp:127.0.0.1:1 voltge # before anything is opened
says err "did you mean voltage"
says err "try: kwh maps"
exits 0 plan 'solar-log pro380' voltage_l1
exits 0 plan pro380 voltage_l1
exits 2 read sim:inepro_pro1 voltage_l2 # a name, but not of this meter
says err "(map inepro_pro1) has no 'voltage_l2'"
exits 2 read sim:inepro_pro1 1-0:52.7.0
exits 2 identify sim:inepro_pro1 sim:inepro_pro380
exits 2 plan
exits 2 plan inepro_pro380 --line 8X1
exits 2 plan inepro_pro380 --max-registers 126
exits 2 maps inepro_pro380 inepro_pro1
exits 2 simulate inepro_pro380
says err "LINK is missing"
exits 2 simulate inepro_pro380@0 rtu:pty
exits 2 simulate inepro_pro380@248 rtu:pty
exits 2 simulate inepro_pro380@2,inepro_pro1@2 rtu:pty
says err "address 2 is given twice"
exits 2 simulate inepro_pro380 rtu:pty --set voltage_l1
exits 2 simulate inepro_pro380 rtu:pty --set voltage_l1=much
says err "'much' is no value"
exits 2 simulate inepro_pro380 rtu:pty --set thd_current_l1=1
[ -s "$temp/out" ] && complain "a usage error printed data"

# No color where nobody looks, and messages apart from data.
exits 0 read sim:inepro_pro380 voltage_l1
grep -q "$(printf '\033')" "$temp/out" && complain "escape sequences in a file"
[ -s "$temp/err" ] && complain "messages without need"

# A comma in the locale's numbers is none in ours.
LC_ALL=de_DE.UTF-8 exits 0 plan inepro_pro380 voltage_l1 -o json
prints '{"requests":[{"function":3,"address":20482,"count":2}],"bytes":17,"predicted_ms":43.5}'

if [ -e /dev/full ]; then
    for arguments in --help --version 'maps -o table' 'maps -o json' 'maps PRO380 -o csv' \
        'maps PRO380 -o table' 'maps PRO380 -o json' 'read sim:inepro_pro380 -o json' \
        'read sim:inepro_pro380' 'decode 0103500200063508 -o json' 'simulate PRO380 rtu:pty'; do
        # shellcheck disable=SC2086 # several words
        timeout 30 "$KWH" $arguments >/dev/full 2>"$temp/err"
        [ $? = 1 ] || complain "kwh $arguments: a full disk is no exit 1"
        says err "cannot write to standard output: No space left on device"
    done
fi
"$KWH" maps >&- 2>"$temp/err"
[ $? = 1 ] || complain "closed standard output is no exit 1"

# A reader that has seen enough is no error: the end is that of SIGPIPE, in silence.
mkfifo "$temp/pipe"
exec 3<>"$temp/pipe" 4>"$temp/pipe" 3<&- # nobody reads what goes to 4
for arguments in maps 'maps -o json' 'maps PRO380' 'simulate PRO380 rtu:pty'; do
    # shellcheck disable=SC2086 # several words
    timeout 30 "$KWH" $arguments >&4 2>"$temp/err"
    got=$?
    [ "$got" -gt 128 ] && [ "$(kill -l "$got")" = PIPE ] ||
        complain "kwh $arguments: a closed pipe is exit $got"
    [ -s "$temp/err" ] && complain "kwh $arguments: a closed pipe is complained of"
done
# No option by half its name.
exits 2 read sim:PRO1 --expl
says err "write out --explain"
exits 2 raw sim:PRO1@1 write 0x4003 10 --yes --allow-irr
says err "write out --allow-irreversible"
exits 2 simulate PRO1 rtu:pty --se voltage_l1=230
exits 0 read sim:PRO1 --output=json --timeout 1000 -q

finish
