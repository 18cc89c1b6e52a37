#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every Modbus map with every value of a readout told: read by kwh over RTU and TCP, each value must
be what the simulated meter was told; and registers that pymodbus reads, decoded here by the tables
of facts, must be what kwh printed.
"""
import csv
import decimal
import json
import os
import pathlib
import signal
import struct
import subprocess
import sys

from decimal import Decimal

KWH = os.environ["KWH"]
DATA = pathlib.Path(os.environ["SOURCE"]) / "tests" / "data"
PATIENCE = 30
WORDS_AT_ONCE = 40  # that every family answers
# Rows that simulated meters, which are the first model of a map, do not have.
ABSENT = {"hz_100", "v200", "v200_settings", "e43v201"}
# Without these a map takes the registers for other ones.
TOLD = {"frequency": Decimal("49.987"), "tariff": Decimal(2)}
INTEGERS = {"int16": ">h", "uint16": ">H", "int32": ">i", "uint32": ">I"}

try:
    from pymodbus.client import ModbusSerialClient, ModbusTcpClient
except ImportError:
    print("no pymodbus: nobody else reads")
    ModbusSerialClient = ModbusTcpClient = None


def rows_of(name):
    """The rows that are read by name, with the unit that kwh puts behind the name."""
    with open(DATA / f"{name}_modbus.csv", encoding="ascii") as file:
        for row in csv.DictReader(file):
            if row["rank"] == "0" and not row["hidden"] and not row["access"] \
                    and row["profile"] not in ABSENT and row["form"] == "decimal":
                unit = {"": "", "1": "", "%": "_percent"}.get(row["unit"], "_" + row["unit"].lower())
                yield row["name"] + unit, row


class Meter:
    """A simulated meter; of use as a context."""

    def __init__(self, name, place, pins):
        pinned = (f"--set={key}={value:f}" for key, value in pins.items())
        self.process = subprocess.Popen([KWH, "simulate", name, place, *pinned],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.target = self.process.stdout.readline().strip()
        if not self.target:
            sys.exit(f"{name}: {self.process.stderr.read()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=PATIENCE)

    def read(self, name):
        """What kwh reads without being asked for names; the numbers are exact."""
        done = subprocess.run([KWH, "read", self.target, "-m", name, "-q", "-o", "json"],
                              capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode != 0:
            sys.exit(f"{self.target}: {done.stderr}{done.stdout}")
        line = json.loads(done.stdout, parse_float=Decimal, parse_int=Decimal)
        return {key: Decimal(value) for key, value in line["values"].items()}

    def client(self):
        """pymodbus, on the other end."""
        _, place = self.target.split(":", 1)
        place = place.split("@")[0].split(",")[0]
        if self.target.startswith("tcp:"):
            host, port = place.rsplit(":", 1)
            return ModbusTcpClient(host, port=int(port), timeout=2)
        return ModbusSerialClient(place, baudrate=115200, parity="N", timeout=2)


def told(number, row):
    """A value that no other row of the map has, and that the registers can hold."""
    if row["name"] in TOLD:
        return TOLD[row["name"]]
    kind = row["type"]
    if kind == "float32":
        count = Decimal(100001 + 37 * number) / 1000
    elif kind.endswith("_rest"):
        count = Decimal(123456789 + 10007 * number)
    elif kind.endswith("32"):
        count = Decimal(7000001 + 1009 * number)
    else:
        count = Decimal(1000 + 7 * number)
    signed = kind.startswith("int") or kind == "float32" and "_power" in row["name"]
    return count * Decimal(row["scale"]) * (-1 if signed and number % 2 else 1)


def decoded(row, words, printed):
    """Is this what these registers mean, by the table of facts alone?"""
    raw = struct.pack(f">{len(words)}H", *words)
    scale = Decimal(row["scale"])
    kind = row["type"]
    if kind == "float32":
        return struct.pack(">f", float(printed / scale)) == raw
    if kind in INTEGERS:
        return struct.unpack(INTEGERS[kind], raw)[0] * scale == printed
    if kind.endswith("_rest"):
        whole = struct.unpack(INTEGERS[kind[:-5]], raw[:4])[0]
        return (whole * 10000 + words[2]) * scale == printed
    sys.exit(f"{row['name']}: nothing is known of {kind}")


def stretches(rows):
    """Rows that follow each other, as one request."""
    stretch = []
    for row in sorted(rows, key=lambda row: (row["space"], int(row["address"], 16))):
        address, words = int(row["address"], 16), int(row["words"])
        if stretch and (stretch[0]["space"] != row["space"] or
                        int(stretch[-1]["address"], 16) + int(stretch[-1]["words"]) != address or
                        address + words - int(stretch[0]["address"], 16) > WORDS_AT_ONCE):
            yield stretch
            stretch = []
        stretch.append(row)
    if stretch:
        yield stretch


def read_as_stranger(meter, rows, values):
    """How many values are in the registers as kwh said."""
    client = meter.client()
    assert client.connect()
    compared = 0
    keys = {row["name"]: key for key, row in rows.items()}
    for stretch in stretches(rows.values()):
        first = int(stretch[0]["address"], 16)
        count = int(stretch[-1]["address"], 16) + int(stretch[-1]["words"]) - first
        read = client.read_input_registers if stretch[0]["space"] == "04" \
            else client.read_holding_registers
        answer = read(first, count, slave=1)
        if answer.isError():
            sys.exit(f"{meter.target}: {first:04X} {count}: {answer}")
        for row in stretch:
            at = int(row["address"], 16) - first
            words = answer.registers[at:at + int(row["words"])]
            printed = values[keys[row["name"]]]
            if not decoded(row, words, printed):
                sys.exit(f"{meter.target}: {row['name']} is {printed}, but the registers are {words}")
            compared += 1
    client.close()
    return compared


def check(name):
    """One map, on both ways."""
    with Meter(name, "tcp:127.0.0.1:0", {}) as meter:
        keys = meter.read(name).keys()
    known = dict(rows_of(name))
    if not keys <= known.keys():
        sys.exit(f"{name}: no row is read as {sorted(keys - known.keys())}")
    rows = {key: known[key] for key in keys}
    pins = {row["name"]: told(number, row) for number, row in enumerate(rows.values())}
    wanted = {key: pins[row["name"]] for key, row in rows.items()}
    if len(set(wanted.values())) != len(wanted):
        sys.exit(f"{name}: two values are told alike")
    for place in "rtu:pty", "tcp:127.0.0.1:0":
        with Meter(name, place, pins) as meter:
            values = meter.read(name)
            wrong = {key: (str(values.get(key)), str(value)) for key, value in wanted.items()
                     if values.get(key) != value}
            if wrong or values.keys() != wanted.keys():
                sys.exit(f"{meter.target}: read and told: {wrong}")
            if ModbusTcpClient and read_as_stranger(meter, rows, values) != len(wanted):
                sys.exit(f"{meter.target}: not all registers were read")
    return len(wanted)


def main():
    decimal.getcontext().prec = 40
    names = sorted(path.name.removesuffix("_modbus.csv") for path in DATA.glob("*_*_modbus.csv"))
    counts = {name: check(name) for name in names}
    print(counts)
    if len(counts) < 11 or min(counts.values()) < 9 or sum(counts.values()) < 600:
        sys.exit("too few were compared")


main()
