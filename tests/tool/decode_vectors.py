#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""kwh decode says of every M-Bus frame what another decoder says of it.

usage: KWH=COMMAND KWH_VECTORS=FOLDER decode_vectors.py

FOLDER is that of tests/data/mbus/from_vectors.py, which knows how its files are to be read.
"""
import decimal
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(os.environ["SOURCE"]) / "tests/data/mbus"))
import from_vectors

HEADER = {"id": "id", "manufacturer": "mfr", "version": "ver", "medium": "medium",
          "access": "acc", "status": "status", "signature": "sig"}
SAME = {"header": "header", "function": "function", "storage": "storage",
        "tariff": "tariff", "subunit": "subunit", "kind": "quantity", "unit": "unit"}
wrong = []


def differ(name, what, got, wanted):
    if got != wanted:
        wrong.append(f"{name}: {what}: {got!r} and not {wanted!r}")


def decode(frame):
    run = subprocess.run([os.environ["KWH"], "decode", "-", "-o", "json"], input=frame,
                         capture_output=True, encoding="utf-8", timeout=30, check=False)
    lines = [json.loads(line, parse_float=decimal.Decimal, parse_int=decimal.Decimal)
             for line in run.stdout.splitlines()]
    return run.returncode, lines


def compare_record(name, got, reference, msb_first):
    for key, theirs in SAME.items():
        differ(name, key, got[key], reference[theirs])
    data = got["data"].split()
    differ(name, "data", " ".join(reversed(data) if msb_first else data), reference["raw"])
    # The other decoder also counts the bytes of a date, and of what the meter calls an error.
    counted = got["kind"] != "date time" and got["status"] != "record_error"
    value = None
    if reference["scaled"] is not None and counted:
        value = decimal.Decimal(from_vectors.record_line(reference).split("|")[7])
    differ(name, "value", got["value"], value)


def compare(name, got, reference):
    link = reference["link"]
    differ(name, "link", [got["control"], got["address"], got["ci"]],
           [link["c"], link["a"], link["ci"]])
    header = got["header"] or dict.fromkeys(HEADER)
    header["signature"] = header["signature"] and header["signature"].lower()
    differ(name, "header", header,
           {ours: reference["header"].get(theirs) for ours, theirs in HEADER.items()})
    special = [record for record in reference["records"] if "special" in record]
    records = [record for record in reference["records"] if "special" not in record]
    differ(name, "manufacturer_data", got["manufacturer_data"],
           "".join(record["raw"] for record in special))
    differ(name, "more_records_follow", got["more_records_follow"],
           "more" in [record["special"] for record in special])
    differ(name, "records", len(got["records"]), len(records))
    for i, (ours, theirs) in enumerate(zip(got["records"], records)):
        compare_record(f"{name}, record {i + 1}", ours, theirs, link["ci"] == "76")


def check(folder, row):
    name = row["name"]
    code, lines = decode((folder / f"{name}.hex").read_text())
    if len(lines) != 1:
        wrong.append(f"{name}: {len(lines)} lines")
        return
    got = lines[0]
    if row["kind"] == "invalid":
        reason = from_vectors.ERRORS[row["reference"].removeprefix("error: ")]
        differ(name, "exit", code, 5)
        # What begins like no frame may be of any protocol.
        differ(name, "error", got["error"], "no_frame" if reason == "bad_start" else reason)
        return
    differ(name, "exit", code, 0)
    differ(name, "error", got["error"], None)
    differ(name, "frame", [got["protocol"], got["frame"], got["control"], got["ci"]],
           ["mbus", row["kind"], row["c_field"], row["ci"]])
    reference = folder / f"{name}.ref.json"
    if reference.exists():
        compare(name, got, json.loads(reference.read_text()))


def main():
    folder, rows = from_vectors.frames()
    for row in rows:
        check(folder, row)
    print("\n".join(wrong) or f"{len(rows)} frames")
    sys.exit(1 if wrong or len(rows) < 80 else 0)


if __name__ == "__main__":
    main()
