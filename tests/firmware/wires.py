# SPDX-License-Identifier: MIT
"""Wires of the bench, and what hangs on them.

An end is `settled` when it has heard all that it was told and owes nothing; `take` gives what it
has to say, and is asked only when all ends are settled, where the bench owns the time. Those with a
file descriptor `listen` to it.
"""
import os


def crc(data):
    """Of Modbus, as it follows the data."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value.to_bytes(2, "little")


class Modbus:
    @staticmethod
    def is_whole(data):
        return len(data) >= 4 and data[-2:] == crc(data[:-2])

    @staticmethod
    def address(request):
        return request[0]


class Mbus:
    @staticmethod
    def is_whole(data):
        if data[:1] == b"\x68":
            return len(data) > 1 and len(data) == 6 + data[1]
        return data == b"\xE5" or data[:1] == b"\x10" and len(data) == 5

    @staticmethod
    def address(request):
        return request[5 if request[0] == 0x68 else 2]


class Uart:
    """Of an image. What it says counts once the image has nothing more to say."""

    def __init__(self, connection):
        self.connection = connection
        self.read = self.written = 0  # by us
        self.sent = self.got = None  # by the image, as it told last; None: it does not tell
        self.said = b""

    def fileno(self):
        return self.connection.fileno()

    def listen(self):
        try:
            data = self.connection.recv(4096)
        except OSError:
            data = b""  # the image has ended before it heard all
        self.said += data
        self.read += len(data)
        return bool(data)

    def settled(self):
        return self.sent is None or (self.sent, self.got) == (self.read, self.written)

    def take(self):
        said, self.said = self.said, b""
        return said

    def hear(self, data):
        try:
            self.connection.sendall(data)
        except OSError:
            return  # the image has ended
        self.written += len(data)


class Program:
    """A program of this computer at a socket or a terminal; less than a frame is not passed on.
    With addresses, it is a slave that answers for these, and with `own` hears only what is for it.
    `change` alters what it says."""

    def __init__(self, descriptor, protocol=Modbus, addresses=(), change=bytes, own=False):
        self.descriptor, self.protocol = descriptor, protocol
        self.addresses, self.change, self.own = addresses, change, own
        self.heard = self.said = b""
        self.owes = False

    def fileno(self):
        return self.descriptor

    def listen(self):
        try:
            data = os.read(self.descriptor, 4096)
        except OSError:
            data = b""
        self.said += data
        return bool(data)

    def _frame(self):
        """The first whole one that it says; there are more when one of them came too late."""
        for end in (len(self.said), *range(1, len(self.said))):
            if self.protocol.is_whole(self.said[:end]):
                return self.said[:end]
        return b""

    def settled(self):
        return not self.owes or bool(self._frame())

    def take(self):
        frame = self._frame()
        if not frame:
            return b""
        self.said, self.owes = self.said[len(frame):], False
        return self.change(frame)

    def hear(self, data):
        self.heard = data if self.protocol.is_whole(data) else self.heard + data
        owes = False
        if self.protocol.is_whole(self.heard):
            owes = self.owes = self.protocol.address(self.heard) in self.addresses
            self.heard = b""
        if owes or not self.own:
            os.write(self.descriptor, data)


class Script:
    """What a test has to say, or to answer to what is heard."""

    def __init__(self, answer=lambda heard: b""):
        self.answer = answer
        self.said = self.heard = b""

    def settled(self):
        return True

    def take(self):
        said, self.said = self.said, b""
        return said

    def hear(self, data):
        self.heard += data
        self.said += self.answer(data)


class Wire:
    """Whatever one says, all others hear, as on RS-485."""

    def __init__(self, ends):
        self.ends = ends

    def pass_on(self):
        """Whether anybody had something to say."""
        words = [(end, end.take()) for end in self.ends]
        for end, said in words:
            for other in self.ends:
                if said and other is not end:
                    other.hear(said)
        return any(said for _, said in words)
