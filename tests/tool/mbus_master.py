#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Asks an M-Bus meter and prints its telegram, or sends it a setting.

Written from EN 13757-2 alone, so that the kwh command is not only tested against itself.

usage: mbus_master.py TARGET               SND_NKE, REQ_UD2
       mbus_master.py TARGET CI [DATA]     SND_NKE, SND_UD with these hexadecimal bytes
TARGET is one that `kwh simulate` prints: mbus:/dev/pts/3@1, mbustcp:127.0.0.1:10001@1
"""
import os
import re
import select
import socket
import sys
import tty


def connect(scheme, place):
    if scheme == "mbus":
        port = os.open(place, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(port)
        return port
    host, port = place.rsplit(":", 1)
    return socket.create_connection((host, int(port))).detach()


def answer(port):
    """What comes up to a silence."""
    got = b""
    while select.select([port], [], [], 0.2 if got else 10)[0]:
        part = os.read(port, 300)
        if not part:
            break
        got += part
    return got


def short(c, address):
    return bytes([0x10, c, address, (c + address) & 255, 0x16])


def long(c, address, content):
    body = bytes([c, address]) + content
    return bytes([0x68, len(body), len(body), 0x68]) + body + bytes([sum(body) & 255, 0x16])


def ask(port, request):
    os.write(port, request)
    return answer(port)


def acknowledged(port, request):
    got = ask(port, request)
    if got != b"\xe5":
        sys.exit(f"{request.hex(' ')}: {got.hex(' ') or 'nothing'} is no E5")


def main():
    scheme, place, address = re.fullmatch(r"(\w+):(.*?)(?:,.*)?@(\d+)", sys.argv[1]).groups()
    port, address = connect(scheme, place), int(address)
    acknowledged(port, short(0x40, address))
    if len(sys.argv) > 2:
        acknowledged(port, long(0x73, address, bytes.fromhex("".join(sys.argv[2:]))))
        return
    got = ask(port, short(0x7B, address))
    if len(got) < 9 or got != long(got[4], got[5], got[6:-2]):
        sys.exit(f"no frame: {got.hex(' ')}")
    print(got.hex(" ").upper())


main()
