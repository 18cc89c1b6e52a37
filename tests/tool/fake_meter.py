#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A Modbus TCP device that misbehaves in one way, on a free port; prints its TARGET first.

usage: fake_meter.py BEHAVIOR

    refuse    exception 04 to everything
    absent    exception 02 to everything
    busy      exception 06 to everything
    odd       exception 0C to everything, which no standard names
    gateway   exception 0B to everything: its meter is silent
    hurried   exception 06 to every request that comes for the first time
    partial   a PRO380 whose energy registers are refused with exception 02
    nan       a PRO380 whose voltages are NaN
    unknown   a meter code that nobody knows
    other     a meter code of a family without a map
    legacy    a PRO380 of old firmware: its code at 0x1010, and other registers altogether
    silent    takes requests and never answers
    hang_up   closes the connection at the first request
"""
import socketserver
import struct
import sys

BEHAVIOR = sys.argv[1]
ALWAYS = {"refuse": 4, "absent": 2, "busy": 6, "gateway": 11, "odd": 12}
METER_CODE = {"unknown": 0x9999, "other": 0x3201}.get(BEHAVIOR, 0x0102)


def exception(function, code):
    return bytes([function | 0x80, code])


def registers(address, count):
    """A PRO380 with 230.12 in every float."""
    if address == 0x4002:
        return struct.pack(">H", METER_CODE)
    words = []
    for register in range(address, address + count):
        nan = BEHAVIOR == "nan" and register < 0x5008
        words.append(((0x7FC0, 0) if nan else (0x4366, 0x1EB8))[register % 2])
    return struct.pack(f">{count}H", *words)


seen = set()


def answer(pdu):
    function, address, count = struct.unpack(">BHH", pdu[:5])
    if BEHAVIOR in ALWAYS:
        return exception(function, ALWAYS[BEHAVIOR])
    if BEHAVIOR == "hurried" and pdu not in seen:
        seen.add(pdu)
        return exception(function, 6)
    if function != 3:
        return exception(function, 1)
    if BEHAVIOR == "legacy":
        return b"\x03\x02\x20\x07" if (address, count) == (0x1010, 1) else exception(function, 2)
    if not 0x4000 <= address < (0x6000 if BEHAVIOR == "partial" else 0x7000):
        return exception(function, 2)
    return bytes([function, 2 * count]) + registers(address, count)


class Meter(socketserver.StreamRequestHandler):
    def handle(self):
        while True:
            head = self.rfile.read(7)
            if len(head) < 7 or BEHAVIOR == "hang_up":
                return
            transaction, _, length, unit = struct.unpack(">HHHB", head)
            pdu = self.rfile.read(length - 1)
            if BEHAVIOR != "silent":
                body = answer(pdu)
                self.wfile.write(struct.pack(">HHHB", transaction, 0, len(body) + 1, unit) + body)


with socketserver.TCPServer(("127.0.0.1", 0), Meter) as server:
    print(f"tcp:127.0.0.1:{server.server_address[1]}@1", flush=True)
    server.serve_forever()
