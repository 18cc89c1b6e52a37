# SPDX-License-Identifier: MIT
"""Meters whose serial number stands in many places. `modbus CODE`: registers over TCP that hold 0
but for the identification CODE at 0x4002 and the number 19430102; `mbus`: a telegram with 12345678.
"""
import socket
import sys

REGISTERS = {
    0x4000: 0x1943, 0x4001: 0x0102,  # BCD, where the manual says
    0x4004: 9600,
    0x500C: 0x1943, 0x500D: 0x0102,  # the same elsewhere
    0x5010: 0x0102, 0x5011: 0x1943,  # low word first
    0x5014: 0x3139, 0x5015: 0x3433, 0x5016: 0x3031, 0x5017: 0x3032,  # ASCII
    0x5018: 19430102 >> 16, 0x5019: 19430102 & 0xFFFF,  # binary
    0x501E: 0x1943, 0x501F: 0x0103,  # another number
}


def modbus(wire, code):
    while head := wire.recv(6):
        request = wire.recv(head[5])
        address, count = int.from_bytes(request[2:4], "big"), int.from_bytes(request[4:6], "big")
        if request[1] == 3 and address >= 0x4000 and not address <= 0x6002 < address + count:
            words = [REGISTERS.get(address + i, 0) for i in range(count)]
            words = [code if address + i == 0x4002 else word for i, word in enumerate(words)]
            answer = bytes([3, 2 * count]) + b"".join(word.to_bytes(2, "big") for word in words)
        else:
            answer = bytes([request[1] | 0x80, 2])
        wire.sendall(head[:5] + bytes([len(answer) + 1, request[0]]) + answer)


def mbus(wire, data):
    body = bytes.fromhex("0805 72" + data)
    frame = bytes([0x68, len(body), len(body), 0x68]) + body + bytes([sum(body) & 0xFF, 0x16])
    while request := wire.recv(300):
        wire.sendall(b"\xE5" if request[1] == 0x40 else frame)


listener = socket.create_server(("127.0.0.1", 0))
scheme = "tcp" if sys.argv[1] == "modbus" else "mbustcp"
print(f"{scheme}:127.0.0.1:{listener.getsockname()[1]}@{1 if scheme == 'tcp' else 5}", flush=True)
while True:
    connection, _ = listener.accept()
    if scheme == "tcp":
        modbus(connection, int(sys.argv[2], 16))
    else:
        mbus(connection,
             "78563412 CD25 01 02 01 00 0000"  # header
             "0C78 78563412"  # fabrication number
             "0D78 08 3837363534333231"  # as a text, which goes backwards
             "0403 785634 12"  # an energy of the same bytes
             "0406 01020304"
             "0F 3132333435363738 12345678")  # of the maker
