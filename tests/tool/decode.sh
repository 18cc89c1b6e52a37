#!/bin/sh
# SPDX-License-Identifier: MIT
# kwh decode on literal frames: of a real PRO380, and of published examples of Modbus.
. "$SOURCE/tests/tool/common.sh"

request='01 03 50 02 00 06 75 08'
answer='01 03 0C 43 6A 4C CD 43 69 66 66 43 6A 66 66 A1 13'

exits 0 decode "$request"
prints 'RTU request to unit 1: read 6 holding registers from 0x5002'
# shellcheck disable=SC2086 # one byte an argument
exits 0 decode $request -o json
json 'line["protocol"] == "modbus" and line["frame"] == "rtu" and line["direction"] == "request"'
json '(line["unit"], line["function"], line["address"], line["count"]) == ("1", "3", "20482", "6")'
json 'line["name"] == "read_holding_registers" and line["crc"] == "7508" and line["error"] is None'
for form in 010350020006 0x01,0x03,0x50,0x02,0x00,0x06 01:03:50:02:00:06 '1 3 50 2 0 6'; do
    exits 0 decode "$form 75 08"
    prints 'RTU request to unit 1: read 6 holding registers from 0x5002'
done

for where in "--at 0x5002" "--at 20482"; do
    # shellcheck disable=SC2086
    exits 0 decode "$answer" -m inepro_pro380 $where -o json
    json 'line["values"] == {"voltage_l1_v": "234.3", "voltage_l2_v": "233.4", "voltage_l3_v": "234.4"}'
done
exits 0 decode "$answer" -m PRO380 --request "$request"
says out "234.3"
exits 0 decode "$answer" -o json
json 'line["words"] == ["436A", "4CCD", "4369", "6666", "436A", "6666"] and line["address"] is None'
json 'line["direction"] == "answer" and "values" not in line'

# Request and answer in one line, as an echoing adapter shows them; and one a line.
exits 0 decode "$request $answer" -m PRO380 -o json
json 'len(lines) == 2 and lines[1]["values"]["voltage_l2_v"] == "233.4"'
printf '# captured\n%s\n%s\n' "$request" "$answer" |
    "$KWH" decode - -m PRO380 -o json >"$temp/out" || complain "from standard input"
json 'len(lines) == 2 and lines[1]["values"]["voltage_l3_v"] == "234.4"'

mask='01 16 00 04 00 F2 00 25 67 EE' # the answer repeats it
both='01 17 00 03 00 06 00 0E 00 03 06 00 FF 00 FF 00 FF 46 91'
identity='01 11 05 41 42 43 44 FF 2A 70'
device='01 2B 0E 01 01 00 00 01 00 03 41 42 43 2D 63'
exits 0 decode "$mask $mask $both 01 11 C0 2C $identity 01 2B 0E 01 00 70 77 $device" -o json
json '[l["direction"] for l in lines] == ["either", "either", "request", "request", "answer", "request", "answer"]'
json 'lines[2]["name"] == "read_write_multiple_registers" and lines[4]["data"] == "41 42 43 44 FF"'
exits 0 decode 01 07 6D E3 DD
prints 'RTU answer of unit 1: read exception status'
exits 5 decode 01 11 05 41 42 BC 9C -o json # it counts five bytes and has two
json 'line["error"] == "bad_answer"'

# Modbus TCP, exceptions, writes, input registers.
exits 0 decode 00 07 00 00 00 06 11 03 00 6B 00 03 -o json
json 'line["frame"] == "tcp" and line["transaction"] == "7" and line["unit"] == "17"'
json 'line["address"] == "107" and line["count"] == "3"'
exits 0 decode 01 83 02 C0 F1 -o json
json 'line["exception"] == "illegal_data_address" and line["function"] == "3"'
json 'line["direction"] == "answer" and line["error"] is None'
exits 0 decode 11 03 06 AE 41 56 52 43 40 49 AD -o json
json 'line["words"] == ["AE41", "5652", "4340"] and line["unit"] == "17"'
exits 0 decode 11 04 00 08 00 01 B2 98
prints 'RTU request to unit 17: read 1 input register from 0x0008'
exits 0 decode 11 06 00 01 00 03 9A 9B -o json
json 'line["direction"] == "either" and line["name"] == "write_single_register"'
json 'line["address"] == "1" and line["words"] == ["0003"]'
exits 0 decode 11 10 00 01 00 02 04 00 0A 01 02 C6 F0 -o json
json 'line["direction"] == "request" and line["words"] == ["000A", "0102"] and line["count"] == "2"'
exits 0 decode 11 10 00 01 00 02 12 98 -o json
json 'line["direction"] == "answer" and line["address"] == "1" and line["count"] == "2"'

# Bytes that M-Bus frames begin with are Modbus units, too: what holds is right.
exits 0 decode 68 03 03 68 00 02 4C AA
prints 'RTU request to unit 104: read 2 holding registers from 0x0368'
exits 0 decode E5 03 00 00 00 01 93 EE
prints 'RTU request to unit 229: read 1 holding register from 0x0000'
exits 5 decode E5 03 00 00 00 01 93 EF -o json
json 'line["protocol"] == "modbus" and line["error"] == "bad_crc" and line["unit"] == "229"'
exits 0 decode 10 03 0A 0D 16 00 00 00 00 00 00 00 00 6F 3D -o json # 10 03 0A 0D 16 is a short frame
json 'line["protocol"] == "modbus" and line["unit"] == "16" and line["count"] == "5"'
exits 5 decode 10 03 00 00 00 01 00 00 -o json
json 'line["protocol"] == "modbus" and line["error"] == "bad_crc"'
exits 5 decode 68 03 05 68 42 FA 7D -o json
json 'line["protocol"] == "modbus" and line["error"] == "bad_answer"'
exits 0 decode 01 63 00 08 F0 -o json # a function without a name, but a CRC that holds
json 'line["protocol"] == "modbus" and line["name"] == "function_63" and line["direction"] == "unknown"'
exits 0 decode 01 10 00 00 00 05 0A 68 03 03 68 53 01 BB 0F 16 00 15 AB -o json # a long frame in registers
json 'len(lines) == 1 and line["protocol"] == "modbus" and line["count"] == "5"'
exits 5 decode 01 03 0A 68 03 03 68 53 01 BB 0F 16 73 71 -o json # nor in an answer that is too short
json 'len(lines) == 1 and line["error"] == "bad_answer"'
exits 5 decode 01 63 -o json
json 'line["protocol"] == "modbus" and line["error"] == "no_frame"'
exits 5 decode 10 53 01 02 03 04 05 06 -o json
json 'line["protocol"] is None and line["error"] == "no_frame"'

# Refused frames.
exits 5 decode 01 03 50 02 00 06 75 09 -o json
json 'line["error"] == "bad_crc" and line["crc"] == "7509" and line["crc_expected"] == "7508"'
exits 5 decode 01 03 50 02 00 06 08 75
says out "swapped"
exits 5 decode 01 03 -o json
json 'line["error"] == "no_frame"'
exits 5 decode 00 07 00 00 00 09 11 03 00 6B 00 03 -o json
json 'line["error"] == "bad_length"'
printf '%s\n01 03 50 02 00 06 75 09\n%s\n' "$request" "$request" |
    "$KWH" decode -o json >"$temp/out"
[ $? = 5 ] || complain "one bad frame of three is no exit 5"
json '[l["error"] for l in lines] == [None, "bad_crc", None]'

exits 5 decode 01 03 FF FF 00 06 C5 EC -o json # no register beyond 0xFFFF
json 'line["error"] == "bad_answer"'

exits 2 decode 01 03 5X
says err "is not hexadecimal"
exits 2 decode 0103500200067508B
says err "has an odd number of digits"
exits 2 decode "$request" --request 010
says err "--request '010' has an odd number of digits"
exits 2 decode ''
says err "there is no frame in HEX"
exits 2 decode -
says err "there is no frame on standard input"
printf '# nothing\n\n' | "$KWH" decode >"$temp/out" 2>"$temp/err"
[ $? = 2 ] || complain "comments alone are no exit 2"
exits 2 decode "$(printf '%08194d' 0)"
says err "' is too long"
exits 2 decode "$answer" -m PRO380 --at 0xFFFF
says err "--at 0xFFFF: no meter has the 6 registers from there"
[ -s "$temp/out" ] && complain "registers beyond the last"
exits 0 decode "$answer" --at 0xFFFA
says out "0xFFFF"
exits 2 decode "$answer" --request 0103
exits 2 decode "$answer" -m none
exits 2 decode "$answer" -o csv
exits 2 decode zz
says err "'zz' is not hexadecimal"
finish
