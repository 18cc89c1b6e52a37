#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds frames.txt, M-Bus frames and what they say, against the vectors it was made from.

usage: KWH_VECTORS=FOLDER from_vectors.py [--write]

FOLDER/mbus has NAME.hex, a frame, and NAME.ref.json, what another decoder makes of it; and
index.csv with the reason why a damaged frame must be refused. The tests then decode the frames of
frames.txt and compare line by line, so that nothing else is needed:

    = NAME
    HEX
    header ID MANUFACTURER VERSION MEDIUM ACCESS STATUS SIGNATURE   (- for what is not there)
    record HEADER|FUNCTION|STORAGE|TARIFF|SUBUNIT|KIND|UNIT|VALUE|TEXT|MARKS
    end more|last MANUFACTURER-DATA
    error NAME
"""
import csv
import decimal
import difflib
import json
import os
import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).parent
decimal.getcontext().prec = 100

ERRORS = {
    "premature end in DIFE": "cut_dif",
    "premature end before VIF": "cut_vif",
    "premature end in data": "cut_data",
    "more than 10 DIFE": "too_many_dife",
    "more than 10 VIFE": "too_many_vife",
    "reserved DIF 3F": "reserved_dif",
    "LVAR F7 reserved": "reserved_lvar",
    "not a frame": "bad_start",
    "length mismatch (9 of 89)": "cut_frame",
    "length mismatch (19 of 67)": "cut_frame",
}
MARKS = {"L1": "L1", "L2": "L2", "L3": "L3", "forward": "import", "backward": "export",
         "abs both directions": "gross"}


def shortest(raw):
    """The shortest decimal that is this binary32."""
    value = struct.unpack("<f", bytes.fromhex(raw))[0]
    for digits in range(9):
        text = f"{value:.{digits}e}"
        if struct.pack("<f", float(text)) == struct.pack("<f", value):
            return decimal.Decimal(text)
    raise ValueError(raw)


def plain(number):
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def record_line(record):
    value, text = "-", ""
    is_real = int(record["header"][:2], 16) & 15 == 5
    if record["scaled"] is not None:
        value = plain(shortest(record["raw"]) * decimal.Decimal(record["factor"]) if is_real
                      else decimal.Decimal(record["scaled"]))
    elif record["value"] is not None and len(record["raw"]) != 16 * 3 - 1:
        text = record["value"]
    marks = {MARKS[mark] for mark in record["modifiers"] if mark in MARKS}
    if record["manufacturer_specific"]:
        marks.add("manufacturer")
    return "record " + "|".join([
        record["header"], record["function"], str(record["storage"]), str(record["tariff"]),
        str(record["subunit"]), record["quantity"], record["unit"], value, text,
        " ".join(sorted(marks))])


def frame_lines(folder, row):
    name = row["name"]
    reference = folder / f"{name}.ref.json"
    lines = [f"= {name}", (folder / f"{name}.hex").read_text().strip()]
    if row["kind"] == "invalid":
        return lines + ["error " + ERRORS[row["reference"].removeprefix("error: ")]]
    if not reference.exists():
        return []
    decoded = json.loads(reference.read_text())
    header = decoded["header"]
    lines.append("header " + " ".join(
        str(header.get(key, "-")) for key in ("id", "mfr", "ver", "medium", "acc", "status", "sig")))
    end = "end last"
    for record in decoded["records"]:
        if "special" not in record:
            lines.append(record_line(record))
        else:
            end = "end more" if record["special"] == "more" else "end last"
            end += " " + record["raw"] if record["raw"] else ""
    return lines + [end]


def frames():
    """The folder of the frames, and the rows of their index."""
    vectors = os.environ.get("KWH_VECTORS")
    if not vectors:
        print("KWH_VECTORS is not set")
        sys.exit(77)
    folder = pathlib.Path(vectors) / "mbus"
    with open(folder / "index.csv", encoding="utf-8", newline="") as file:
        return folder, list(csv.DictReader(file))


def main():
    folder, rows = frames()
    wanted = [line for row in rows for line in frame_lines(folder, row)]
    path = HERE / "frames.txt"
    if "--write" in sys.argv:
        path.write_text("\n".join(wanted) + "\n", encoding="utf-8")
    there = path.read_text(encoding="utf-8").splitlines()
    difference = list(difflib.unified_diff(there, wanted, str(path), str(folder), lineterm=""))
    print("\n".join(difference))
    sys.exit(1 if difference else 0)


if __name__ == "__main__":
    main()
