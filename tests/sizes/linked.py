#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What firmware gets: only what it uses, nothing but four functions of string.h and the compiler's
own integer arithmetic, no data that changes, no recursion, no table in the RAM of an AVR. Prints
the deepest calls."""
import pathlib
import re
import sys
import tempfile

from calls import Graph, declared
from firmware import Build, available, run

HELPERS = re.compile(r"mem(cpy|move|set|cmp)"
                     r"|__aeabi_(u?[il]div(mod)?|l(mul|lsl|lsr|asr)|u?lcmp)|__gnu_thumb1_case_\w+"
                     r"|__[a-z]+[qhsd]i[234](_s8)?|__tablejump2__|__do_(copy_data|clear_bss)")

failed = False


def expect(good, message):
    """Notes a failure."""
    global failed
    if not good:
        print(message, file=sys.stderr)
        failed = True


def defined(build, objects):
    """Global names that objects define."""
    lines = run([build.target.prefix + "nm", "-g", "--defined-only", *objects]).splitlines()
    return {line.split()[2] for line in lines if len(line.split()) == 3}


def of_folder(build, pattern):
    """Global names of the objects of matching sources."""
    return defined(build, [path for path in build.objects if re.match(pattern, path.name)])


def check_core(build):
    """All objects of the core."""
    lines = run([build.target.prefix + "nm", *build.objects]).splitlines()
    symbols = [line.split()[-2:] for line in lines if len(line.split()) > 1]
    present = {name for letter, name in symbols if letter != "U"}
    missing = {name for letter, name in symbols if letter == "U"} - present
    missing = {name for name in missing if not HELPERS.fullmatch(name)}
    expect(not missing, f"the core calls {' '.join(sorted(missing))}")
    state = [name for letter, name in symbols if letter in "bBdDcCgGsS"]
    expect(not state, f"the core has data that changes: {' '.join(state)}")


def check_tables(build):
    """Where constants are copied to RAM at start, there are none: they stay in program memory."""
    if build.target.name != "atmega328p":
        return
    for item in build.objects:
        for line in run([build.target.prefix + "size", "-A", item]).splitlines():
            section = re.match(r"(\.(?:rodata|data|bss)\S*)\s+([1-9]\d*)\s", line)
            if section:
                expect(False, f"{item.name}: {section[1]} takes {section[2]} bytes of RAM on an "
                              "AVR, see kwh/constant.h")


def check_links(build):
    """Who names one thing gets that alone."""
    maps = {name for name in of_folder(build, "maps_") if name.startswith("kwh_map_")}
    pro380 = maps & defined(build, [build.program("pro380_meter")])
    expect(pro380 == {"kwh_map_inepro_pro380_modbus"}, f"one map was named, linked: {pro380}")
    for program, foreign in FOREIGN.items():
        linked = defined(build, [build.program(program)]) & of_folder(build, foreign)
        expect(not linked, f"{program} has {' '.join(sorted(linked))}")


# All of a line but what exchanges by themselves need.
NO_LINE = r"lib_line_(?!exchange|shift|statistics)"

# What the program of each protocol must not contain.
FOREIGN = {
    "rtu_exchange": NO_LINE + r"|lib_(mbus|map|meter|port|energy)_|lib_line_(statistics|exchange_echo)"
                    r"|lib_modbus_(tcp|.*server)|maps_",
    "rtu_client": r"lib_(mbus|map|meter|port|energy)_|lib_line_responder|lib_modbus_(tcp|.*server)"
                  r"|maps_",
    "rtu_server": r"lib_(mbus|map|meter|port|energy)_|lib_line_line|lib_modbus_(tcp|rtu\.)|maps_",
    "pro380_exchange": NO_LINE
                       + r"|lib_(mbus|meter|port|energy)_|lib_modbus_(tcp|.*server)|maps_",
    "pro380": r"lib_(mbus|meter|port|energy)_|lib_map_(plan|mbus|record|map_record)"
              r"|lib_modbus_(tcp|.*server)|lib_base_(quantity_text|error_text|decimal_text)|maps_",
    "mbus_exchange": NO_LINE + r"|lib_(modbus|map|meter|port|energy)_|lib_mbus_(slave|search)|maps_"
                     r"|lib_mbus_record_encode",
    "mbus_master_plain": r"lib_(modbus|map|meter|port|energy)_|lib_mbus_(slave|search)|maps_"
                         r"|lib_mbus_record_encode",
    "pulses": r"lib_(line|modbus|mbus|map|meter|port)_|maps_",
}


def check_calls(build):
    """No recursion, every function pointer known, every frame of fixed size."""
    graph = Graph(build)
    cycle = graph.cycle()
    expect(cycle is None, f"recursion: {cycle}")
    for line in sorted(graph.undeclared):
        expect(False, f"{line}, see tests/sizes/indirect_calls.txt")
    for file, member in sorted(graph.unused):
        expect(False, f"{file} does not call {member}: tests/sizes/indirect_calls.txt")
    listed = {name for names in declared().values() for name in names}
    for name in sorted(listed - set(graph.frames)):
        expect(False, f"there is no {name}: tests/sizes/indirect_calls.txt")
    # Elsewhere jumps within a function have tables of addresses, too.
    for name in sorted(graph.pointed_at() - listed) if build.target.name == "cortex-m0plus" else ():
        expect(False, f"what calls {name} through a pointer? tests/sizes/indirect_calls.txt")
    known = {}
    public = {name for name in graph.frames if ":" not in name and name.startswith("kwh_")}
    deepest = max(graph.deepest(name, lambda function: True, known) for name in public)
    print(f"{build.target.title}: the deepest calls of all take {deepest[0]} bytes of stack:")
    print("\n".join(f"  {graph.frames.get(name, 0):>4}  {name}" for name in deepest[1]))


def main():
    targets = available()
    if not targets:
        print("SKIP: no compiler for a microcontroller")
        return 77
    for target in targets:
        with tempfile.TemporaryDirectory() as folder:
            build = Build(target, pathlib.Path(folder))
            check_core(build)
            check_tables(build)
            check_links(build)
            if build.calls:
                check_calls(build)
    return 1 if failed else 0


sys.exit(main())
