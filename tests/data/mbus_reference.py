# SPDX-License-Identifier: MIT
"""The M-Bus tables of this folder out of the tables of facts; used by from_reference.py."""
import csv
import re

RECORDS = ("number,header,occurrence,telegram,name,access,form,unit,type,scale,certainty,obis,"
           "function,risk,values")
FRAMES = "id,map,name,value,risk,frame"

# Data fields of a DIF as the fact tables call them.
TYPES = {1: "int8", 2: "int16", 3: "int24", 4: "int32", 9: "bcd2", 10: "bcd4", 11: "bcd6",
         12: "bcd8"}
FORMS = {"serial_number": "digits", "baud_rate": "choice", "combination_code": "choice",
         "pulse_rate": "choice"}
UNITS = {"active_energy_import_resettable": "Wh", "active_energy_combined_resettable": "Wh"}
LINK = ("device_address", "serial_number", "baud_rate")
FAMILIES = {"PRO1": "inepro_pro1", "2PU": "inepro_2pu", "PRO380": "inepro_pro380"}
# Codes are numbered anew in the 2PU; a trip counter counts what its family says.
CODES = {
    "inepro_pro1": {1: "forward", 4: "reverse", 5: "forward_plus_reverse",
                    6: "reverse_minus_forward", 9: "forward_minus_reverse",
                    10: "forward_minus_reverse_vector"},
    "inepro_2pu": {1: "forward", 2: "reverse", 3: "forward_plus_reverse",
                   4: "forward_minus_reverse", 5: "forward_minus_reverse_vector"},
}
NAMES = {
    "inepro_pro1": {"resettable_active_energy": "active_energy_import_resettable"},
    "inepro_2pu": {"resettable_active_energy": "active_energy_combined_resettable"},
    "inepro_pro380": {},
}


def read(path):
    return csv.DictReader(path.open(encoding="utf-8"))


def writes(folder, family):
    """What can be written to a family: (row, name, value) of each frame but the misprinted one."""
    for row in read(folder / "inepro_writes.csv"):
        model, _, number = row["id"].partition("-")
        if row["protocol"] != "m-bus" or FAMILIES[model] != family:
            continue
        if number == "B08":
            continue  # by the byte order of all other records these bytes are another number
        name = re.sub(r" \(.*", "", row["quantity"])
        name = NAMES[family].get(name, name)
        yield row, name, value(row, name, family)


def value(row, name, family):
    text = row["value"]
    if name == "combination_code":
        return CODES[family][int(text[2:])]
    if text == "reset":
        return "0"
    return re.sub(r"^T(?=\d)| Bd$| imp/kWh$", "", text)


def risk(row, name):
    if name in LINK:
        return "link_change"
    if "data loss" in row["irreversible"]:
        return "counter_reset"
    return "irreversible" if row["irreversible"].startswith("yes") else ""


def settings(folder, family):
    """Header, name, function, risk, values, certainty and scale of each setting."""
    found = {}
    for row, name, text in writes(folder, family):
        if row["command"] in ("set baud rate", "SND_UD"):
            found.setdefault(name, []).append((row, text))
    for name, frames in found.items():
        first = frames[0][0]
        of_item = {risk(row, name) for row, _ in frames}
        common = of_item.pop() if len(of_item) == 1 else ""
        yield {
            "header": first["target"] if first["command"] == "SND_UD" else "",
            "name": name,
            "function": "81" if first["command"] == "SND_UD" else "184",
            "risk": common,
            "values": values(name, frames, family, common),
            "certainty": "manual" if first["certainty"] == "high" else "inferred",
            "scale": "0.01" if "in 0.01" in first["value_encoding"] else "1",
        }


def values(name, frames, family, common):
    if name == "device_address":
        return "0.." + max(re.findall(r"0-(\d+)", frames[0][0]["note"]), key=int)
    if name == "serial_number":
        return "0.." + "9" * 8
    if frames[0][1] == "0":
        return "0..0"
    codes = {word: code for code, word in CODES.get(family, {}).items()}
    entries = []
    for row, text in frames:
        own = risk(row, name)
        mark = f"!{own}" if own != common else ""
        if name == "combination_code":
            entries.append((codes[text], f"{text}={codes[text]}{mark}"))
        else:
            entries.append((float(text), f"{text}{mark}"))
    entries.sort(reverse=name == "pulse_rate")
    return ";".join(entry for _, entry in entries)


def records(folder, file):
    family = file.removesuffix("_mbus")
    names = {row["address"]: row for row in read(folder / "names.csv") if row["file"] == file}
    written = {setting["header"]: setting for setting in settings(folder, family)}
    yield RECORDS
    number = 0
    for row in read(folder / f"{file}.csv"):
        if row["record"].startswith("H"):
            continue  # the header of the telegram, in every meter
        number += 1
        header = " ".join(filter(None, (row[key] for key in ("dif", "dife", "vif", "vife"))))
        known = names[header]
        assert row["record"] in ("?", str(number)) and known["rank"] == "0" and not known["hidden"]
        own = written.get(header) if written.get(header, {}).get("name") == known["name"] else None
        if own:
            del written[header]
        unit = row["base_unit"] if row["base_unit"] != "-" else "1"
        yield ",".join((
            str(number), header, known["occurrence"],
            "B4" if known["profile"] == "telegram_b4" else "", known["name"],
            "rw" if own else "r", known["form"], unit if known["form"] == "decimal" else "",
            row["data_type"], row["scale_to_base"], known["certainty"], known["obis"],
            own["function"] if own else "", own["risk"] if own else "",
            own["values"] if own else ""))
    for setting in written.values():
        number += 1
        name, header = setting["name"], setting["header"]
        form = FORMS.get(name, "decimal")
        yield ",".join((
            str(number), header, "1", "", name, "w", form,
            UNITS.get(name, "1") if form == "decimal" else "",
            TYPES[int(header[:2], 16) & 15] if header else "",
            {"Wh": "10"}.get(UNITS.get(name), setting["scale"]) if header else "0",
            setting["certainty"], "", setting["function"], setting["risk"], setting["values"]))


def frames(folder):
    yield FRAMES
    for family in FAMILIES.values():
        for row, name, text in writes(folder, family):
            if row["command"] == "SND_NKE":
                name, text = "link_reset", row["target"].split()[1]
            elif row["command"] == "select secondary":
                name = "selection"
                version = re.search(r"version (\d+)", text)
                text = text[:8] + "CD25" + (f"{int(version[1]):02X}" if version else "FF") + "02"
            elif row["command"] == "select telegram":
                text = row["target"].removeprefix("CI ")
            own = risk(row, name) if row["command"] in ("set baud rate", "SND_UD") else ""
            yield ",".join((row["id"], family, name, text, own, row["request_hex"]))
