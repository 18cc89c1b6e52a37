#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""kwh read of M-Bus meters that no map knows: those whose telegrams are on record.

usage: KWH=COMMAND SOURCE=FOLDER mbus_generic.py

A meter of each good answer in tests/data/mbus/frames.txt stands at an address of its own, behind one
TCP connection. Every record must come, as a quantity or as record_N, with the value that another
decoder gives; and what does not hold must be said, and nothing lost.
"""
import decimal
import json
import os
import pathlib
import socketserver
import subprocess
import sys
import threading

FRAMES = pathlib.Path(os.environ["SOURCE"]) / "tests/data/mbus/frames.txt"
wrong = []


def answers():
    """Name, frame, records and error of the telegrams that meters have sent."""
    for block in FRAMES.read_text(encoding="utf-8").split("\n= "):
        name, frame, *lines = block.strip().removeprefix("= ").split("\n")
        frame = bytes.fromhex(frame)
        records = [line.split("|") for line in lines if line.startswith("record ")]
        error = [line.split()[1] for line in lines if line.startswith("error ")]
        more = any(line.startswith("end more") for line in lines)
        whole = len(frame) > 9 and len(frame) == frame[1] + 6 and frame[4] & 0xCF == 8
        if whole and not more and frame[6] != 0x73:
            more_than_records = any(line.startswith("end last ") for line in lines)
            none = None if records or more_than_records else "no_data"
            yield name, frame, records, error[0] if error else none


METERS = list(answers())


def readdressed(frame, address):
    body = frame[4:5] + bytes([address]) + frame[6:-2]
    return frame[:4] + body + bytes([sum(body) & 0xFF, 0x16])


class Line(socketserver.BaseRequestHandler):
    def handle(self):
        while request := self.request.recv(300):
            if request[0] != 0x10 or request[2] >= len(METERS):
                continue
            control, address = request[1] & 0x4F, request[2]
            self.request.sendall(readdressed(METERS[address][1], address) if control == 0x4B
                                 else b"\xE5")


def read(port, address):
    target = f"mbustcp:127.0.0.1:{port},baud=38400,allowance_ms=15@{address}"
    run = subprocess.run([os.environ["KWH"], "read", target, "-q", "-o", "json"],
                         capture_output=True, encoding="utf-8", timeout=30, check=False)
    return run.returncode, json.loads(run.stdout, parse_float=decimal.Decimal,
                                      parse_int=decimal.Decimal)


def differ(name, what, got, wanted):
    if got != wanted:
        wrong.append(f"{name}: {what}: {got!r} and not {wanted!r}")


def check(port, address, name, records, error):
    """How many values came; those of meters that a map knows are not counted."""
    code, line = read(port, address)
    values, status = list(line["values"].items()), line["status"]
    differ(name, "error", line["error"], error)
    if error is None:
        differ(name, "exit", code, 0)
    elif code not in (5, 6):
        wrong.append(f"{name}: exit {code} with {error}")
    if line["map"] != "mbus_generic":
        return 0
    if error is None: # else what stood before the damage is not on record
        differ(name, "values", len(values), len(records))
    for (key, value), record in zip(values, records):
        unit, wanted = record[6], record[7]
        if isinstance(value, decimal.Decimal) and wanted:
            joules = 3600 if unit == "Wh" and key.endswith("_j") else 1
            differ(name, key, value, joules * decimal.Decimal(wanted))
        if value is None and key not in status:
            wrong.append(f"{name}: {key} has neither value nor status")
    return len(values)


def main():
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Line)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    count = sum(check(server.server_address[1], address, name, records, error)
                for address, (name, _, records, error) in enumerate(METERS))
    print("\n".join(wrong))
    print(f"{len(METERS)} meters, {count} values")
    return 1 if wrong or len(METERS) < 50 or count < 200 else 0


sys.exit(main())
