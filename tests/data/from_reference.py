#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds the fact tables of this folder, *_modbus.csv and *_mbus.csv, and the frames that write to
M-Bus meters, inepro_mbus_writes.csv, against the tables they were made from.

usage: KWH_REFERENCE_MAPS=FOLDER from_reference.py [--write] NAME...

FOLDER has NAME.csv, what the manuals say of each register, and names.csv, what it is called here.
The tests then hold the maps against the tables of this folder, so that nothing else is needed.
"""
import csv
import difflib
import os
import pathlib
import re
import sys

sys.dont_write_bytecode = True  # not into the sources
import mbus_reference

HERE = pathlib.Path(__file__).parent
COLUMNS = ("address,words,name,rank,hidden,form,unit,type,scale,certainty,obis,"
           "function,risk,values")

# Words of the choices; the tables have phrases, and a code keeps its meaning within the family.
WORDS = {
    "parity": {1: "even", 2: "none", 3: "odd"},
    "combination_code": {
        1: "forward", 4: "reverse", 5: "forward_plus_reverse", 6: "reverse_minus_forward",
        9: "forward_minus_reverse", 10: "forward_minus_reverse_vector",
        11: "forward_minus_reverse_vector_pulse"},
    "current_direction": {ord("F"): "forward", ord("R"): "reverse"},
}
LINK = ("device_address", "baud_rate", "parity")
UNITS = {"device_address": "1", "power_down_counter": "1", "quadrant": "1", "tariff": "1",
         "protocol_version": "1", "software_version": "1", "hardware_version": "1",
         "power_factor_magnitude": "1"}


def stem(name):
    return re.sub(r"_l[123]$", "", name)


def unit(row, name, form):
    if form != "decimal":
        return ""
    return row["base_unit"] if row["base_unit"] != "-" else UNITS[stem(name)]


def register_type(row, name, form):
    if form == "decimal" and row["type"] == "hex16":
        return "bcd16"  # the digits are a number
    if name == "power_down_counter":
        return "uint16"  # printed as signed, a count nevertheless
    return row["type"]


def values(row, name):
    allowed = row["allowed_values"]
    words = WORDS.get(stem(name))
    if name.startswith("current_direction"):
        return ";".join(f"{word}={code}" for code, word in words.items())
    if not row["write_function"]:
        return ""  # what can be read only is not a list to choose from
    if allowed.startswith("0 ("):
        return "0..0"
    if span := re.match(r"(\d+)\.\.(\d+)", allowed):
        return f"{span[1]}..{span[2]}"
    codes = [entry.split("=")[0] for entry in re.split(r";", allowed)]
    if words:
        codes = [f"{words[int(code)]}={code}" + ("!irreversible" if name == "combination_code"
                 and f"when {code} is written" in row["irreversible"] else "") for code in codes]
    if name == "tariff":
        codes = [code + (f">{code[1]}" if len(code) == 2 else "") for code in codes]
    return ";".join(codes)


def table(folder, file):
    names = {(row["file"], row["address"]): row
             for row in csv.DictReader((folder / "names.csv").open(encoding="utf-8"))}
    yield COLUMNS
    for row in csv.DictReader((folder / f"{file}.csv").open(encoding="utf-8")):
        known = names[file, row["address_hex"]]
        name, form = known["name"], known["form"]
        assert row["function"] == known["space"] == "03" and row["word_order"] in ("ABCD", "AB")
        function = str(int(row["write_function"] or "0", 16)) if row["write_function"] else ""
        risk = ("link_change" if name in LINK
                else "counter_reset" if "data loss" in row["irreversible"] else "")
        yield ",".join((
            row["address_hex"], row["words"], name, known["rank"], known["hidden"], form,
            unit(row, name, form), register_type(row, name, form), row["scale_to_base"],
            known["certainty"], known["obis"], function, risk, values(row, name)))


def main():
    write = "--write" in sys.argv
    if "KWH_REFERENCE_MAPS" not in os.environ:
        print("SKIP: no KWH_REFERENCE_MAPS")
        return 77
    folder = pathlib.Path(os.environ["KWH_REFERENCE_MAPS"])
    different = False
    for file in (name for name in sys.argv[1:] if name != "--write"):
        ours = HERE / f"{file}.csv"
        lines = (mbus_reference.frames(folder) if file == "inepro_mbus_writes"
                 else mbus_reference.records(folder, file) if file.endswith("_mbus")
                 else table(folder, file))
        made = "\n".join(lines) + "\n"
        if write:
            ours.write_text(made, encoding="utf-8")
        for line in difflib.unified_diff(ours.read_text(encoding="utf-8").splitlines(),
                                         made.splitlines(), str(ours), "reference", lineterm=""):
            print(line)
            different = True
    return 1 if different else 0


sys.exit(main())
