#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Lists this folder: its map files, and as C what they define.

usage: list.py                   the files, one a line
       list.py --header          declarations of all maps, kwh/maps.h
       list.py --list FILE...    kwh_maps[] of the maps that these files define
       list.py --proofs FILE...  their proof images, in the same order
"""
import pathlib
import re
import sys

MAP = re.compile(r"^(?:KWH_API )?(?:KWH_CONST|const) struct kwh_map kwh_map_(\w+) =", re.M)
NOTES = re.compile(r"^(?:KWH_API )?const struct kwh_map_notes kwh_notes_(\w+) =", re.M)
PROOF = re.compile(r"^(?:KWH_API )?const struct kwh_map_proof kwh_proof_(\w+) =", re.M)
TITLE = "/* Generated from the content of maps/: do not edit. */"


def files():
    return sorted(pathlib.Path(__file__).parent.glob("*.c"))


def order(name):
    """By family, FAMILY_modbus first."""
    family, _, protocol = name.rpartition("_")
    return family, protocol != "modbus", protocol


def found(pattern, paths):
    return sorted((name for path in paths
                   for name in pattern.findall(pathlib.Path(path).read_text(encoding="utf-8"))),
                  key=order)


def header():
    yield "/* SPDX-License-Identifier: MIT */"
    yield "/**\n * @file maps.h\n * Every map of this build. Generated from the content of maps/.\n */"
    yield "#ifndef KWH_MAPS_H\n#define KWH_MAPS_H\n\n#include <kwh/map.h>\n"
    yield '#ifdef __cplusplus\nextern "C" {\n#endif\n'
    for name in found(MAP, files()):
        yield f"KWH_MAP_DECLARE({name});"
    yield "\n#ifdef __cplusplus\n}\n#endif\n\n#endif"


def table(paths):
    names, notes = found(MAP, paths), found(NOTES, paths)
    yield f"{TITLE}\n#include <kwh/map.h>\n"
    for name in names:
        yield f"KWH_MAP_DECLARE({name});"
    for name in notes:
        yield f"KWH_NOTES_DECLARE({name});"
    yield "\n#if KWH_MAP_NOTES\n#define NOTES(name) &kwh_notes_##name"
    yield "#else\n#define NOTES(name) NULL\n#endif"
    yield "\nconst struct kwh_map_entry kwh_maps[] = {"
    for name in names:
        yield f"    {{&kwh_map_{name}, {f'NOTES({name})' if name in notes else 'NULL'}}},"
    yield "};\nconst size_t kwh_maps_count = KWH_COUNT(kwh_maps);"


def proofs(paths):
    names, proven = found(MAP, paths), found(PROOF, paths)
    yield f'{TITLE}\n#include "map_proofs.h"\n'
    for name in proven:
        yield f"KWH_PROOF_DECLARE({name});"
    yield "\nconst struct kwh_map_proof *const map_proofs[] = {"
    for name in names:
        yield f"    {f'&kwh_proof_{name}' if name in proven else 'NULL'},"
    yield "};"


def main():
    match sys.argv[1:]:
        case []:
            print("\n".join(path.name for path in files()))
        case ["--header"]:
            print("\n".join(header()))
        case ["--list", *paths]:
            print("\n".join(table(paths)))
        case ["--proofs", *paths]:
            print("\n".join(proofs(paths)))
        case _:
            sys.exit(__doc__)


main()
