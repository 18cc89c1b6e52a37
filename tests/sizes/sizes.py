#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How much code, constants, RAM and stack each part of the core takes, for each microcontroller.

Every program of this folder is linked like a firmware, and an empty one that has the same driver,
memcpy and memset is taken off. Stack is the deepest path below the program, in the frames that the
compiler gives, as in comparisons of others; indirect_calls.txt says where function pointers lead.

usage: sizes.py [-o table|json] [--check] [--update]

--check fails where code and constants, RAM or stack grew by more than 2 % over baseline.json;
--update writes that file and the table in README.md, to be committed with the change that made it
necessary.
"""
import argparse
import json
import pathlib
import re
import sys
import tempfile

from calls import Graph
from firmware import HERE, ROOT, TARGETS, Build, available

README = ROOT / "README.md"
BASELINE = HERE / "baseline.json"
GROWTH = 2  # percent
NEGLIGIBLE = 8  # bytes: an instruction or two

PROGRAMS = {
    "rtu_exchange": "Modbus RTU: 03, 04, 06, 16",
    "rtu_exchange_full": "... on an echoing port, statistics, trace",
    "rtu_client": "Modbus RTU on a line",
    "rtu_client_full": "... which learns echoes, statistics, trace",
    "rtu_server": "Modbus RTU: answering",
    "pro380_exchange": "PRO380: all values",
    "pro380": "PRO380: all values, on a line",
    "pro380_meter": "PRO380: a meter, plans made on the way",
    "mbus_exchange": "M-Bus: link and all records",
    "mbus_master_plain": "M-Bus: link and all records, on a line",
    "mbus_master": "... and their names",
    "pulses": "Pulses: energy and power",
}


def stack_of(build, graph, image, program):
    """The deepest path of the library below the program, and its chain."""
    names = build.functions(image)

    def present(function):
        return function.split("/")[-1] in names

    own = graph.called_by(f"tests/sizes/{program}.c")
    below = [graph.deepest(name, present) for name in own if name in graph.frames]
    return max(below)


def measure(target, folder):
    """What each program takes: {program: {code, constants, ram, stack}}, and the contexts."""
    build = Build(target, folder)
    empty = build.sections(build.program("empty"))
    graph = Graph(build)
    programs = {}
    for program in PROGRAMS:
        image = build.program(program)
        sizes = build.sections(image)
        programs[program] = {what: sizes[what] - empty[what] for what in sizes}
        depth, chain = stack_of(build, graph, image, program)
        programs[program].update(stack=depth, deepest=chain)
    contexts = {name: size for name, size, _ in build.symbols(build.compile(
        "tests/sizes/contexts.c"))}
    return {"compiler": f"{target.prefix}gcc {target.version}", "programs": programs,
            "contexts": contexts}


def table(results):
    """Prints it for people."""
    for target in TARGETS:
        if target.name not in results:
            continue
        result = results[target.name]
        title = f"{target.title}, {result['compiler']}"
        print(f"\n{title:44}  code  constants    RAM  stack  bytes")
        for program, title in PROGRAMS.items():
            sizes = result["programs"][program]
            print(f"  {title:42}{sizes['code']:>6}  {sizes['constants']:>9}  {sizes['ram']:>5}  "
                  f"{sizes['stack']:>5}")
        print("  structures that a program defines, each as often as it needs them:")
        width = max(map(len, result["contexts"]))
        contexts = [f"{name:{width}} {size:>4}" for name, size in result["contexts"].items()]
        for first in range(0, len(contexts), 3):
            print("    " + "    ".join(contexts[first:first + 3]))


def numbers(result):
    """What is compared: {name: bytes}."""
    found = {f"struct {name}": size for name, size in result["contexts"].items()}
    for program, sizes in result["programs"].items():
        found[f"{program}, flash"] = sizes["code"] + sizes["constants"]
        found.update({f"{program}, {what}": sizes[what] for what in ("ram", "stack")})
    return found


def grown(results, baseline):
    """Lines that say what has grown."""
    lines = []
    for name, result in results.items():
        before = baseline.get(name, {})
        now = numbers(result)
        lines += [f"{name}: {what} is not in the baseline" for what in now if what not in before]
        for what, size in before.items():
            limit = max(size + size * GROWTH // 100, size + NEGLIGIBLE)
            if now.get(what, 0) > limit:
                lines.append(f"{name}: {what} has grown from {size} to {now[what]}")
    return lines


def readme(text, baseline):
    """README.md with the rows of its table as the baseline has them."""
    for program, title in PROGRAMS.items():
        sizes = [baseline["cortex-m0plus"][f"{program}, {what}"] for what in
                 ("flash", "ram", "stack")]
        row = f"| {title} | " + " | ".join(map(str, sizes)) + " |"
        text = re.sub(rf"^\| {re.escape(title)} \|.*$", row, text, flags=re.M)
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", dest="output", choices=["table", "json"], default="table")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()

    results = {}
    for target in available():
        with tempfile.TemporaryDirectory() as folder:
            results[target.name] = measure(target, pathlib.Path(folder))
    if not results:
        print("SKIP: no compiler for a microcontroller")
        return 77
    if arguments.output == "json":
        print(json.dumps(results, indent=1))
    else:
        table(results)
    baseline = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    text = README.read_text(encoding="utf-8")
    if arguments.update:
        baseline.update({name: numbers(result) for name, result in results.items()})
        BASELINE.write_text(json.dumps(baseline, indent=1) + "\n", encoding="utf-8")
        README.write_text(readme(text, baseline), encoding="utf-8")
    elif arguments.check:
        lines = grown(results, baseline)
        if readme(text, baseline) != text:
            lines.append("README.md has other sizes than the baseline")
        if lines:
            print(*lines, "If it is worth it: ./dev sizes --update, in the same commit.",
                  sep="\n", file=sys.stderr)
        return 1 if lines else 0
    return 0


sys.exit(main())
