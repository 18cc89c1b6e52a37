#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Lists this folder: the names of the map files, or with arguments the list of all maps as C.

usage: list.py                  the files, one a line
       list.py FILE...          kwh_maps[] of the maps that these files define
"""
import pathlib
import re
import sys

DEFINITION = re.compile(r"^(?:KWH_API )?const struct (kwh_map|kwh_map_notes) (kwh_\w+) =", re.M)


def c_table(files):
    found = {"kwh_map": [], "kwh_map_notes": []}
    for file in files:
        for kind, name in DEFINITION.findall(pathlib.Path(file).read_text(encoding="utf-8")):
            found[kind].append(name)
    notes = {re.sub(r"_notes$", "", name): name for name in found["kwh_map_notes"]}

    yield "/* Generated from the content of maps/: do not edit. */"
    yield "#include <kwh/map.h>"
    for kind, names in found.items():
        for name in sorted(names):
            yield f"extern const struct {kind} {name};"
    yield "const struct kwh_map_entry kwh_maps[] = {"
    for name in sorted(found["kwh_map"]):
        note = notes.get(name) or notes.get(re.sub(r"_(modbus|mbus)$", "", name))
        yield f"    {{&{name}, {'&' + note if note else 'NULL'}}},"
    yield "};"
    yield "const size_t kwh_maps_count = KWH_COUNT(kwh_maps);"


def main():
    if sys.argv[1:]:
        print("\n".join(c_table(sys.argv[1:])))
    else:
        for path in sorted(pathlib.Path(__file__).parent.glob("*.c")):
            print(path.name)


main()
