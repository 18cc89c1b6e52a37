# SPDX-License-Identifier: MIT
"""A bench for firmware images: each runs in QEMU, its UARTs are sockets, and its console is read.

Everything is connected before an image starts, and nothing is timed here: a test ends when what it
waits for has come, or fails when a minute has passed without it.
"""
import contextlib
import os
import pathlib
import pty
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import tty

PATIENCE = 60
QEMU = "qemu-system-arm"
MACHINES = {"mps2_an385": "mps2-an385", "microbit": "microbit", "netduinoplus2": "netduinoplus2"}
# Which UARTs a board has besides the bus; the console of the micro:bit is that of the emulator.
UARTS = {"mps2_an385": 3, "microbit": 1, "netduinoplus2": 3}


def skip(why):
    print("SKIP:", why)
    sys.exit(77)


def need(*programs):
    """Ends the test as skipped when one of the programs is not there."""
    for program in programs:
        if not program or shutil.which(program) is None:
            skip(f"{program or 'the kwh command (KWH)'} is not installed")


class Bench:
    """Owns processes and threads; `with` ends them."""

    def __init__(self, images, board):
        need(QEMU)
        if board not in MACHINES:
            skip(f"no emulator is known for {board}, see MACHINES in tests/firmware/bench.py")
        self.images, self.board = pathlib.Path(images), board
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.stack = contextlib.ExitStack()
        self.failed = []

    def __enter__(self):
        self.stack.callback(shutil.rmtree, self.folder)
        return self

    def __exit__(self, *_):
        self.stack.close()

    def expect(self, what, condition, found=""):
        if not condition:
            self.failed.append(what)
            print(f"FAILED: {what}\n{found}")

    def verdict(self):
        return 1 if self.failed else 0

    def process(self, arguments, **options):
        """A process that the bench ends."""
        started = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, text=True, **options)

        def end():
            started.kill()
            started.wait()
            if started.stdout is not None:
                started.stdout.close()
        self.stack.callback(end)
        return started

    def image(self, name, alone=False):
        """Starts an image. With `alone` nobody is on its UARTs, and its time is the emulator's own:
        then it runs as fast as it can and the same way each time."""
        return Image(self, name, alone)

    def simulator(self, *arguments):
        """Starts `kwh simulate`; returns a socket to it."""
        kwh = os.environ.get("KWH", "")
        need(kwh)
        process = self.process([kwh, "simulate", *arguments], stdout=subprocess.PIPE)
        place = process.stdout.readline().split(":", 1)[1].rsplit("@", 1)[0].strip()
        host, port = place.rsplit(":", 1)
        return self.stack.enter_context(socket.create_connection((host, int(port)), PATIENCE))

    def terminal(self):
        """A pseudo-terminal: our end as a descriptor, and the path of the other."""
        ours, theirs = pty.openpty()
        tty.setraw(theirs)
        self.stack.callback(os.close, ours)
        self.stack.callback(os.close, theirs)  # held open: who closes it last ends it for all
        return ours, os.ttyname(theirs)

    def join(self, master, *slaves, change=bytes):
        """Wires a master and its slaves together, all hear the master; `change` may alter what the
        slaves say. Ends with the bench, or when what is returned is called."""
        descriptors = [end if isinstance(end, int) else end.fileno() for end in (master, *slaves)]
        stop, stopped = os.pipe()

        def run():
            while True:
                ready, _, _ = select.select(descriptors + [stop], [], [])
                if stop in ready:
                    return
                for descriptor in ready:
                    try:
                        data = os.read(descriptor, 4096)
                    except OSError:
                        data = b""
                    if not data:
                        return
                    if descriptor == descriptors[0]:
                        for slave in descriptors[1:]:
                            os.write(slave, data)
                    else:
                        os.write(descriptors[0], change(data))
        thread = threading.Thread(target=run)

        def end():
            if thread.is_alive():
                os.write(stopped, b".")
                thread.join()
        thread.start()
        self.stack.callback(os.close, stop)
        self.stack.callback(os.close, stopped)
        self.stack.callback(end)
        return end


class Image:
    def __init__(self, bench, name, alone):
        self.bench, self.name = bench, name
        self.said = []
        path = bench.images / f"{name}.elf"
        command = [QEMU, "-M", MACHINES[bench.board], "-nographic", "-monitor", "none",
                   "-semihosting-config", "enable=on,target=native", "-kernel", str(path)]
        listening = []
        for number in range(UARTS[bench.board]):
            if alone:
                command += ["-serial", "null"]
                continue
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(str(bench.folder / f"{name}{id(self)}.{number}"))
            listener.listen(1)
            listening.append(listener)
            command += ["-chardev", f"socket,id=u{number},path={listener.getsockname()}",
                        "-serial", f"chardev:u{number}"]
        if bench.board != "microbit":
            command += ["-serial", "stdio"]
        if alone:
            command += ["-icount", "shift=5,sleep=off"]
        self.process = bench.process(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.uarts = []
        for listener in listening:
            listener.settimeout(PATIENCE)
            self.uarts.append(bench.stack.enter_context(listener.accept()[0]))
            listener.close()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.changed = threading.Condition()
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.said.append(line.rstrip())
                self.changed.notify_all()

    def wait_for(self, line):
        """Until the image has said this."""
        with self.changed:
            if not self.changed.wait_for(lambda: line in self.said, PATIENCE):
                self.bench.expect(f"{self.name} says {line!r}", False, "\n".join(self.said))

    def end(self):
        """Until the image ends: its exit code and what it said."""
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            code = None
        self.reader.join(1)
        return code, self.said
