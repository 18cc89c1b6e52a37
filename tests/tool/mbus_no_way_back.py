#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""kwh read of a PRO380-Mb that goes to its telegram of the phases, but not back from there.

usage: KWH=COMMAND SOURCE=FOLDER mbus_no_way_back.py

Nothing that was read is lost, but all is not well: exit 6, and it is said why.
"""
import json
import os
import socketserver
import subprocess
import sys
import threading

USUAL = bytes.fromhex("68 15 15 68 08 00 72 78 56 34 12 CD 25 01 02 0A 00 00 00"
                      "0C 04 14 48 60 01 5A 16")
PHASES = bytes.fromhex("68 15 15 68 08 00 72 78 56 34 12 CD 25 01 02 0A 00 00 00"
                       "4B FD 47 12 34 00 62 16")


class Meter(socketserver.BaseRequestHandler):
    away = False

    def handle(self):
        while request := self.request.recv(300):
            if request[0] == 0x10:
                telegram = PHASES if self.away else USUAL
                self.request.sendall(telegram if request[1] & 0x4F == 0x4B else b"\xE5")
            elif request[6] == 0xB4:
                self.away = True
                self.request.sendall(b"\xE5")
            elif not self.away:
                self.request.sendall(b"\xE5")


def main():
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Meter)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    target = f"mbustcp:127.0.0.1:{server.server_address[1]},baud=38400,allowance_ms=15@0"
    run = subprocess.run([os.environ["KWH"], "read", target, "-m", "inepro_pro380", "-o", "json",
                          "voltage_l1"], capture_output=True, encoding="utf-8", timeout=30,
                         check=False)
    print(run.stdout, run.stderr)
    line = json.loads(run.stdout, parse_float=str)
    right = (run.returncode == 6 and line["values"] == {"voltage_l1_v": "34.12"}
             and line["status"] == {} and line["error"] == "timeout" and "SND_UD" in run.stderr)
    return 0 if right else 1


sys.exit(main())
