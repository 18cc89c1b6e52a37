#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Reads what programs of others serve, and lets a program of others judge what we say.

usage: peers.py READER TABLE libmodbus SERVER | READER TABLE pymodbus | READER TABLE tshark
READER is read_pro380, TABLE has the registers of a real meter and what they mean. Ends with 77 when
a program that is needed is not there.
"""
import csv
import decimal
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

PATIENCE = 100  # a busy computer may need it
HERE = pathlib.Path(__file__).parent
children = []


def skip(why):
    print("SKIP:", why)
    sys.exit(77)


def start(*command):
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    children.append(child)
    return child


def stop_all():
    for child in reversed(children):
        child.terminate()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    children.clear()


def wait_for(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"waited in vain for {what}")
        time.sleep(0.02)


def observed(table):
    with open(table, encoding="ascii") as file:
        return list(csv.DictReader(file))


def read(reader, target, trace=None):
    command = [reader, target] + ([str(trace)] if trace else [])
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode != 0:
        sys.exit(f"{target}: {done.stderr}")
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


def compare(values, rows, target):
    """Every value that the real meter showed is read, and nothing is read twice or otherwise."""
    wrong = [f"{row['name']}: {values.get(row['name'])}, not {row['value']}"
             for row in rows if row["value"] and row["name"] in values
             and decimal.Decimal(values[row["name"]]) != decimal.Decimal(row["value"])]
    common = sum(1 for row in rows if row["value"] and row["name"] in values)
    if wrong or common < 60:
        sys.exit(f"{target}: {common} values compared, wrong: {wrong}")
    print(f"{target}: {common} values as the real meter showed them")


def pty_pair(folder):
    ends = [str(folder / name) for name in ("ours", "theirs")]
    start("socat", *(f"PTY,link={end},raw,echo=0" for end in ends))
    wait_for(lambda: all(os.path.exists(end) for end in ends), "the pair of terminals")
    return ends


def own_place():
    """An address of this test alone and a port that no system gives to others by itself."""
    number = os.getpid()
    return f"127.{64 + number // 65536 % 128}.{number // 256 % 256}.{number % 256}", 10502


def is_open(place):
    with socket.socket() as probe:
        return probe.connect_ex(place) == 0


def read_libmodbus(reader, table, server):
    if not shutil.which("socat"):
        skip("socat is not installed")
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = pty_pair(pathlib.Path(folder))
        start(server, table, "rtu", theirs).stdout.readline()
        target = f"rtu:{ours},baud=9600,line=8N1@1"
        compare(read(reader, target), observed(table), target)
        port = start(server, table, "tcp").stdout.readline().split()[1]
        target = f"tcp:127.0.0.1:{port}@1"
        compare(read(reader, target), observed(table), target)


def read_pymodbus(reader, table):
    try:
        import pymodbus.server  # pylint: disable=unused-import,import-outside-toplevel
        import serial_asyncio  # pylint: disable=unused-import,import-outside-toplevel
    except ImportError as error:
        skip(error)
    if not shutil.which("socat"):
        skip("socat is not installed")
    server = [sys.executable, str(HERE / "pymodbus_server.py"), table]
    with tempfile.TemporaryDirectory() as folder:
        place = own_place()
        start(*server, "tcp", *map(str, place))
        wait_for(lambda: is_open(place), "the TCP server of pymodbus")
        target = "tcp:{}:{}@1".format(*place)
        compare(read(reader, target), observed(table), target)
        ours, theirs = pty_pair(pathlib.Path(folder))
        start(*server, "rtu", theirs)
        target = f"rtu:{ours},baud=9600,line=8N1,timeout_ms=2000,retries=10@1"
        compare(read(reader, target), observed(table), target)


def pcap(path, link_type, packets):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link_type))
        for i, packet in enumerate(packets):
            file.write(struct.pack("<IIII", i, 0, len(packet), len(packet)) + packet)


def tcp_packets(frames):
    """The frames as IP packets of one connection between ports 50000 and 502."""
    sequence = {True: 1, False: 1}
    for ours, payload in frames:
        ports = (50000, 502) if ours else (502, 50000)
        head = struct.pack(">HHIIBBHHH", *ports, sequence[ours], sequence[not ours], 5 << 4, 0x18,
                           65535, 0, 0)
        sequence[ours] += len(payload)
        addresses = (b"\x0a\0\0\x01", b"\x0a\0\0\x02")
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(payload), 0, 0, 64, 6, 0,
                         *(addresses if ours else addresses[::-1]))
        yield ip + head + payload


def dissect(path, *options):
    fields = ("modbus.func_code", "modbus.regnum16", "modbus.regval_uint16", "modbus.exception_code",
              "_ws.malformed", "_ws.expert.message", "mbrtu.crc16.status", "mbtcp.len")
    command = ["tshark", "-r", str(path), *options, "-T", "fields", "-E", "occurrence=a",
               *(word for field in fields for word in ("-e", field))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return [dict(zip(fields, line.split("\t"))) for line in done.stdout.split("\n")[:-1]]


def judge(packets, frames, what):
    if len(packets) != len(frames):
        sys.exit(f"{what}: {len(packets)} packets of {len(frames)} frames")
    registers = 0
    for packet, (ours, frame) in zip(packets, frames):
        told = f"{what}: {frame.hex(' ')}: {packet}"
        if packet["_ws.malformed"] or packet["_ws.expert.message"] or packet["modbus.exception_code"]:
            sys.exit(told)
        if packet["modbus.func_code"] != "3":
            sys.exit(told)
        if not ours:
            registers += len(packet["modbus.regval_uint16"].split(","))
    if registers < 100:
        sys.exit(f"{what}: only {registers} registers seen")
    print(f"{what}: {len(frames)} frames, {registers} registers, nothing to complain about")


def traced(reader, target, folder):
    trace = folder / "trace"
    read(reader, target, trace)
    lines = [line.split() for line in trace.read_text(encoding="ascii").splitlines()]
    return [(kind == "sent", bytes.fromhex(data)) for kind, data in lines]


RTU_OPTIONS = ("-o", 'uat:user_dlts:"User 0 (DLT=147)","mbrtu","0","","0",""', "-o",
               "mbrtu.crc_verification:TRUE")


def judge_with_tshark(reader, _table):
    if not shutil.which("tshark"):
        skip("tshark is not installed")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        frames = traced(reader, "sim:inepro_pro380", folder)
        pcap(folder / "rtu.pcap", 147, [frame for _, frame in frames])
        judge(dissect(folder / "rtu.pcap", *RTU_OPTIONS), frames, "RTU")
        # It does judge: the same with one bit turned.
        turned = [bytes([*frame[:-1], frame[-1] ^ 1]) for _, frame in frames]
        pcap(folder / "bad.pcap", 147, turned)
        if not all(packet["_ws.expert.message"] or packet["mbrtu.crc16.status"] == "0"
                   for packet in dissect(folder / "bad.pcap", *RTU_OPTIONS)):
            sys.exit("tshark finds nothing wrong with a wrong CRC")


def judge_tcp_with_tshark(reader, table, server):
    if not shutil.which("tshark"):
        skip("tshark is not installed")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        port = start(server, table, "tcp").stdout.readline().split()[1]
        frames = traced(reader, f"tcp:127.0.0.1:{port}@1", folder)
        pcap(folder / "tcp.pcap", 101, tcp_packets(frames))
        judge(dissect(folder / "tcp.pcap"), frames, "TCP")


def main():
    kinds = {"libmodbus": read_libmodbus, "pymodbus": read_pymodbus, "tshark": judge_with_tshark,
             "tshark_tcp": judge_tcp_with_tshark}
    reader, table, kind, *more = sys.argv[1:]
    try:
        kinds[kind](reader, table, *more)
    finally:
        stop_all()


main()
