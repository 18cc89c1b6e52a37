#!/bin/sh
# SPDX-License-Identifier: MIT
# kwh decode on literal M-Bus frames: of meters' manuals, of "The M-Bus: A Documentation", and made by hand.
. "$SOURCE/tests/tool/common.sh"

# What the manual of the PRO1 prints, checksum and all.
pro1_head='68 4B 4B 68 08 00 72 00 00 00 00 CD 25 01 02 02 00 00 00'
pro1_total='0C 04 14 48 60 01 8C 10 04 23 80 35 00 8C 20 04 91 67 24 01'
pro1_forward='1C 04 46 13 69 00 9C 10 04 56 34 12 00 9C 20 04 90 78 56 00'
pro1_reverse='2C 04 68 34 91 00 AC 10 04 67 45 23 00 AC 20 04 01 89 67 00'
pro1="$pro1_head $pro1_total $pro1_forward $pro1_reverse 7C 16"

exits 0 decode "$pro1"
prints 'M-Bus answer of address 0: 9 records of 00000000, INM, version 1, electricity
access number 2, status 00: no error
energy                     16048.14  kWh
energy, tariff 1            3580.23  kWh
energy, tariff 2           12467.91  kWh
energy, maximum             6913.46  kWh
energy, tariff 1, maximum   1234.56  kWh
energy, tariff 2, maximum   5678.90  kWh
energy, minimum             9134.68  kWh
energy, tariff 1, minimum   2345.67  kWh
energy, tariff 2, minimum   6789.01  kWh'
exits 0 decode "$pro1" -o json
json 'list(line) == ["protocol", "frame", "control", "address", "ci", "error", "header", "records",
    "more_records_follow", "manufacturer_data"]'
json '(line["protocol"], line["frame"], line["control"], line["address"], line["ci"], line["error"]) == (
    "mbus", "long", "08", "0", "72", None)'
json 'list(line["header"].items()) == [("id", "00000000"), ("manufacturer", "INM"), ("version", "1"),
    ("medium", "2"), ("access", "2"), ("status", "0"), ("signature", "0000")]'
json '[r["value"] for r in line["records"]] == ["16048140", "3580230", "12467910", "6913460", "1234560",
    "5678900", "9134680", "2345670", "6789010"]'
json 'list(line["records"][5].items()) == [("header", "9C 20 04"), ("data", "90 78 56 00"),
    ("function", "maximum"), ("storage", "0"), ("tariff", "2"), ("subunit", "0"), ("kind", "energy"),
    ("unit", "Wh"), ("value", "5678900"), ("text", None), ("status", "ok"), ("quantity", None)]'
json 'line["more_records_follow"] is False and line["manufacturer_data"] == ""'
whole=$(cat "$temp/out")
# In one word and in small letters, one byte an argument, and from standard input.
exits 0 decode "$(echo "$pro1" | tr -d ' ' | tr A-F a-f)" -o json
prints "$whole"
# shellcheck disable=SC2086 # one byte an argument
exits 0 decode $pro1 -o json
prints "$whole"
printf '# captured\n\n%s\n%s E5\n' "$pro1" "$pro1" | "$KWH" decode - -o json >"$temp/out" ||
    complain "from standard input"
json '[l["frame"] for l in lines] == ["long", "long", "ack"] and lines[0] == lines[1]'

# Cut within a record: what stands before it is told.
exits 5 decode "$pro1_head $pro1_total 1C 04 46" -o json
json 'line["error"] == "cut_frame" and line["frame"] == "long" and line["header"]["manufacturer"] == "INM"'
json '[r["value"] for r in line["records"]] == ["16048140", "3580230", "12467910"]'
json 'line["data"] == "1C 04 46"'
exits 5 decode "$pro1_head $pro1_total 1C 04 46"
prints 'M-Bus answer of address 0, refused: it ends after 42 of 81 bytes
3 records of 00000000, INM, version 1, electricity
access number 2, status 00: no error
energy            16048.14  kWh
energy, tariff 1   3580.23  kWh
energy, tariff 2  12467.91  kWh
not explained: 1C 04 46'
exits 5 decode 68 4B 4B 68 08 -o json
json 'line["error"] == "cut_frame" and line["control"] == "08" and line["address"] is None'
for stump in 68 684B 684B4B '10 7B' 107B017C; do
    exits 5 decode "$stump" -o json
    json 'line["protocol"] == "mbus" and line["error"] == "cut_frame" and line["header"] is None'
done

# Other damage.
exits 5 decode "$pro1_head $pro1_total $pro1_forward $pro1_reverse 7D 16"
says out 'M-Bus answer of address 0, refused: the checksum is 7D, but 7C would be right'
says out '9 records of 00000000, INM, version 1, electricity'
exits 5 decode "$pro1_head $pro1_total $pro1_forward $pro1_reverse 7D 16" -o json
json 'line["error"] == "bad_checksum" and (line["control"], line["address"], line["ci"]) == ("08", "0", "72")'
exits 5 decode 10 7B 01 7D 16 -o json
json 'line["error"] == "bad_checksum" and line["frame"] == "short" and line["control"] == "7B"'
json 'line["address"] == "1" and line["ci"] is None and line["records"] == []'
exits 5 decode 68 03 03 68 53 01 BB 0F 17 -o json
json 'line["error"] == "bad_stop" and line["frame"] == "control" and line["ci"] == "BB"'
exits 5 decode 68 04 05 68 08 01 72 08 83 16 -o json
json 'line["error"] == "bad_length" and line["frame"] == "long" and line["control"] == "08"'
exits 5 decode 68 02 02 68 08 01 09 16 -o json
json 'line["error"] == "bad_length"'
exits 5 decode 68 53 53 00 08 05 72 34 08 -o json
json 'line["error"] == "bad_start"'
exits 5 decode 10 7B 01 7C 16 01 02 -o json
json '[l["error"] for l in lines] == [None, "excess_bytes"]'
json 'lines[1]["frame"] is None and lines[1]["control"] is None'
exits 5 decode 00 FF 68 03 03 68 53 01 BB 0F 16 68 53 53 68 08 05 72 34 08 68 03 03 68 53 01 BB 0F 16
prints 'M-Bus, refused: no frame begins with these bytes
M-Bus request to address 1: set the speed to 2400 Bd
M-Bus answer of address 5, refused: it ends after 9 of 89 bytes
not explained: 34 08
M-Bus request to address 1: set the speed to 2400 Bd'
exits 5 decode D0 40 46 85 3F E5 01 0B 11 -o json
prints '{"protocol":null,"frame":null,"error":"no_frame"}'
exits 5 decode D0 40 46 85 3F E5 01 0B 11
prints 'refused: neither a Modbus frame (its CRC would be DF92) nor one of M-Bus'

# Whole frames with telegrams that are not.
exits 5 decode 68 03 03 68 08 05 72 7F 16 -o json
json 'line["error"] == "short_header" and line["header"] is None'
exits 5 decode 68 1A 1A 68 08 02 72 78 56 34 12 24 40 01 07 55 00 00 00 03 13 15 31 00 DA 02 3B 13 01 8B 63 16 -o json
json 'line["error"] == "cut_dif" and [r["value"] for r in line["records"]] == ["12.565", "0.113"]'
json 'line["data"] == "8B"'
exits 5 decode 68 04 04 68 08 01 6B 08 7C 16
prints 'M-Bus answer of address 1, refused: CI 6B is of no known layout
not explained: 08'

# Encrypted ones are not taken for records, not even when they are cut.
encrypted='68 2F 2F 68 08 05 72 78 56 34 12 CD 25 01 02 2A 00 20 05 11 22 33 44 55 66 77 88 99 AA BB CC DD EE
    FF 00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF 00 C7 16'
encrypted=$(echo "$encrypted" | tr -s '\n ' ' ')
exits 5 decode "$encrypted" -o json
json 'line["error"] == "encrypted" and line["records"] == [] and line["header"]["signature"] == "2005"'
json 'line["data"] == " ".join(2 * ["11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF 00"])'
exits 5 decode "$encrypted"
says out 'M-Bus answer of address 5, refused: the telegram is encrypted'
says out '32 encrypted bytes (mode 5) of 12345678, INM, version 1, electricity'
says out 'encrypted: 11 22 33'
exits 5 decode "${encrypted% 77 88*}" -o json
json 'line["error"] == "cut_frame" and line["records"] == []'

# Single bytes and short frames.
exits 0 decode e5
prints 'M-Bus acknowledgment (E5)'
exits 0 decode E5 -o json
prints '{"protocol":"mbus","frame":"ack","control":null,"address":null,"ci":null,"error":null,"header":null,"records":[],"more_records_follow":false,"manufacturer_data":""}'
exits 0 decode A2 -o json
json 'line["frame"] == "nack" and line["error"] is None'
exits 0 decode 10 40 01 41 16 E5 10 7B FD 78 16 10 5A FE 58 16 10 40 FF 3F 16
prints 'M-Bus request to address 1: reset the link
M-Bus acknowledgment (E5)
M-Bus request to the selected meter (253): send your data, frame count bit 1
M-Bus request to any meter (254): send your alarms, frame count bit 0
M-Bus request to all meters (255): reset the link'
exits 0 decode 10 5B 01 5C 16 -o json
json 'line["frame"] == "short" and line["control"] == "5B" and line["address"] == "1" and line["ci"] is None'
exits 0 decode 10 5B 01 5C 16 -v
prints '10 5B 01 5C 16
M-Bus request to address 1: send your data, frame count bit 0
C 5B (REQ_UD2, frame count bit 0), A 01'

# explains SENTENCE HEX: the first line of a frame that holds.
explains()
{
    exits 0 decode "$2"
    [ "$(head -n 1 "$temp/out")" = "M-Bus $1" ] || { complain "$2"; cat "$temp/out"; }
}
# To the meter: what is written, and what is asked for.
explains 'request to address 1: set the speed to 2400 Bd' '68 03 03 68 53 01 BB 0F 16'
explains 'request to any meter (254): set the speed to 9600 Bd' '68 03 03 68 53 FE BD 0E 16'
explains 'request to address 1: reset the application' '68 03 03 68 53 01 50 A4 16'
explains 'request to address 1: reset the application: instantaneous values' '68 04 04 68 53 01 50 50 F4 16'
prints 'M-Bus request to address 1: reset the application: instantaneous values'
explains 'request to address 1: reset the application: subcode 70' '68 04 04 68 53 01 50 70 14 16'
explains "request to address 1: the maker's command B4" '68 03 03 68 53 01 B4 08 16'
explains "request to address 1: the maker's command A5" '68 04 04 68 73 01 A5 01 1A 16'
says out 'not explained: 01'
explains 'request to the selected meter (253): select 12345678, INM, version 1, electricity' \
    '68 0B 0B 68 53 FD 52 78 56 34 12 CD 25 01 02 AB 16'
explains 'request to the selected meter (253): select 1FFFFFFF, any maker, any version, any medium' \
    '68 0B 0B 68 53 FD 52 FF FF FF 1F FF FF FF FF BA 16'
explains 'request to the selected meter (253): select any identification, any maker, any version, any medium' \
    '68 0B 0B 68 53 FD 52 FF FF FF FF FF FF FF FF 9A 16'
explains 'request to the selected meter (253): select 12345678, any maker, any version, any medium, with 1 record' \
    '68 11 11 68 53 FD 52 78 56 34 12 FF FF FF FF 0C 78 04 03 02 01 40 16'
exits 0 decode 68 0B 0B 68 53 FD 52 78 56 34 12 CD 25 01 02 AB 16 -o json
json 'line["header"]["id"] == "12345678" and line["header"]["access"] is None'
explains 'request to any meter (254): write 1 record' '68 06 06 68 53 FE 51 01 7A 08 25 16'
says out 'bus address  8'
exits 0 decode 68 06 06 68 53 FE 51 01 7A 08 25 16 -o json
json 'line["control"] == "53" and line["address"] == "254" and line["ci"] == "51" and line["header"] is None'
json '(line["records"][0]["kind"], line["records"][0]["value"]) == ("bus address", "8")'
exits 0 decode 68 08 08 68 53 01 51 09 7C 01 54 02 81 16 -o json
json '[line["records"][0][key] for key in ("kind", "unit", "value")] == ["plain text", "T", "2"]'
explains 'request to address 1: write 1 record' '68 0A 0A 68 53 01 51 0C 86 01 10 00 00 00 48 16'
says out 'energy, add  10  kWh'
explains 'request to address 1: write 1 record' '68 06 06 68 53 01 51 40 DA 0B CA 16'
says out 'flow temperature, storage 1, freeze'
exits 0 decode 68 06 06 68 43 01 51 01 7A 08 18 16 -v
says out 'C 43 (SND_UD2), A 01, CI 51'
exits 0 decode 68 12 12 68 73 01 5B 78 56 34 12 CD 25 01 02 2A 00 00 00 01 7A 08 85 16
prints 'M-Bus request to address 1: write 1 record of 12345678, INM, version 1, electricity
access number 42, status 00: no error
bus address  8'
explains 'request to address 3: select 1 record for the readout' '68 04 04 68 53 03 51 7F 26 16'
says out 'global readout'
explains 'request to address 7: select 2 records for the readout' '68 07 07 68 53 07 51 08 13 08 5A 28 16'
prints 'M-Bus request to address 7: select 2 records for the readout
volume
flow temperature'
explains 'answer of address 1: application error: the meter is too busy to answer (error 8)' \
    '68 04 04 68 08 01 70 08 81 16'
exits 0 decode 68 04 04 68 08 01 70 08 81 16 -o json
json 'line["report"] == "mbus_busy" and line["data"] == "08" and line["error"] is None'
explains 'answer of address 1: application error 0C: the meter refused with a code that has no meaning' \
    '68 04 04 68 08 01 70 0C 85 16'
explains 'answer of address 1: alarm flags 04' '68 04 04 68 08 01 71 04 7E 16'

# From the meter: every form of a value, and every way to have none.
exits 0 decode 68 13 13 68 08 05 73 78 56 34 12 0A 00 E9 7E 01 00 00 00 35 01 00 00 3C 16
prints 'M-Bus answer of address 5: 2 records of 12345678, water
access number 10, status 00: no error
volume             0.001  m^3
volume, storage 1  0.135  m^3'
fixed='68 13 13 68 08 05 73 78 56 34 12 0A 01 E9 7E 01 00 00 00 87 00 00 00 8E 16' # counters in binary
exits 0 decode "$fixed"
says out 'access number 10, status 01: no error'
says out 'volume, storage 1  0.135  m^3'
exits 0 decode "$fixed" -o json
json 'list(line["header"].values()) == ["12345678", None, None, "7", "10", "1", None]'
exits 5 decode 68 05 05 68 08 01 B7 01 02 C3 16 -o json # a maker's answer
json 'line["error"] == "unknown_ci" and line["data"] == "01 02"'
forms='68 31 31 68 28 05 78 02 6C 54 3B 04 6D 1E 2A 54 3B 0D 78 03 43 42 41 01 FD 17 80 02 2B 00 80 0A 5A 45 A3 05
    2B 00 00 C0 7F 0D 78 E9 01 02 03 04 05 06 07 08 09 D0 16'
forms=$(echo "$forms" | tr -s '\n ' ' ')
exits 0 decode "$forms"
prints 'M-Bus answer of address 5: 8 records
date                              2026-11-20
date time                   2026-11-20T10:30
fabrication no                           ABC
error flags                              128
power                                    -32.768  kW
flow temperature                  bad digits
power                                    nan
fabrication no    01 02 03 04 05 06 07 08 09'
exits 0 decode "$forms" -o json
json 'line["header"] is None and [r["text"] for r in line["records"]] == ["2026-11-20", "2026-11-20T10:30",
    "ABC", None, None, None, None, None]'
json '[r["value"] for r in line["records"]] == [None, None, None, "128", "-32768", None, None, None]'
json '[r["status"] for r in line["records"]] == 5 * ["ok"] + ["bad_digits", "nan", "ok"]'
more='68 20 20 68 38 05 72 78 56 34 12 CD 25 01 02 2B B6 27 B6 04 83 3C 15 CD 5B 07 04 83 02 01 00 00 00 1F AA BB 8B 16'
exits 0 decode "$more"
prints 'M-Bus answer of address 5: 2 records of 12345678, INM, version 1, electricity; more follow
access number 43, status B6: application error, power low, temporary error, A0 of the maker, signature 27B6, alarms are waiting, takes no more data now
energy export                                        123456.789  kWh
energy         record error: storage number not implemented
data of the maker: AA BB
more records follow in the next telegram'
exits 0 decode "$more" -v
says out 'C 38 (RSP_UD), A 05, CI 72'
exits 0 decode "$more" -o json
json 'line["more_records_follow"] is True and line["manufacturer_data"] == "AA BB"'
json '(line["records"][1]["value"], line["records"][1]["status"]) == (None, "record_error")'
exits 0 decode 68 0D 0D 68 08 02 7A 07 05 00 00 04 03 01 00 00 00 98 16 -v
prints '68 0D 0D 68 08 02 7A 07 05 00 00 04 03 01 00 00 00 98 16
M-Bus answer of address 2: 1 record
C 08 (RSP_UD), A 02, CI 7A
access number 7, status 05: application busy, power low
04 03  01 00 00 00  energy  0.001  kWh'
marks='68 2A 2A 68 08 05 78 04 AB FF 01 64 00 00 00 D1 71 2B 64 03 FB 94 FC 02 0A 00 00 04 83 12 0A 00 00 00
    04 83 FC 09 0A 00 00 00 01 FD 75 03 B2 16'
exits 0 decode "$(echo "$marks" | tr -s '\n ' ' ')"
prints 'M-Bus answer of address 5: 6 records
power, VIFE FF 01 of the maker                  100      W
power, tariff 3, maximum, storage 3, subunit 1  100      W
reactive power L2                                10      var
energy, VIFE 12                                   0.010  kWh
energy Q2                                         0.010  kWh
stops of the meter                                3'

# Names of a map: records of the usual telegram, and of one that was asked for.
exits 0 decode "$pro1" -m PRO1 -o json
json '[r["quantity"] for r in line["records"]] == [f"active_energy_{way}{tariff}"
    for way in ("combined", "import", "export") for tariff in ("", "_t1", "_t2")]'
json 'line["values"]["active_energy_import_t2_wh"] == "5678900" and len(line["values"]) == 9'
json 'line["status"] == {}'
exits 0 decode "$pro1" -m inepro_pro1
says out 'active_energy_import_t2     5678.90  kWh'
exits 5 decode "$pro1_head $pro1_total $pro1_forward $pro1_reverse 7D 16" -m PRO1 -o json # not proven
json '[r["quantity"] for r in line["records"]] == 9 * [None] and "values" not in line'
phases='68 1C 1C 68 08 00 72 78 56 34 12 CD 25 01 02 2A 00 00 00 4B FD 47 12 30 02 8B 01 FD 47 75 29 02 F0 16'
exits 0 decode "$phases" -m PRO380 # not known to be the one with the phases
says out 'voltage, storage 1  230.12  V'
exits 0 decode 68 03 03 68 53 00 B4 07 16 E5 10 7B 00 7B 16 "$phases" -m PRO380
says out 'voltage_l2  229.75  V'
twice='68 1B 1B 68 08 00 72 78 56 34 12 CD 25 01 02 2A 00 00 00 0C 04 14 48 60 01 0C 04 23 80 35 00 62 16' # the second one is not known
exits 0 decode 68 03 03 68 53 00 B4 07 16 E5 68 03 03 68 53 00 B1 04 16 E5 "$twice" -m PRO380 -o json # usual again
json '[r["quantity"] for r in lines[4]["records"]] == ["active_energy_combined", None]'
json 'lines[4]["values"] == {"active_energy_combined_wh": "16048140"}'
exits 0 decode 68 03 03 68 53 00 B4 07 16 68 0B 0B 68 53 FD 52 78 56 34 12 CD 25 01 02 AB 16 "$phases" -m PRO380
says out 'voltage, storage 1  230.12  V' # of a meter selected since then
exits 0 decode "$phases" -m PRO380 --request '68 03 03 68 53 00 B4 07 16' -o json
json 'line["values"] == {"voltage_l1_v": "230.12", "voltage_l2_v": "229.75"}'
exits 2 decode "$phases" -m PRO380 --request 'E5'
says err "--request 'E5' is not a whole request"
exits 0 decode 68 1A 1A 68 08 00 72 78 56 34 12 CD 25 01 02 2A 00 00 00 0A FD 3A 00 01 04 03 15 CD 5B 07 3A 16 -m 2PU -o json # scales of the map come on top
json 'line["values"] == {"power_factor_magnitude": "1.00", "active_energy_import_wh": "123456789"}'
json '[r["value"] for r in line["records"]] == ["100", "123456789"]'
exits 0 decode 68 06 06 68 53 FE 51 01 7A 08 25 16 -m PRO1
says out 'device_address  8'

exits 0 decode 01 03 50 02 00 06 75 08 -v
prints '01 03 50 02 00 06 75 08
RTU request to unit 1: read 6 holding registers from 0x5002'
finish
