# SPDX-License-Identifier: MIT
"""A bench for firmware images: each runs in QEMU, its UARTs on wires, and its console is read.

It does not matter how fast the computer is. The bench owns the time of the images: it passes only
while every image has nothing left to do, no byte is on its way and nobody owes an answer, and once
nothing was heard for long it stands still until somebody speaks. A test ends when what it waits for
has come, or fails when a minute has passed without it.
"""
import contextlib
import os
import pathlib
import pty
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import tty

import wires

PATIENCE = 60
QEMU = "qemu-system-arm"
MACHINES = {"mps2_an385": "mps2-an385", "microbit": "microbit", "netduinoplus2": "netduinoplus2"}
# How many UARTs a board has besides the console, which is the emulator's on the micro:bit. Where
# there are three, S0 pulses are characters of the last.
UARTS = {"mps2_an385": 3, "microbit": 1, "netduinoplus2": 3}
# Where they are levels of a pin: the device and the number of the pin, the register and the mask
# of the LED that is lit from where one is counted up to its end.
PINS = {"microbit": ("/machine/nrf51", 1, 0x50000504, 1 << 13)}
# At least so long a level is at the pin, as at that of a real meter: the image believes it only
# when it has lasted, by a clock of the emulator, which never is behind ours.
LEVEL_S = 0.0025
# What QEMU tells when the pin that enables the driver of the RS-485 line changes.
DRIVER = {"microbit": ("IRQ raise 16", "IRQ lower 16")}

# While nothing is heard, time passes in ever longer steps, up to where it stands still: longer than
# an image waits for an answer or for silence.
STEP_MIN_US, STEP_MAX_US, STILL_US = 1000, 100000, 5000000
# A byte is lost when an image has asked so often, each time a tick of its board later, and it is
# still on its way: the emulator moves bytes whenever it makes a tick.
LOST = 2000
# What an image tells when it asks for the time, see bench_time.h: sent and got, UART by UART.
TRAFFIC = struct.Struct("<3I3I")


def skip(why):
    print("SKIP:", why)
    sys.exit(77)


def need(*programs):
    """Ends the test as skipped when one of the programs is not there."""
    for program in programs:
        if not program or shutil.which(program) is None:
            skip(f"{program or 'the kwh command (KWH)'} is not installed")


class Bench:
    """Owns processes and a thread, which runs the wires and the time; `with` ends them."""

    def __init__(self, board, bench_images, images):
        need(QEMU)
        if board not in MACHINES:
            skip(f"no emulator is known for {board}, see MACHINES in tests/firmware/bench.py")
        self.board = board
        self.made = {"bench": pathlib.Path(bench_images), "alone": pathlib.Path(images),
                     "wall": pathlib.Path(images)}
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.stack = contextlib.ExitStack()
        self.failed = []
        self.images, self.wires = [], []
        self.stir()
        self.changed = threading.Condition()  # guards all that the thread looks at
        self.over = False
        self.woken, self.wake = os.pipe()
        self.thread = threading.Thread(target=self._run)

    def __enter__(self):
        self.thread.start()
        self.stack.callback(shutil.rmtree, self.folder)
        self.stack.callback(os.close, self.wake)
        self.stack.callback(os.close, self.woken)
        return self

    def __exit__(self, *_):
        with self.change():
            self.over = True
        self.thread.join()
        self.stack.close()

    def expect(self, what, condition, found=""):
        if not condition:
            self.failed.append(what)
            print(f"FAILED: {what}\n{found}")

    def give_up(self, what, found=""):
        """What all else waits for does not come."""
        self.expect(what, False, found)
        sys.exit(self.verdict())

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

    def image(self, name, clock="bench"):
        """Starts an image, in the bench's time; or as it is made for a board, where the clock is
        the board's in the emulator's time: "alone", as fast as it can and the same way each time,
        but nobody may be on its UARTs, or "wall", that of this computer."""
        image = Image(self, name, clock)
        with self.change():
            self.images.append(image)
        return image

    def simulator(self, *arguments, protocol=wires.Modbus, **options):
        """Starts `kwh simulate`; returns an end for a wire."""
        kwh = os.environ.get("KWH", "")
        need(kwh)
        process = self.process([kwh, "simulate", *arguments], stdout=subprocess.PIPE)
        place = process.stdout.readline().split(":", 1)[1].rsplit("@", 1)[0].strip()
        host, port = place.rsplit(":", 1)
        connection = self.stack.enter_context(socket.create_connection((host, int(port)), PATIENCE))
        addresses = [int(meter.rsplit("@", 1)[1]) for meter in arguments[0].split(",")]
        return wires.Program(connection.fileno(), protocol, addresses, **options)

    def terminal(self, **options):
        """A pseudo-terminal: an end for a wire, and the path of the other end."""
        ours, theirs = pty.openpty()
        tty.setraw(theirs)
        self.stack.callback(os.close, ours)
        self.stack.callback(os.close, theirs)  # held open: who closes it last ends it for all
        return wires.Program(ours, **options), os.ttyname(theirs)

    def stir(self):
        """Something was heard, or may be: time passes on, in small steps at first."""
        self.step_us, self.quiet_us, self.still = STEP_MIN_US, 0, False

    @contextlib.contextmanager
    def change(self):
        """Around each change of what the thread looks at: it stands meanwhile, then looks anew."""
        with self.changed:
            yield
            self.stir()
        os.write(self.wake, b".")

    def join(self, *ends):
        """Wires them together; what is returned parts them."""
        wire = wires.Wire(ends)

        def part():
            with self.change():
                self.wires.remove(wire)
        with self.change():
            self.wires.append(wire)
        return part

    def say(self, script, data):
        """Lets it say that, and waits until nothing more comes of it; returns what came."""
        with self.change():
            script.heard, script.said = b"", data
        with self.changed:
            if not self.changed.wait_for(lambda: self.still, PATIENCE):
                self.give_up(f"an end to what comes of {data.hex()}", script.heard.hex())
            return script.heard

    def wait_for(self, what, condition):
        """Until this is so, looked at whenever something has happened, or nothing will any more."""
        with self.changed:
            self.changed.wait_for(lambda: self.still or condition(), PATIENCE)
            if not condition():
                self.give_up(what)

    # --- In the thread ---

    def _run(self):
        try:
            self._serve()
        except Exception:
            self.expect("a bench that works", False, traceback.format_exc())
            for image in self.images:
                image.process.kill()  # nobody has to wait for it
            with self.changed:
                self.still = True
                self.changed.notify_all()

    def _serve(self):
        deaf = set()
        while True:
            with self.changed:
                ears = self._ears() - deaf
            ready, _, _ = select.select([self.woken, *ears], [], [])
            with self.changed:
                if self.woken in ready:
                    os.read(self.woken, 4096)
                if self.over:
                    return
                deaf |= {ear for ear in ears.intersection(ready) if not ear.listen()}
                for image in self.images:  # the pipe of one that never asked has no end
                    image.ended = image.ended or deaf.issuperset(image.uarts)
                while self._take_turn():
                    continue
                self.changed.notify_all()

    def _ears(self):
        """All that may have something to say."""
        ears = [end for wire in self.wires for end in wire.ends if hasattr(end, "listen")]
        for image in self.images:
            ears += [image] * image.clocked + image.uarts
        return set(ears)

    def _take_turn(self):
        """Whether there is more to do at once."""
        asking = [image for image in self.images if image.clocked and not image.ended]
        busy = [image for image in asking if image.awake or not image.settled()]
        for image in busy:
            image.tell_time(0)
        ends = [end for wire in self.wires for end in wire.ends]
        if busy or not all(image.asks for image in asking) or \
                asking and not all(end.settled() for end in ends):
            return False  # an image with a clock of its own waits for nobody, nor does its bench
        if any([wire.pass_on() for wire in self.wires]):
            self.stir()
            return True
        unheard = any(uart.said for image in asking for uart in image.uarts if uart not in ends)
        self.still = unheard or self.quiet_us >= STILL_US or not asking
        if self.still:
            return False
        for image in asking:
            image.tell_time(self.step_us)
        self.quiet_us += self.step_us
        self.step_us = min(2 * self.step_us, STEP_MAX_US)
        return False


class Image:
    def __init__(self, bench, name, clock):
        self.bench, self.name = bench, name
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=bench.folder))
        self.clocked = clock == "bench"
        self.asks = self.awake = self.ended = False
        self.time_us = self.in_vain = 0
        self.traffic = []
        semihosting = "enable=on,target=native"
        if self.clocked:
            self.told = self._pipe("told", os.O_RDONLY | os.O_NONBLOCK)
            self.time = self._pipe("time", os.O_RDWR)
            semihosting += f",arg={self.folder / 'told'},arg={self.folder / 'time'}"
        command = [QEMU, "-M", MACHINES[bench.board], "-nographic", "-monitor", "none",
                   "-semihosting-config", semihosting,
                   "-kernel", str(bench.made[clock] / f"{name}.elf")]
        listening = []
        for number in range(UARTS[bench.board]):
            if clock == "alone":
                command += ["-serial", "null"]
                continue
            listener = self._listen(number, listening)
            command += ["-chardev", f"socket,id=u{number},path={listener.getsockname()}",
                        "-serial", f"chardev:u{number}"]
        if bench.board != "microbit":
            command += ["-serial", "stdio"]
        if clock == "alone":
            command += ["-icount", "shift=5,sleep=off"]
        elif bench.board in PINS:
            listener = self._listen("pins", listening)
            command += ["-qtest", f"unix:{listener.getsockname()}", "-qtest-log", "none"]
        self.process = bench.process(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        connections = []
        for listener in listening:
            listener.settimeout(PATIENCE)
            connections.append(bench.stack.enter_context(listener.accept()[0]))
            listener.close()
        self.pins, self.changes = None, []
        if bench.board in PINS and connections:
            connection = connections.pop()
            connection.settimeout(PATIENCE)
            self.pins = connection.makefile("rw")
        self.uarts = [wires.Uart(connection) for connection in connections]
        self.said, self.silent = [], False
        self.heard = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _pipe(self, name, flags):
        os.mkfifo(self.folder / name)
        pipe = os.open(self.folder / name, flags)
        self.bench.stack.callback(os.close, pipe)
        return pipe

    def _listen(self, name, listening):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.folder / str(name)))
        listener.listen(1)
        listening.append(listener)
        return listener

    # --- Its time ---

    def fileno(self):
        return self.told

    def listen(self):
        """It asks for the time, and tells where it stands; or it has ended."""
        told = os.read(self.told, TRAFFIC.size)
        self.ended = not told
        self.asks = bool(told)
        for number, uart in enumerate(self.uarts):
            uart.sent = uart.got = None
            if told:
                traffic = TRAFFIC.unpack(told)
                uart.sent, uart.got = traffic[number], traffic[len(traffic) // 2 + number]
        self._miss_bytes()
        return self.asks

    def _miss_bytes(self):
        """An image that loses one, or makes one up, would be asked for it for ever."""
        before = self.traffic
        self.traffic = [(uart.sent, uart.read, uart.written, uart.got) for uart in self.uarts]
        self.in_vain = 0 if self.settled() or self.traffic != before else self.in_vain + 1
        if self.in_vain == LOST:
            self.bench.expect(f"{self.name} loses no byte: sent and read, written and got", False,
                              self.traffic)
            self.process.kill()

    def settled(self):
        return all(uart.settled() for uart in self.uarts)

    def tell_time(self, step_us):
        """The answer, if it asks."""
        if self.asks:
            self.asks = False
            self.time_us = (self.time_us + step_us) % 2**32
            os.write(self.time, struct.pack("<I", self.time_us))

    def waits_s(self):
        """How long each of its threads has waited for a processor until now."""
        waits = {}
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            with contextlib.suppress(OSError):  # it may end just now
                waits[task.name] = int((task / "schedstat").read_text().split()[1]) / 1e9
        return waits

    # --- Its pins ---

    @contextlib.contextmanager
    def _kept_awake(self):
        """Time stands, and the image goes on: while it waits for the time, its pins do nothing."""
        with self.bench.change():
            self.awake = True
        yield
        with self.bench.change():
            self.awake = False

    def _ask_pins(self, request):
        """Changes may be told before the answer."""
        self.pins.write(request + "\n")
        self.pins.flush()
        while (answer := self.pins.readline().split())[:1] == ["IRQ"]:
            self.changes.append(" ".join(answer))
        return answer

    def _set_pin(self, level):
        """Until the image shows that it has seen it."""
        device, pin, register, mask = PINS[self.bench.board]
        self._ask_pins(f"set_irq_in {device} unnamed-gpio-in {pin} {level}")
        end = time.monotonic() + PATIENCE
        while (int(self._ask_pins(f"readl {register}")[1], 16) & mask != 0) != (level == 0):
            if time.monotonic() > end:
                self.bench.give_up(f"{self.name} sees level {level} at its pin")

    def pin_changes(self):
        """What has come out since the last call; with the first QEMU begins to tell."""
        with self._kept_awake():
            self._ask_pins(f"irq_intercept_out {PINS[self.bench.board][0]}")
        changes, self.changes = self.changes, []
        return changes

    def pulses(self, count):
        """So many of them at the S0 input."""
        if self.pins is None:
            with self.bench.change():
                self.uarts[2].hear(b"\0" * count)
            return
        with self._kept_awake():
            for level in [0, 1] * count:
                self._set_pin(level)
                time.sleep(LEVEL_S)

    # --- Its console ---

    def _read(self):
        for line in self.process.stdout:
            with self.heard:
                self.said.append(line.rstrip())
                self.heard.notify_all()
        with self.heard:
            self.silent = True
            self.heard.notify_all()

    def wait_for(self, line):
        """Until the image has said this."""
        with self.heard:
            self.heard.wait_for(lambda: line in self.said or self.silent, PATIENCE)
            if line not in self.said:
                self.bench.give_up(f"{self.name} says {line!r}", "\n".join(self.said))

    def end(self):
        """Until the image ends: its exit code and what it said."""
        patience = PATIENCE
        if self.clocked:
            with self.bench.changed:
                self.bench.changed.wait_for(lambda: self.ended or self.bench.still, PATIENCE)
                patience *= self.ended
        try:
            code = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.bench.give_up(f"{self.name} ends", "\n".join(self.said))
        self.reader.join()
        return code, self.said
