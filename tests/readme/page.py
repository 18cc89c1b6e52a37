#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""usage: page.py PAGE

Every line of a page that begins with kwh is run, in order, in place of /dev/ttyUSB0 on the
pseudo-terminal that the page's kwh simulate has made. It must end well, and every line of the text
block behind it must be what it prints, or begins with, but for numbers with a decimal point and times.
"""
import os
import pathlib
import re
import subprocess
import sys

KWH = os.environ["KWH"]
page = pathlib.Path(sys.argv[1])
blocks = re.findall(r"^```(\w+)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)
server, port, failed, ran = None, None, False, 0


def complain(what):
    global failed
    failed = True
    print(f"{page.name}: {what}")


def plain(text):
    """Without what differs from one time to the next."""
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", text)
    return re.sub(r"-?\d+\.\d+", "NUMBER", text).rstrip()


def serve(line):
    global server, port
    server = subprocess.Popen([KWH] + line.split()[1:], stdout=subprocess.PIPE, text=True,
                              stdin=subprocess.DEVNULL)
    port = re.match(r"rtu:([^,@]*)", server.stdout.readline()).group(1)


def run(line):
    done = subprocess.run([KWH] + line.replace("/dev/ttyUSB0", port).split()[1:], text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
    if done.returncode != 0:
        complain(f"{line}: exit {done.returncode}\n{done.stderr}")
    return done.stdout.replace(port, "/dev/ttyUSB0")


output = ""
try:
    for kind, text in blocks:
        if kind == "sh":
            for line in text.splitlines():
                if line.startswith("kwh simulate "):
                    serve(line)
                elif line.startswith("kwh "):
                    output = run(line)
                ran += line.startswith("kwh ")
        elif kind == "text":
            printed = [plain(line) for line in output.splitlines()]
            for line in text.splitlines():
                if line and not any(one.startswith(plain(line)) for one in printed):
                    complain(f"not printed: {line}\n{output}")
finally:
    if server is not None:
        server.terminate()
        if server.wait(10) != 0:
            complain("the simulation did not end well")
print(ran, "lines")
sys.exit(failed or ran < 3)
