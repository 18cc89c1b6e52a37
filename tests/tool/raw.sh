#!/bin/sh
# SPDX-License-Identifier: MIT
# kwh raw: what is sent is what was asked for, and nothing that writes without both words.
. "$SOURCE/tests/tool/common.sh"

meter=sim:inepro_pro380@1

# --- Registers
start meter "$KWH" simulate PRO380 tcp:127.0.0.1:0 -q --set voltage_l1=230.12 \
    --set voltage_l2=-1 --set serial_number=19430102
for place in "$target" "$meter"; do
    exits 0 raw "$place" read 0x4000 2 -o json
    json 'line["request"] == "0340000002" and line["error"] is None'
    json 'len(line["registers"]) == 2 and line["registers"][0]["address"] == "16384"'
done
exits 0 raw "$target" read holding 16384 2 -o csv
says out "0x4000,1943,6467,6467,"
says out "0x4001,0102,258,258,"
exits 0 raw "$target" read 0x5002 4 # 230.12 is 43661EB8, -1 is BF800000
says out "0x5002   4366     17254   17254    230.12"
says out "0x5003   1EB8"
says out "0x5004   BF80     49024  -16512     -1"
exits 0 raw "$target" read 0x5002 4 -o json
json 'line["registers"][0] == dict(address="20482", hex="4366", unsigned="17254", signed="17254", float="230.12")'
json 'line["registers"][1]["float"] is None and line["registers"][2]["signed"] == "-16512"'
exits 5 raw "$target" read input 0x5002 4 -o json
json 'line["error"] == "illegal_data_address" and line["answer"] == "8402" and line["registers"] == []'
says err "exception 2"
exits 2 raw "$target" read 0x5002
says err "behind read come [holding|input] ADDRESS COUNT"
exits 2 raw "$target" read 0x5002 126
says err "COUNT '126' is not a number from 1 to 125"
exits 2 raw "$target" read 0xFFFF 2
exits 2 raw "$target" read coils 1 1
exits 2 raw "$target" reed 1 1
says err "'reed' is not read, write, pdu or mbus"
exits 2 raw "$target" mbus 40
says err "'mbus' is of M-Bus"
exits 2 raw
exits 2 raw "$target"
stop INT 0

# --- Any PDU
start meter "$KWH" simulate PRO380 rtutcp:127.0.0.1:0 -q
exits 0 raw "$target" pdu 03 50 02 00 02
says out "sent    03 50 02 00 02"
says out "answer  03 04 "
exits 0 raw "$target" pdu 0x03:50:02 0x0002 -o json # any way of writing it
json 'line["request"] == "0350020002" and line["answer"][:4] == "0304"'
exits 0 raw "$target" pdu 11 -o csv
says out "11,1113" # 19 bytes
exits 0 raw "$target" pdu 2B0E0100 # by objects
exits 0 raw "$target" pdu 080000A537
says out "answer  08 00 00 A5 37"
exits 5 raw "$target" pdu 07 -o json
json 'line["error"] == "illegal_function" and line["answer"] == "8701"'
exits 2 raw "$target" pdu
exits 2 raw "$target" pdu 83
exits 2 raw "$target" pdu 03500
exits 2 raw "$target" pdu 03 xy
stop INT 0

# --- A function without a rule for its length: on a serial line the CRC tells, over TCP the frame
for kind in rtutcp tcp; do
    start peer "$PYTHON" "$SOURCE/tests/tool/raw_peer.py" "$kind"
    exits 0 raw "$target" pdu 41 02 --yes --allow-irreversible -o json
    json 'line["answer"] == "41AABBCCDD" and line["request"] == "4102"'
    exits 0 raw "$target" pdu 18 0001 -o json # reads a queue
    json 'line["answer"] == "1800040001BEEF"'
    stop TERM 143
done

# --- Writing: not without both words, not without an address; once
frame='01 06 40 03 00 0A EC 0D' # as the manual prints it
for words in '' --yes --allow-irreversible; do
    for what in 'write 0x4003 10' 'pdu 06 40 03 00 0A'; do
        # shellcheck disable=SC2086 # several words
        exits 8 raw $meter $what $words -v
        says err "$frame"
        says err "nothing was sent"
        grep -q -e '-->' "$temp/err" && complain "it was sent: $what $words"
    done
done
for pdu in 05000AFF00 0F0000000101 1040040001020001 16000000F20025 17000000010000000102000A 15 64 080001 2B0D; do
    exits 8 raw $meter pdu $pdu
done
exits 0 raw $meter write 0x4003 10 --yes --allow-irreversible -v
[ "$(grep -c -e "--> $frame" "$temp/err")" = 1 ] || complain "sent: $(cat "$temp/err")"
says out "answer  06 40 03 00 0A"
exits 5 raw $meter write 0x4003 10 11 --yes --allow-irreversible -v -o json
says err "--> 01 10 40 03 00 02 04 00 0A 00 0B"
exits 2 raw sim:inepro_pro380 write 0x4003 10 --yes --allow-irreversible
says err "sim:inepro_pro380@1"
exits 2 raw $meter write 0x4003 65536 --yes --allow-irreversible
exits 2 raw $meter write 0x4003
start meter "$KWH" simulate PRO380 rtutcp:127.0.0.1:0 -q --fault drop=1
exits 4 raw "$target" write 0x4003 10 --yes --allow-irreversible --timeout 100 -v
[ "$(grep -c -e '-->' "$temp/err")" = 1 ] || complain "an unanswered write was repeated"
exits 2 raw "$target" write 0x4003 10 --yes --allow-irreversible --retries 1
says err "is sent once"
exits 4 raw "$target" read 0x4003 1 --timeout 100 -v
[ "$(grep -c -e '-->' "$temp/err")" = 3 ] || complain "an unanswered read was not repeated"
stop INT 0

# --- M-Bus
start meter "$KWH" simulate inepro_pro1@1 mbustcp:127.0.0.1:0 -q --set serial_number=12345678
exits 0 raw "$target" mbus 40
says out "sent    10 40 01 41 16"
says out "answer  E5"
exits 0 raw "$target" mbus 5B -o json
json 'line["answer"].startswith("684B4B6808017278563412CD2501")'
exits 0 raw "${target%@1}@s12345678" mbus 7B -o json
json 'line["request"] == "107BFD7816" and "7278563412" in line["answer"]'
exits 4 raw "${target%@1}@s12345679" mbus 7B -o json --timeout 100
exits 0 raw "${target%@1}" mbus 107B017C16
says out "sent    10 7B 01 7C 16"
exits 2 raw "${target%@1}@2" mbus 107B017C16
says err "the frame is for address 1, the TARGET has 2"
exits 2 raw "$target" mbus 08 72
exits 2 raw "$target" mbus 53
exits 2 raw "$target" read 0x5000 1
says err "'read' is of Modbus"
for words in '' --yes --allow-irreversible; do
    for what in '53 51 01 7A 08' '73 51 01 7A 08' '43 51' '53 BB' '6806066853015101 7A082816'; do
        # shellcheck disable=SC2086 # several words
        exits 8 raw "$target" mbus $what $words -v
        grep -q -e '-->' "$temp/err" && complain "it was sent: $what $words"
    done
done
says err "68 06 06 68 53 01 51 01 7A 08 28 16"
exits 2 raw "${target%@1}" mbus 53 51 01 7A 08 --yes --allow-irreversible
exits 0 raw "$target" mbus 40
exits 0 raw "$target" mbus 53 51 01 7A 07 --yes --allow-irreversible # passes for a repetition
exits 4 raw "${target%@1}@7" mbus 40
exits 0 raw "$target" mbus 73 51 01 7A 08 --yes --allow-irreversible -v
[ "$(grep -c -e '--> 68 06 06 68 73 01 51 01 7A 08 48 16' "$temp/err")" = 1 ] || complain "a write"
exits 0 raw "${target%@1}@8" mbus 40 # it has moved
exits 4 raw "$target" mbus 53 51 01 7A 09 --yes --allow-irreversible --timeout 100 -v
[ "$(grep -c -e '-->' "$temp/err")" = 1 ] || complain "an unanswered write was repeated"
stop INT 0
finish
