# SPDX-License-Identifier: MIT
"""A bench for firmware images: each runs in QEMU, its UARTs are sockets, and its console is read.

Everything is connected before an image starts, and nothing is timed here: a test ends when what it
waits for has come, or fails when a minute has passed without it. The images have the time-outs of
the field: a second to the start of an answer, three tries. Alone they live in the emulator's time.
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
import time
import tty

PATIENCE = 60
QEMU = "qemu-system-arm"
MACHINES = {"mps2_an385": "mps2-an385", "microbit": "microbit", "netduinoplus2": "netduinoplus2"}
# How many UARTs a board has besides the console, which is the emulator's on the micro:bit. Where
# there are three, S0 pulses are characters of the last.
UARTS = {"mps2_an385": 3, "microbit": 1, "netduinoplus2": 3}
# Where they are levels of a pin: the device and the number of the pin, the register and the mask
# of the LED that is lit from where one is counted up to its end.
PINS = {"microbit": ("/machine/nrf51", 1, 0x50000504, 1 << 13)}
# What QEMU tells when the pin that enables the driver of the RS-485 line changes.
DRIVER = {"microbit": ("IRQ raise 16", "IRQ lower 16")}


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
            listener = self._listen(number, listening)
            command += ["-chardev", f"socket,id=u{number},path={listener.getsockname()}",
                        "-serial", f"chardev:u{number}"]
        if bench.board != "microbit":
            command += ["-serial", "stdio"]
        if alone:
            command += ["-icount", "shift=5,sleep=off"]
        pins = None
        if bench.board in PINS and not alone:
            pins = self._listen("pins", listening)
            command += ["-qtest", f"unix:{pins.getsockname()}", "-qtest-log", "none"]
        self.process = bench.process(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.uarts = []
        for listener in listening:
            listener.settimeout(PATIENCE)
            self.uarts.append(bench.stack.enter_context(listener.accept()[0]))
            listener.close()
        self.pins = None
        if pins:
            connection = self.uarts.pop()
            connection.settimeout(PATIENCE)
            self.pins = connection.makefile("rw")
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.changed = threading.Condition()
        self.reader.start()

    def _listen(self, name, listening):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.bench.folder / f"{self.name}{id(self)}.{name}"))
        listener.listen(1)
        listening.append(listener)
        return listener

    def _ask_pins(self, request):
        self.pins.write(request + "\n")
        self.pins.flush()
        return self.pins.readline().split()

    def _set_pin(self, level):
        """Until the image shows that it has seen it."""
        device, pin, register, mask = PINS[self.bench.board]
        self._ask_pins(f"set_irq_in {device} unnamed-gpio-in {pin} {level}")
        end = time.monotonic() + PATIENCE
        while (int(self._ask_pins(f"readl {register}")[1], 16) & mask != 0) != (level == 0):
            if time.monotonic() > end:
                self.bench.expect(f"{self.name} sees level {level} at its pin", False)
                return

    def watch_pins(self):
        """From now on QEMU tells what comes out."""
        self._ask_pins(f"irq_intercept_out {PINS[self.bench.board][0]}")

    def pin_changes(self, count):
        """The next so many, or those that came."""
        changes = []
        with contextlib.suppress(TimeoutError):
            while len(changes) < count:
                changes.append(self.pins.readline().strip())
        return changes

    def pulses(self, count):
        """So many of them at the S0 input."""
        for _ in range(count):
            if self.pins is None:
                self.uarts[2].sendall(b"\0")
                continue
            self._set_pin(0)
            self._set_pin(1)

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
