#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Arrows only point down: checks every #include of the tree against the floors of the house.

Also keeps out of the core what it promises not to have: floating point, the heap, input and
output, and any system header but four freestanding ones and string.h.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()

# A folder and the highest other floor that it may include.
FLOOR = {
    "lib/base": 0,
    "lib/line": 1, "lib/energy": 1,  # both on the base alone
    "lib/modbus": 2, "lib/mbus": 2, "lib/optical": 2,
    "lib/map": 3,
    "maps": 4,
    "lib/meter": 5,
    "lib/port": 6,
    "lib/host": 7,  # a simulated meter uses the port in memory
}
PROGRAMS = ("tools", "examples", "bench", "fuzz")

# A public header lives on the floor of the source file or folder of its name, else as said here.
HEADER_FOLDER = {
    "config": "lib/base",
    "constant": "lib/base",
    "quantity_names": "lib/base",
    "maps": "maps",
    "line_settings": "lib/line",
    "mbus_server": "lib/meter",
    "mbus_meter": "lib/meter",
    "map_record": "lib/map",
    "reading": "lib/map",
    "status": "lib/base",
    "plan": "lib/map",
    "responder": "lib/line",
    "server": "lib/meter",
    "port_uart": "lib/port",
}
FREESTANDING = {"limits.h", "stdbool.h", "stddef.h", "stdint.h", "string.h"}
FORBIDDEN = re.compile(
    r"\b(float|double|malloc|calloc|realloc|free|alloca|v?s?n?f?printf|fopen|fputs|puts|errno)\b")
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)
# Comments and literals, strings first so that a // in a string is no comment.
NOISE = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|//[^\n]*|/\*.*?\*/', re.S)

complaints = []


def complain(path, text, offset, what):
    line = text.count("\n", 0, offset) + 1
    complaints.append(f"{path.relative_to(ROOT)}:{line}: {what}")


def header_folder(name):
    """The folder that public header kwh/NAME.h belongs to, or None."""
    stem = pathlib.PurePath(name).stem
    found = sorted(ROOT.glob(f"lib/*/{stem}.c")) + sorted(ROOT.glob(f"lib/{stem}/"))
    if not found:
        return HEADER_FOLDER.get(stem)
    return "lib/" + found[0].relative_to(ROOT / "lib").parts[0]


def folder_of(path):
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[:2]) if parts[0] == "lib" else parts[0]


def check_include(path, folder, quote, name):
    """What is wrong with this #include in a file of this folder, or None."""
    if name.startswith("kwh/"):
        target = header_folder(name)
        if target is None:
            return f"whose floor is <{name}>? Add it to HEADER_FOLDER in tests/build/layers.py"
    elif name == "kwh.h":
        return None if folder in PROGRAMS + ("lib/host",) else "<kwh.h> is for programs: include what is needed"
    elif quote == "<":
        core = folder not in PROGRAMS and folder != "lib/host"
        return f"<{name}> is not freestanding" if core and name not in FREESTANDING else None
    else:
        target_path = (path.parent / name).resolve()
        if not target_path.exists():
            return f'"{name}" is not found from here (lib/ builds with -Iinclude alone)'
        target = folder_of(target_path)
        if folder in PROGRAMS and target not in PROGRAMS:
            return f'"{name}" is internal: programs include public headers only'
    if folder in PROGRAMS or target == folder:
        return None
    if folder == "maps":
        return None if name == "kwh/map.h" else f"<{name}>: a map includes <kwh/map.h> only"
    if folder not in FLOOR:
        return f"folder {folder} is on no floor: add it to FLOOR in tests/build/layers.py"
    if FLOOR[target] >= FLOOR[folder]:
        return f"{folder} (floor {FLOOR[folder]}) must not include {target} (floor {FLOOR[target]})"
    return None


def check(path, folder):
    text = path.read_text(encoding="utf-8")
    if "SPDX-License-Identifier: MIT" not in text.split("\n", 1)[0]:
        complaints.append(f"{path.relative_to(ROOT)}:1: the first line is not the SPDX line")
    for match in INCLUDE.finditer(text):
        wrong = check_include(path, folder, *match.groups())
        if wrong:
            complain(path, text, match.start(), wrong)
    if folder in FLOOR and folder != "lib/host":
        code = NOISE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
        for match in FORBIDDEN.finditer(code):
            complain(path, text, match.start(), f"'{match.group()}' has no place in the core")


def main():
    count = 0
    for path in sorted(ROOT.glob("include/kwh/*.h")):
        folder = header_folder(path.name)
        if folder is None:
            complaints.append(f"{path.relative_to(ROOT)}: whose floor? Add it to HEADER_FOLDER")
            continue
        check(path, folder)
        count += 1
    for top in ("lib", "maps") + PROGRAMS:
        for path in sorted((ROOT / top).rglob("*.[ch]")):
            check(path, folder_of(path))
            count += 1
    print("\n".join(complaints) if complaints else f"{count} files, every arrow points down")
    return 1 if complaints or count == 0 else 0


sys.exit(main())
