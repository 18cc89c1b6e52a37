#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""pymodbus as a meter: serves the registers of a table over RTU or TCP until it is killed.

usage: pymodbus_server.py TABLE rtu DEVICE | TABLE tcp ADDRESS PORT
"""
import csv
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartSerialServer, StartTcpServer
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer

FIRST, COUNT = 0x4000, 0x2100


def registers(path):
    block = [0] * COUNT
    with open(path, encoding="ascii") as table:
        for row in csv.DictReader(table):
            at = int(row["address"], 16) - FIRST
            words = [int(row["words"][i:i + 4], 16) for i in range(0, len(row["words"]), 4)]
            block[at:at + len(words)] = words
    return block


def main():
    table, kind, place, *port = sys.argv[1:]
    holding = ModbusSequentialDataBlock(FIRST, registers(table))
    slave = ModbusSlaveContext(hr=holding, zero_mode=True)
    context = ModbusServerContext(slaves={1: slave}, single=False)
    if kind == "rtu":
        StartSerialServer(context=context, framer=ModbusRtuFramer, port=place, baudrate=9600,
                          parity="N", stopbits=1, bytesize=8, timeout=0.01)
    else:
        StartTcpServer(context=context, framer=ModbusSocketFramer,
                       address=(place, int(port[0])))


main()
