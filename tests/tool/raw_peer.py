# SPDX-License-Identifier: MIT
"""A Modbus server, rtutcp or tcp, of two functions: 41, which no standard describes, and 18."""
import socket
import sys

ANSWERS = {0x41: "41AABBCCDD", 0x18: "1800040001BEEF"}


def crc(data):
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value.to_bytes(2, "little")


tcp = sys.argv[1] == "tcp"
listener = socket.create_server(("127.0.0.1", 0))
print(f"{sys.argv[1]}:127.0.0.1:{listener.getsockname()[1]}@1", flush=True)
while True:
    wire, _ = listener.accept()
    while request := wire.recv(300):
        answer = bytes.fromhex(ANSWERS[request[7 if tcp else 1]])
        if tcp:
            wire.sendall(request[:4] + (len(answer) + 1).to_bytes(2, "big") + b"\1" + answer)
        else:
            assert crc(request[:-2]) == request[-2:]
            wire.sendall(b"\1" + answer + crc(b"\1" + answer))
