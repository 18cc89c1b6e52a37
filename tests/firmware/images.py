#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""usage: images.py TEST BOARD BENCH_IMAGES IMAGES [PROGRAM...]: the example firmware, on a bench.
The first images are in the time of the bench, the others as they are made for the board.

What is expected is what the other side was told to be, or is printed in a manual.
"""
import itertools
import os
import struct
import subprocess
import sys
import time

import bench
import wires

TEST, BOARD, BENCH_IMAGES, IMAGES, *PROGRAMS = sys.argv[1:]
SOURCE = os.path.dirname(os.path.abspath(__file__))
KWH = os.environ.get("KWH", "")
HAS_SECOND = bench.UARTS.get(BOARD, 1) > 1

METERS = "inepro_pro380@1,eastron_sdm72d_m2@2"
LOAD = ["active_energy_import=13062010", "active_energy_export=6257000", "active_power=-1500.5",
        "voltage_l1=230.12"]
PRO380_SAYS = ["pro380 active_energy_import 13062010", "pro380 active_energy_export 6257000",
               "pro380 combination_code forward_plus_reverse", "pro380 active_power -1500.5",
               "pro380 counted 0"]
SDM72_SAYS = ["sdm72 voltage_l1 230.12", "sdm72 active_power -1500.5",
              "sdm72 active_energy_import 13062010", "sdm72 counted 0.000000"]
NOISE = b"\x00\xFF\x55\xAA" * 3
NO_PULSES = ["pulses energy 0.000000"]
PRO1_SAYS = ["pro1 active_energy_import 6913460", "pro1 active_energy_export 0", "pro1 counted 0"]


def settings(values):
    return [word for value in values for word in ("--set", value)]


def pro1_simulator(at):
    return at.simulator("inepro_pro1@1", "mbustcp:127.0.0.1:0",
                        *settings(["active_energy_import=6913460", "active_energy_export=0"]),
                        protocol=wires.Mbus)


def reader(at):
    """A reader of Modbus, and what it says of the PRO1 on its M-Bus, if it has one."""
    if not HAS_SECOND:
        return at.image("reader"), []
    meter = pro1_simulator(at)
    image = at.image("reader")
    at.join(image.uarts[1], meter)
    return image, PRO1_SAYS


def mbus_reader(at):
    """An image that reads M-Bus, the UART for that, and what it says of all else: beside Modbus, or
    where there is one UART, alone."""
    if not HAS_SECOND:
        image = at.image("mbus_reader")
        return image, image.uarts[0], NO_PULSES
    meters = modbus_simulator(at)
    image = at.image("reader")
    at.join(image.uarts[0], meters)
    return image, image.uarts[1], (PRO380_SAYS + SDM72_SAYS + ["pro380 total 19319010"] + NO_PULSES)


def modbus_simulator(at, **options):
    return at.simulator(METERS, "rtutcp:127.0.0.1:0",
                        *settings(LOAD + ["combination_code=forward_plus_reverse"]), **options)


def expect(at, image, code, lines):
    """The image ends with this code and says each of these lines, and nothing that is unlike them:
    every line of a meter begins as one of these does."""
    ended, said = image.end()
    at.expect(f"{image.name} ends with {code}, not {ended}", ended == code, "\n".join(said))
    for line in lines:
        at.expect(f"{image.name} says {line!r}", line in said, "\n".join(said))
    for line in said:
        at.expect(f"nobody told {image.name}: {line!r}", line in lines or line == "ready")


def registers(request, words=()):
    """The answer to a request for registers: these values at their first registers, else 0."""
    _, _, first, count = struct.unpack(">BBHH", request[:6])
    data = bytearray(2 * count)
    for register, word in dict(words).items():
        offset = 2 * (register - first)
        if 0 <= offset < len(data):
            data[offset:offset + len(word)] = word
    frame = request[:2] + bytes([2 * count]) + data[:2 * count]
    return frame + wires.crc(frame)


# --- A reader ------------------------------------------------------------------------------------

def simulated(at):
    """The reader, our simulator on both buses, and three pulses of 1 Wh."""
    meters = modbus_simulator(at)
    image, lines = reader(at)
    lines = lines + PRO380_SAYS + SDM72_SAYS + ["pro380 total 19319010", "pulses energy 3.000000"]
    image.wait_for("ready")  # to count
    image.pulses(3)
    at.join(image.uarts[0], meters)
    expect(at, image, 0, lines)


def libmodbus_server(at):
    """The reader and libmodbus, which has the registers of a real PRO380, beside our SDM72D-M-2,
    whose answers it would take for the beginnings of requests, until a pause of half a second."""
    ours, theirs = at.terminal(addresses=[1], own=True)
    server = at.process([PROGRAMS[0], os.path.join(SOURCE, "../peers/pro380_observed.csv"), "rtu",
                         theirs], stdout=subprocess.PIPE)
    server.stdout.readline()
    sdm72 = at.simulator("eastron_sdm72d_m2@2", "rtutcp:127.0.0.1:0", *settings(LOAD))
    image, lines = reader(at)
    lines = lines + SDM72_SAYS + NO_PULSES
    lines += ["pro380 active_energy_import 15062030", "pro380 active_energy_export 20257910",
              "pro380 combination_code forward", "pro380 active_power 175", "pro380 counted 0",
              "pro380 total 15062030"]  # code 1 is forward energy alone
    at.join(image.uarts[0], ours, sdm72)
    expect(at, image, 0, lines)


NO_MODBUS = {name: [f"pro380 {quantity} no_answer" for quantity in (
    "active_energy_import", "active_energy_export", "combination_code", "active_power")] +
    [f"sdm72 {quantity} no_answer" for quantity in (
        "voltage_l1", "active_power", "active_energy_import")] +
    [f"pro380 error {name}", f"sdm72 error {name}"]
    for name in ("timeout", "no_frame", "bad_crc")}
NO_MBUS = {name: ["pro1 active_energy_import no_answer", "pro1 active_energy_export no_answer",
                  f"pro1 error {name}"] for name in ("timeout", "bad_start", "bad_checksum")}


def silence(at):
    """Nobody there, in the emulator's own time: neither bus waits for the other."""
    if HAS_SECOND:
        image = at.image("reader", clock="alone")
        expect(at, image, 1, NO_MODBUS["timeout"] + NO_MBUS["timeout"] + NO_PULSES)
        ends = [line.split()[0] for line in image.said if line.endswith(" error timeout")]
        at.expect("two rounds of each bus, both at once", "pro1" in ends[:-2], ends)
        return
    expect(at, at.image("reader", clock="alone"), 1, NO_MODBUS["timeout"] + NO_PULSES)
    expect(at, at.image("mbus_reader", clock="alone"), 1, NO_MBUS["timeout"] + NO_PULSES)


def noise(at):
    """Bytes, but no frame; the M-Bus does not mind."""
    image, lines = reader(at)
    at.join(image.uarts[0], wires.Script(lambda request: NOISE))
    expect(at, image, 1, lines + NO_MODBUS["no_frame"] + NO_PULSES)


def bad_crc(at):
    """The right frame, and one bit of its CRC wrong."""
    def make(request):
        frame = registers(request)
        return frame[:-1] + bytes([frame[-1] ^ 0x01])
    image, lines = reader(at)
    at.join(image.uarts[0], wires.Script(make))
    expect(at, image, 1, lines + NO_MODBUS["bad_crc"] + NO_PULSES)


def counts(at):
    """The PRO380 has counted 40 Wh from round to round, and shows import plus export; its neighbor
    stands still."""
    energy = {1: (0x600C, [13062.01, 13062.05]), 2: (0x0048, [812.5, 812.5])}
    asked = []

    def make(request):
        unit = request[0]
        if asked[-1:] != [unit]:
            asked.append(unit)  # its turn: the first or the second
        register, values = energy[unit]
        words = {register: struct.pack(">f", values[asked.count(unit) - 1])}
        if unit == 1:
            words[0x6018] = struct.pack(">f", 6257.0)  # export
            words[0x400F] = b"\0\5"  # forward plus reverse
        return registers(request, words)
    image, _ = reader(at)
    at.join(image.uarts[0], wires.Script(make))
    code, said = image.end()
    at.expect(f"reader ends with 0, not {code}", code == 0, "\n".join(said))
    for line in ("pro380 counted 40", "sdm72 counted 0.000000", "pro380 total 19319050"):
        at.expect(f"reader says {line!r}", line in said, "\n".join(said))


def mbus_simulated(at):
    """A PRO1 over M-Bus."""
    meter = pro1_simulator(at)
    image, uart, lines = mbus_reader(at)
    at.join(uart, meter)
    expect(at, image, 0, lines + PRO1_SAYS)


def mbus_noise(at):
    """Bytes, but no frame; the Modbus does not mind."""
    image, uart, lines = mbus_reader(at)
    at.join(uart, wires.Script(lambda request: NOISE))
    expect(at, image, 1, lines + NO_MBUS["bad_start"])


def mbus_bad_checksum(at):
    """A telegram of the right shape, whose sum is 08 + 01 + 72 = 7B; acknowledged is all else."""
    def make(request):
        is_readout = request[0] == 0x10 and request[1] & 0x4F == 0x4B
        return bytes.fromhex("68030368080172" "7A16") if is_readout else b"\xE5"
    image, uart, lines = mbus_reader(at)
    at.join(uart, wires.Script(make))
    expect(at, image, 1, lines + NO_MBUS["bad_checksum"])


def noisy_answers(at):
    """Noise before each right answer costs nothing."""
    meters = modbus_simulator(at, change=lambda data: b"\x00\xFF\x00" + data)
    image, lines = reader(at)
    lines = lines + PRO380_SAYS + SDM72_SAYS + ["pro380 total 19319010"] + NO_PULSES
    at.join(image.uarts[0], meters)
    expect(at, image, 0, lines)


def example_driver(at):
    """A driver of examples/uart/ on the registers of a UART, in blocking calls."""
    meter = at.simulator("inepro_pro380@1", "rtutcp:127.0.0.1:0",
                         *settings(["active_power=300.2"]))
    image = at.image(PROGRAMS[0])
    at.join(image.uarts[0], meter)
    expect(at, image, 0, ["300.2"])


# --- A meter -------------------------------------------------------------------------------------

def run(at, expected, *command):
    """A program that ends with 0 and says this somewhere; returns what it said."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=bench.PATIENCE)
    if done.returncode != 0:
        at.give_up(f"{command[0]} ends with 0, not {done.returncode}", done.stdout)
    for text in expected:
        at.expect(f"{command[0]} says {text!r}", text in done.stdout, done.stdout)
    return done.stdout


def meter_on_terminal(at):
    image = at.image("meter")
    image.wait_for("ready")
    ours, theirs = at.terminal()
    at.join(ours, image.uarts[0])
    return theirs


def kwh_reads_meter(at):
    """Our own command knows which meter the image is, and its energy grows."""
    bench.need(KWH)
    place = f"rtu:{meter_on_terminal(at)},timeout_ms=10000"
    run(at, ["inepro_pro380"], KWH, "identify", place + "@1")
    run(at, ["230.1"], KWH, "read", place + "@1", "-m", "inepro_pro380", "voltage_l1")
    seen = set()
    for _ in range(100):  # 10 Wh a second; the meter counts what it is asked for
        seen.add(float(run(at, [], KWH, "read", place + "@1", "-m", "inepro_pro380",
                           "active_energy_import", "-o", "csv", "-q").split(",")[-3]))
        if len(seen) > 1:
            break
    at.expect("the energy grows", len(seen) > 1, str(seen))


def mbpoll_reads_meter(at):
    bench.need("mbpoll")
    terminal = meter_on_terminal(at)
    run(at, ["230.1"], "mbpoll", "-m", "rtu", "-b", "9600", "-P", "none", "-a", "1", "-r",
        str(0x5002 + 1), "-c", "1", "-t", "4:float", "-B", "-1", "-o", "10", terminal)


def libmodbus_reads_meter(at):
    """Exception 2 where the map has no registers, or the meter no such value."""
    run(at, ["230.1\n" + 2 * "Illegal data address\n"], PROGRAMS[0], meter_on_terminal(at), "1",
        "5002", "0001", "5008")


def meter_alone(at):
    """A meter, and its master, which is the test."""
    image, master = at.image("meter"), wires.Script()
    at.join(master, image.uarts[0])
    return image, master


VOLTAGES = bytes.fromhex("0103500200067508")  # asked for, as in the manual of the PRO380
OF_230_1 = bytes.fromhex("01030C" + 3 * "4366199A")
OF_230_1 += wires.crc(OF_230_1)


def meter_under_faults(at):
    """What has a wrong CRC, or is no frame, gets no answer; the next request does, once there was
    silence before it."""
    wrong = bytes.fromhex("0103500200017CCA")  # of one register; the CRC is 34CA
    _, master = meter_alone(at)
    for fault in (wrong, NOISE, VOLTAGES[:5]):
        said = at.say(master, fault)
        at.expect(f"no answer to {fault.hex()}", said == b"", said.hex())
        said = at.say(master, VOLTAGES)
        at.expect(f"the answer behind {fault.hex()}", said == OF_230_1, said.hex())


ENERGY = bytes.fromhex("0103600C0002")
ENERGY += wires.crc(ENERGY)


def energy_wh(answer):
    return 1000 * struct.unpack_from(">f", answer, 3)[0]


def seconds_of(wh):
    """In which the load of the meter makes this energy: 30 kW, and 36 kW in every other second."""
    pairs, rest = divmod(3600 * wh, 30000 + 36000)
    return 2 * pairs + min(rest, 30000) / 30000 + max(rest - 30000, 0) / 36000


def meter_counts(at):
    """Its energy is what its load makes in the time that has passed."""
    answers = []

    def hear(answer):
        answers.append((image.time_us / 1e6, answer))
        return b""
    image, master = at.image("meter"), wires.Script(hear)
    at.join(master, image.uarts[0])
    for _ in range(4):
        at.say(master, ENERGY)
    at.expect("4 answers", [len(answer) for _, answer in answers] == [9] * 4, answers)
    for seconds, answer in answers:
        counted = seconds_of(energy_wh(answer))
        at.expect(f"the energy of {seconds} s, not {counted}", abs(counted - seconds) < 0.05)


def driver_enable(at):
    """The driver of the RS-485 line goes on before an answer and off behind it, once each. That it
    waits for the last stop bit, no emulator shows: its UART has sent at once."""
    image, master = meter_alone(at)
    image.wait_for("ready")  # its pins are as they stay
    image.pin_changes()
    for _ in range(3):
        said = at.say(master, VOLTAGES)
        at.expect("an answer", said == OF_230_1, said.hex())
        changes = image.pin_changes()
        at.expect("on, and off", changes == list(bench.DRIVER[BOARD]), changes)


# --- One image against the other -----------------------------------------------------------------


def reader_reads_meter(at):
    """A reader on one bus with another board, which is the PRO380, and our SDM72D-M-2."""
    meter = at.image("meter")
    sdm72 = at.simulator("eastron_sdm72d_m2@2", "rtutcp:127.0.0.1:0", *settings(LOAD))
    image, lines = reader(at)
    lines = lines + SDM72_SAYS + NO_PULSES
    at.join(image.uarts[0], meter.uarts[0], sdm72)
    code, said = image.end()
    at.expect(f"reader ends with 0, not {code}", code == 0, "\n".join(said))
    for line in lines + ["pro380 combination_code forward_plus_reverse"]:
        at.expect(f"reader says {line!r}", line in said, "\n".join(said))
    power = {line for line in said if line.startswith("pro380 active_power ")}
    at.expect("the power of the meter", power and power <= {
        "pro380 active_power 30000", "pro380 active_power 36000"}, "\n".join(said))

def chain(at):
    """A reader on one bus with a meter and with a translator, which reads another meter: four
    processors, and each voltage is what the meters made it."""
    meters = [at.image("meter"), at.image("meter")]
    translator = at.image("translator")
    at.join(translator.uarts[1], meters[1].uarts[0])
    ours, theirs = at.terminal()
    part = at.join(ours, translator.uarts[0])
    bench.need(KWH)
    for _ in tries():  # until it has read its meter once
        done = subprocess.run([KWH, "read", f"rtu:{theirs},timeout_ms=10000@2", "-m",
                               "eastron_sdm72d_m2", "voltage_l1", "-q"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode == 0:
            break
    at.expect("the translator serves what it read", "230.1" in done.stdout, done.stdout)
    part()
    image, _ = reader(at)
    at.join(image.uarts[0], meters[0].uarts[0], translator.uarts[0])
    code, said = image.end()
    at.expect(f"reader ends with 0, not {code}", code == 0, "\n".join(said))
    at.expect("two rounds of the SDM72D-M-2", said.count("sdm72 voltage_l1 230.1") == 2,
              "\n".join(said))
    at.expect("the code of the PRO380", "pro380 combination_code forward_plus_reverse" in said)
    for name in ("pro380", "sdm72"):
        power = {line for line in said if line.startswith(f"{name} active_power ")}
        at.expect(f"the power of the {name}", power and power <= {
            f"{name} active_power 30000", f"{name} active_power 36000"}, "\n".join(said))


# The first voltage of an SDM72D-M-2: asked for, and how answers begin: with it, or exception 04.
SDM72_VOLTAGE = bytes.fromhex("02040000000271F8")
SERVED, REFUSED = b"\x02\x04\x04", b"\x02\x84\x04"


def translator_forgets(at):
    """It serves nothing before it has read its meter, then what it read last, and nothing again ten
    seconds after the meter has fallen silent."""
    volts = [struct.pack(">f", 230.0), struct.pack(">f", 231.5)]
    served, served_us, answered_us = [], [], []

    def meter(request):
        if len(served) > 6:
            return b""
        answered_us.append(image.time_us)
        return registers(request, {0x5002: volts[len(served) > 3]})

    def hear(answer):
        served.append(answer[:-2])
        if answer[:3] != REFUSED:
            served_us.append(image.time_us)
        return SDM72_VOLTAGE
    image, master = at.image("translator"), wires.Script(hear)
    master.said = SDM72_VOLTAGE
    at.join(image.uarts[1], wires.Script(meter))
    at.join(image.uarts[0], master)
    at.wait_for("the translator is asked for 11 seconds", lambda: image.time_us > 11000000)
    told = [answer for answer, _ in itertools.groupby(served)]
    at.expect("nothing, two voltages, nothing",
              told == [REFUSED, *(SERVED + voltage for voltage in volts), REFUSED], told)
    at.expect("values up to 10 s old", 9900000 < served_us[-1] - answered_us[-1] < 10100000,
              (answered_us, served_us[-1:]))


# --- As they are made for the board -------------------------------------------------------------

def tries():
    """Again what came too early or too late, up to the end of patience."""
    end = time.monotonic() + bench.PATIENCE
    while time.monotonic() < end:
        yield


def meter_as_made(at):
    """By the clock of its board."""
    bench.need(KWH)
    image, (ours, theirs) = at.image("meter", clock="wall"), at.terminal()
    at.join(ours, image.uarts[0])
    image.wait_for("ready")
    for _ in tries():
        read = subprocess.run([KWH, "read", f"rtu:{theirs},timeout_ms=10000@1", "-m",
                               "inepro_pro380", "voltage_l1"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if read.returncode == 0:
            break
    at.expect("an answer", read.returncode == 0 and "230.1" in read.stdout, read.stdout)


def ask_energy(at, master):
    """What a meter that was made for the board has counted, and between which times."""
    for _ in tries():
        asked = time.monotonic()
        with at.change():
            master.heard, master.said = b"", ENERGY
        with at.changed:
            at.changed.wait_for(lambda: wires.Modbus.is_whole(master.heard), 1)
            if wires.Modbus.is_whole(master.heard):
                return asked, time.monotonic(), energy_wh(master.heard)
    at.give_up("an answer", master.heard.hex())


def clock_as_made(at):
    """The clock of its board is no faster than ours, and slower only by what the emulator had to
    wait for a processor: in four seconds as much energy flows as the load makes."""
    image, master = at.image("meter", clock="wall"), wires.Script()
    at.join(master, image.uarts[0])
    image.wait_for("ready")
    before = image.waits_s()
    asked, answered, before_wh = ask_energy(at, master)
    time.sleep(4)
    asked_again, answered_again, after_wh = ask_energy(at, master)
    waited = sum(wait - before.get(thread, 0) for thread, wait in image.waits_s().items())
    seconds = seconds_of(after_wh) - seconds_of(before_wh)
    least, most = asked_again - answered - waited, answered_again - asked
    at.expect(f"{least:.2f} to {most:.2f} s, not {seconds:.2f}",
              least - 0.05 <= seconds <= most + 0.05)


def reader_as_made(at):
    """By the clock of its board."""
    for _ in tries():
        meters, meter = modbus_simulator(at), pro1_simulator(at)
        image = at.image("reader", clock="wall")
        for uart, simulator in zip(image.uarts, (meters, meter)):
            at.join(uart, simulator)
        code, said = image.end()
        if code == 0:
            break
    at.expect("reader ends with 0", code == 0, "\n".join(said))
    for line in PRO380_SAYS + SDM72_SAYS + PRO1_SAYS * HAS_SECOND:
        at.expect(f"reader says {line!r}", line in said, "\n".join(said))


with bench.Bench(BOARD, BENCH_IMAGES, IMAGES) as at:
    globals()[TEST](at)
    sys.exit(at.verdict())
