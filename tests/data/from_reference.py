#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds the fact tables of this folder, *_modbus.csv and *_mbus.csv, and the frames that write to
meters, inepro_*_writes.csv, against the tables they were made from.

usage: KWH_REFERENCE_MAPS=FOLDER from_reference.py [--write] NAME...

FOLDER has a table for each family, what the manuals say of each register, and names.csv, what it is
called here; each row of both must be in a table of this folder. The tests then hold the maps against
the tables of this folder, so that nothing else is needed.
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
COLUMNS = ("space", "address", "words", "name", "rank", "hidden", "access", "form", "unit", "type",
           "scale", "certainty", "obis", "function", "risk", "values", "profile")
LINK = ("device_address", "baud_rate", "parity", "parity_stop_bits")


def stem(name):
    return re.sub(r"_l[123]$", "", name)


def read(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


UNITS = {row["name"]: row["unit"] for row in read(HERE / "quantities.csv")}


def register_type(row, name, form):
    if form == "decimal" and row["type"].startswith("hex"):
        return row["type"].replace("hex", "bcd")  # the digits are a number
    if row["type"] == "bcd16x2":
        return "bcd32"
    if name == "power_down_counter":
        return "uint16"  # printed as signed, a count nevertheless
    return row["type"]


def line(row, known, **own):
    """A row of ours, out of one of the family's table, one of names.csv, and what is told apart."""
    name, form = known["name"], known["form"]
    fields = {
        "space": known["space"], "address": row["address_hex"], "words": row["words"],
        "name": name, "rank": known["rank"], "hidden": known["hidden"],
        "access": "w" if row.get("access") == "w" else "", "form": form,
        "unit": UNITS[name] if form == "decimal" else "",
        "type": register_type(row, name, form), "scale": row["scale_to_base"],
        "certainty": known["certainty"], "obis": known["obis"], "function": "", "risk": "",
        "values": "", "profile": ""}
    assert own.keys() <= fields.keys()
    assert row["word_order"] in ("ABCD", "AB", "-")
    return fields | own


# --- inepro --------------------------------------------------------------------------------------

# Words of the choices; the tables have phrases, and a code keeps its meaning within the family.
INEPRO_WORDS = {
    "parity": {1: "even", 2: "none", 3: "odd"},
    "combination_code": {
        1: "forward", 4: "reverse", 5: "forward_plus_reverse", 6: "reverse_minus_forward",
        9: "forward_minus_reverse", 10: "forward_minus_reverse_vector",
        11: "forward_minus_reverse_vector_pulse"},
    "current_direction": {ord("F"): "forward", ord("R"): "reverse"},
}
# What is numbered anew, or new, in the 2PU family.
INEPRO_2PU_VALUES = {
    "baud_rate": "300=1;600=2;1200=3;2400=4;4800=5;9600=6;19200=7;38400=8;57600=9;115200=10",
    "combination_code": "forward=1;reverse=2;forward_plus_reverse=3;forward_minus_reverse=4;"
                        "forward_minus_reverse_vector=5!irreversible",
    "ct_ratio": "10001..99999999",
    "pulse_width": "0.002..0.099",
    "pulse_output_mode": "active_and_reactive=1;forward_and_reverse=2",
    "data_type": "standard=1;integer=2!irreversible",  # nothing is read any more
    "screen_direction": "standard=0;turned=1",
    "obis_display": "off=0;on=1",
    "backlight_mode": "button=1;on=2;off=3",
    "tariff": "1;2;3!irreversible;4!irreversible",
}


def inepro_values(row, name):
    allowed = row["allowed_values"]
    words = INEPRO_WORDS.get(stem(name))
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


def inepro_risk(row, name):
    if name in LINK:
        return "link_change"
    if "limited" in row["irreversible"]:
        return "irreversible"
    return "counter_reset" if "data loss" in row["irreversible"] else ""


def inepro(file, tables, names):
    for row in tables[file]:
        known = names[file, "", "03", row["address_hex"]]
        name = known["name"]
        if name.startswith("reserved"):
            continue  # never a value
        renumbered = file == "inepro_2pu_modbus" and name in INEPRO_2PU_VALUES
        function = str(int(row["write_function"], 16)) if row["write_function"] else ""
        yield line(row, known, function=function, risk=inepro_risk(row, name),
                   values=INEPRO_2PU_VALUES[name] if renumbered else inepro_values(row, name),
                   profile="ct" if known["profile"] == "2PU CT" else "")


MODELS = {"PRO1-Mod": "inepro_pro1", "PRO380-Mod": "inepro_pro380", "2PU CT": "inepro_2pu"}
RESET_NAMES = {"inepro_2pu": "active_energy_combined_resettable"}


def written(row, family):
    """What a meter tells once it was written to."""
    value = re.sub(r" (Bd|imp/kWh|s \(default\)|s|not saved)$", "", row["value"])
    if row["quantity"] == "combination_code":
        code = int(value[2:])
        if family != "inepro_2pu":
            return INEPRO_WORDS["combination_code"][code]
        return INEPRO_2PU_VALUES["combination_code"].split(";")[code - 1].split("=")[0]
    if row["quantity"] == "resettable_active_energy":
        return "0.000"  # as the counter of a simulated meter is printed
    if value.endswith(" ms"):
        return f"{int(value[:-3]) / 1000:.3f}"
    if row["quantity"] == "tariff":
        return value[1:]
    return {"reset": "0", "turned 180 degrees": "turned"}.get(value, value.replace(" ", "_"))


def modbus_frames(tables):
    yield "map,name,value,request,reply"
    for row in tables["inepro_writes"]:
        for model, family in MODELS.items():
            if row["protocol"] != "modbus-rtu" or model not in row["models"].split(";"):
                continue
            name = {"resettable_active_energy":
                    RESET_NAMES.get(family, "active_energy_import_resettable"),
                    "data_type_setting": "data_type"}.get(row["quantity"], row["quantity"])
            yield ",".join((family, name, written(row, family), row["request_hex"],
                            row["reply_hex"]))


# --- Eastron -------------------------------------------------------------------------------------

# What may be written by function 16 once the meter is unlocked, and the risk of it.
EASTRON_ITEMS = {
    "network_type": ("1p2w=1;3p4w=3", ""),
    "pulse_width": ("0.060;0.100;0.200", ""),
    "action_unlock_settings": ("0..9999", ""),
    "parity_stop_bits": ("none_1=0;even_1=1;odd_1=2;none_2=3", "link_change"),
    "device_address": ("1..247", "link_change"),
    "pulse_rate": ("1000=0;100=1;10=2;1=3", ""),
    "password": ("0..9999", "irreversible"),
    "baud_rate": ("2400=0;4800=1;9600=2;19200=3;1200=5", "link_change"),
    "display_cycle_time": ("0..60", ""),
    "backlight_time": ("0..7260", ""),
    "pulse_output_mode": ("import=1;gross=2;export=4", ""),
    "action_reset_counters": ("demand=0;resettable_energy=3", "counter_reset"),
}
# Rows that some units do not have: each is asked for before.
EASTRON_PROBES = {"0x0182": "reactive_resettable", "0x0188": "reactive_directions",
                  "0x018A": "reactive_directions", "0x018E": "reactive_net"}


def sdm72d_m2(tables, names):
    file = "eastron_sdm72d_m2_modbus"
    for row in tables[file]:
        space = "04" if row["function"] == "04" else "03"
        known = names[file, "", space, row["address_hex"]]
        values, risk = EASTRON_ITEMS.get(known["name"], ("", ""))
        own = {"function": "16" if values else "", "values": values, "risk": risk}
        if space == "04":
            own["profile"] = EASTRON_PROBES.get(row["address_hex"], "")
        if known["name"] == "software_version":
            own["scale"] = "0.01"  # high byte . low byte, two digits each
        yield line(row, known, **own)


# What is said of a relative besides its input registers: address, words, name, hidden, access, type,
# scale, values, risk.
METER_CODE = ("0xFC02", "1", "meter_code", "", "", "hex16", "1", "", "")
EASTRON_HOLDING = {
    "sdm630": [METER_CODE], "sdm54": [], "sdm230": [METER_CODE], "sdm220": [],
    "sdm120": [METER_CODE],
    "sdm72d_m_gen1": [
        ("0x0012", "2", "parity_stop_bits", "", "", "float32", "1", "", "link_change"),
        ("0x0014", "2", "device_address", "", "", "float32", "1", "", "link_change"),
        ("0x0018", "2", "password", "yes", "", "float32", "1", "", "irreversible"),
        ("0x001C", "2", "baud_rate", "", "", "float32", "1", "", "link_change"),
        ("0x003A", "2", "display_cycle_time", "", "", "float32", "1", "0..30", ""),
        ("0x003C", "2", "backlight_time", "", "", "float32", "60", "0..7200", ""),
        ("0xF010", "1", "action_reset_counters", "", "w", "hex16", "1", "resettable_energy=3",
         "counter_reset"),
        METER_CODE],
}
FORMS = {row["name"]: row["form"] for row in read(HERE / "quantities.csv")}


def relative(column, tables, names):
    """A column of the table of the family."""
    for row in tables["eastron_family_input_registers"]:
        if row[column]:
            known = names["eastron_family_input_registers", column, "04", row["address_hex"]]
            yield line(row, known, profile=EASTRON_PROBES.get(row["address_hex"], "")
                       if known["profile"] == "probe" else "")
    for address, words, name, hidden, access, kind, scale, values, risk in EASTRON_HOLDING[column]:
        values = values or EASTRON_ITEMS.get(name, ("", ""))[0]
        yield {"space": "03", "address": address, "words": words, "name": name, "rank": "0",
               "hidden": hidden, "access": access, "form": FORMS[name],
               "unit": UNITS[name] if FORMS[name] == "decimal" else "", "type": kind,
               "scale": scale, "certainty": "public", "obis": "",
               "function": "16" if values else "", "risk": risk, "values": values, "profile": ""}


# --- Socomec -------------------------------------------------------------------------------------

COUNTIS_TYPES = {"string16": "text16", "ascii": "text", "datetime32": "time32",
                 "datetime48": "hex48"}
# Function, values and risk; settings of v103 are locked, and the clock is written as six at once.
COUNTIS_ITEMS = {
    "product_family": ("", "countis=100;protection=200;atys=300;diris=400", ""),
    "com_board_id": ("", "e3x_e4x=1;e63=2", ""),
    "factory_mode": ("", "off=0;on=1", ""),
    "mid_status": ("", "non_mid=0;mid=1", ""),
    "phase_sequence": ("", "123=0;132=1;unknown=3", ""),
    "network_type": ("6", "1bl=0;2bl=1;3bl=2;3nbl=3;4bl=4;4nbl=5", ""),
    "ct_secondary": ("6", "1;5", ""),
    "ct_primary": ("6", "1..12000", ""),
    "demand_period": ("6", "60;300;480;600;900;1200;1800;3600", ""),
    "baud_rate": ("", "1200=0;2400=1;4800=2;9600=3;19200=4;38400=5;57600=6;115200=7", ""),
    "stop_bits": ("", "1=0;2=1", ""),
    "parity": ("", "none=0;odd=1;even=2", ""),
    "load_curve_unit": ("", "w=0;1;var=2;3;va=4;none=5;j=6;pulse=7;m3=8;nm3=9;kw=20;kvar=22;"
                        "kva=24;kj=26;kpulse=27", ""),
    "load_curve_incomplete": ("", "full=0;incomplete=1", ""),
    "action_set_tariff": ("6", "1..4", ""),
    "action_control_system": ("6", "save=161;restart=178!link_change", ""),
    "action_reset_all_partial_energies": ("6", "all=32", "counter_reset"),
    "action_reset_selected_partial_energies": ("6", "1..31", "counter_reset"),
    "action_reset_energies": ("6", "1..511", "counter_reset"),
    "action_reset_tariffs": ("6", "1..65535", "counter_reset"),
    "action_step_load_curve": ("16", "rewind=1;next=65534", ""),
}


def countis_profile(row):
    """What is told apart: the scale of the frequency, and two layouts of the settings."""
    if row["address_hex"] == "0xC55E":
        return {"v200": "hz_100", "v103": "hz_1000"}[row["profile"]]
    if "0xE000" <= row["address_hex"] <= "0xE00B":
        return {"v200": "v200_settings", "v103": "v103_serial"}[row["profile"]]
    return "" if row["profile"] == "all" else row["profile"]


def countis(tables, names):
    file = "socomec_countis_e4x_modbus"
    known_of = {(row["address"], row["profile"]): row
                for row in tables["names"] if row["file"] == file}
    pairs = {(row["folds_into"], row["profile"]) for row in known_of.values()}
    for row in tables[file]:
        key = row["address_hex"], row["profile"]
        known = known_of[key]
        if known["folds_into"]:
            continue  # part of the value before it
        function, values, risk = COUNTIS_ITEMS.get(known["name"], ("", "", ""))
        own = {"function": function, "values": values, "risk": risk,
               "profile": countis_profile(row),
               "type": COUNTIS_TYPES.get(row["type"], row["type"])}
        if key in pairs:
            assert row["type"] == "uint32" and row["scale_to_base"] == "1000"
            signed = known["name"].endswith("_balance")
            own |= {"words": "3", "type": "int32_rest" if signed else "uint32_rest",
                    "scale": "0.1"}
        if known["name"] in ("table_version", "software_version"):
            own["scale"] = "0.01"  # 101 means 1.01
        yield line(row, known, **own)


TABLES = {
    "inepro_pro1_modbus": lambda *of: inepro("inepro_pro1_modbus", *of),
    "inepro_2pu_modbus": lambda *of: inepro("inepro_2pu_modbus", *of),
    "socomec_countis_e4x_modbus": countis,
    "inepro_pro380_modbus": lambda *of: inepro("inepro_pro380_modbus", *of),
    "eastron_sdm72d_m2_modbus": sdm72d_m2,
    "eastron_sdm72d_m_modbus": lambda *of: relative("sdm72d_m_gen1", *of),
    "eastron_sdm630_modbus": lambda *of: relative("sdm630", *of),
    "eastron_sdm54_modbus": lambda *of: relative("sdm54", *of),
    "eastron_sdm230_modbus": lambda *of: relative("sdm230", *of),
    "eastron_sdm220_modbus": lambda *of: relative("sdm220", *of),
    "eastron_sdm120_modbus": lambda *of: relative("sdm120", *of),
}


def registers(tables, names, file):
    yield ",".join(COLUMNS)
    for row in TABLES[file](tables, names):
        yield ",".join(row[column] for column in COLUMNS)


# --- names ---------------------------------------------------------------------------------------

RELATIVES = {"sdm72d_m_gen1": "sdm72d_m", "sdm72d_m_2": "sdm72d_m2"}


def place(row):
    """Our table of a row of names.csv, and where in it the row must be; None where there is none."""
    if row["name"].startswith("reserved") or row["folds_into"] or row["address"].startswith("H"):
        return None  # no value, a part of another, the header of every telegram
    if row["file"].endswith("_mbus"):
        return row["file"], (row["address"], row["occurrence"], row["name"])
    file = row["file"]
    if file == "eastron_family_input_registers":
        file = f"eastron_{RELATIVES.get(row['meter'], row['meter'])}_modbus"
    return file, (row["space"], row["address"], row["name"])


def without_row(names):
    """Rows of names.csv that none of our tables has."""
    ours = {}
    for row in names:
        if not (at := place(row)):
            continue
        if at[0] not in ours:
            columns = ("header", "occurrence", "name") if at[0].endswith("_mbus") \
                else ("space", "address", "name")
            ours[at[0]] = {tuple(row[column] for column in columns)
                           for row in read(HERE / f"{at[0]}.csv")}
        if at[1] not in ours[at[0]]:
            yield f"names.csv: {at[0]} has no row {at[1]}"


def main():
    write = "--write" in sys.argv
    if "KWH_REFERENCE_MAPS" not in os.environ:
        print("SKIP: no KWH_REFERENCE_MAPS")
        return 77
    folder = pathlib.Path(os.environ["KWH_REFERENCE_MAPS"])
    tables = {path.stem: read(path) for path in folder.glob("*.csv")}
    names = {(row["file"], row["meter"], row["space"], row["address"]): row
             for row in tables["names"]}
    different = False
    for file in (name for name in sys.argv[1:] if name != "--write"):
        ours = HERE / f"{file}.csv"
        lines = (mbus_reference.frames(folder) if file == "inepro_mbus_writes"
                 else modbus_frames(tables) if file == "inepro_modbus_writes"
                 else mbus_reference.records(folder, file) if file.endswith("_mbus")
                 else registers(tables, names, file))
        made = "\n".join(lines) + "\n"
        if write:
            ours.write_text(made, encoding="utf-8")
        for text in difflib.unified_diff(ours.read_text(encoding="utf-8").splitlines(),
                                         made.splitlines(), str(ours), "reference", lineterm=""):
            print(text)
            different = True
    for text in without_row(tables["names"]):
        print(text)
        different = True
    return 1 if different else 0


sys.exit(main())
