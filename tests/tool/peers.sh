#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs of others read our simulated meter: mbpoll (libmodbus) and pymodbus, over RTU and TCP.
. "$SOURCE/tests/tool/common.sh"

mbpoll=$(command -v mbpoll || true)
pymodbus=$("$PYTHON" -c 'import pymodbus.client' 2>/dev/null && echo yes)
[ -n "$mbpoll$pymodbus" ] || { echo "SKIP: needs mbpoll or pymodbus"; exit 77; }
[ -n "$mbpoll" ] || echo "no mbpoll: left out"
[ -n "$pymodbus" ] || echo "no pymodbus: left out"

pins="--set voltage_l1=230.12 --set voltage_l2=229.75 --set voltage_l3=231.5 --set frequency=49.98
    --set active_energy_import=15062030 --set serial_number=19430102"

# mbpoll counts registers from 1; floats high word first are its "big endian".
read_with_mbpoll() # OPTIONS OF THE LINK... DEVICE OR HOST
{
    [ -n "$mbpoll" ] || return 0
    timeout 20 "$mbpoll" -q -1 -a 5 -r 20483 -c 4 -t 4:float -B "$@" >"$temp/out" 2>&1 ||
        complain "mbpoll: $(cat "$temp/out")"
    for line in '[20483]: 	230.12' '[20485]: 	229.75' '[20487]: 	231.5' '[20489]: 	49.98'; do
        says out "$line"
    done
    timeout 20 "$mbpoll" -q -1 -a 5 -r 16385 -c 3 -t 4:hex "$@" >"$temp/out" 2>&1 ||
        complain "mbpoll: $(cat "$temp/out")"
    says out '0x1943'
    says out '0x0102'
    timeout 20 "$mbpoll" -q -1 -a 5 -r 40001 -c 2 -t 4:hex "$@" >"$temp/out" 2>&1 &&
        complain "mbpoll got registers that no meter has"
    says out "Illegal data address"
}

read_with_pymodbus() # tcp HOST PORT, serial DEVICE or rtutcp HOST PORT
{
    [ -n "$pymodbus" ] || return 0
    timeout 30 "$PYTHON" - "$@" <<'CODE' || complain "pymodbus over $1"
import struct, sys
from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.transaction import ModbusRtuFramer

kind, place = sys.argv[1], sys.argv[2]
if kind == "serial":
    client = ModbusSerialClient(place, baudrate=9600, parity="N", timeout=2)
else:
    framer = {"framer": ModbusRtuFramer} if kind == "rtutcp" else {}
    client = ModbusTcpClient(place, port=int(sys.argv[3]), timeout=2, **framer)
assert client.connect()


def floats(address, count):
    answer = client.read_holding_registers(address, 2 * count, slave=5)
    assert not answer.isError(), answer
    raw = struct.pack(f">{2 * count}H", *answer.registers)
    return [float(f"{value:.8g}") for value in struct.unpack(f">{count}f", raw)]


def same(got, wanted):
    assert all(abs(g - w) <= abs(w) * 1e-7 for g, w in zip(got, wanted)), (got, wanted)


same(floats(0x5002, 4), [230.12, 229.75, 231.5, 49.98])
same(floats(0x600C, 1), [15062.03])
assert client.read_holding_registers(0x4000, 3, slave=5).registers == [0x1943, 0x0102, 0x0102]
refused = client.read_holding_registers(0x7000, 2, slave=5)
assert refused.isError() and refused.exception_code == 2, refused
client.close()
CODE
}

agree()
{
    exits 0 read "$target" voltage_l1 voltage_l2 voltage_l3 frequency active_energy_import -q -o json
    json 'line["values"] == {"voltage_l1_v": "230.12", "voltage_l2_v": "229.75",
          "voltage_l3_v": "231.5", "frequency_hz": "49.98", "active_energy_import_wh": "15062030"}'
}

# shellcheck disable=SC2086 # pins are several words
{
    start meter "$KWH" simulate inepro_pro380@5 rtu:pty $pins
    device=${target#rtu:}
    device=${device%@5}
    read_with_mbpoll -m rtu -b 9600 -P none "$device"
    read_with_pymodbus serial "$device"
    agree
    stop TERM 0

    start meter "$KWH" simulate inepro_pro380@5 tcp:127.0.0.1:0 $pins
    port=${target#tcp:127.0.0.1:}
    port=${port%@5}
    read_with_mbpoll -m tcp -p "$port" 127.0.0.1
    read_with_pymodbus tcp 127.0.0.1 "$port"
    agree
    stop TERM 0

    start meter "$KWH" simulate inepro_pro380@5 rtutcp:127.0.0.1:0 $pins
    port=${target#rtutcp:127.0.0.1:}
    port=${port%@5}
    read_with_pymodbus rtutcp 127.0.0.1 "$port"
    agree
    stop TERM 0
}
finish
