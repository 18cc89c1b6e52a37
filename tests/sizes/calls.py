# SPDX-License-Identifier: MIT
"""Who calls whom in the core, and how much stack that takes, from what gcc says of each object; from
its code where the compiler is too old to say."""
import re

from firmware import HERE, ROOT, run


def declared():
    """The functions behind each function pointer: {(file, member): [function]}."""
    targets = {}
    for line in (HERE / "indirect_calls.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            file, member, *functions = line.split()
            targets[file, member] = [name for name in functions if name != "user"]
    return targets


def member_called(place):
    """The file and the member through which a call at FILE:LINE:COLUMN goes."""
    file, line, column = place.split(":")
    text = "\n".join((ROOT / file).read_text(encoding="utf-8").split("\n")[int(line) - 1:][:3])
    inside = re.compile(r"(?:->|\.)(\w+)\(")
    # The column is that of the name or of what is before it.
    before = text[: int(column) - 1]
    match = inside.search(text, len(before.rstrip("abcdefghijklmnopqrstuvwxyz_>-.")))
    return file, match[1] if match else "?"


class Graph:
    """Functions with their frames, and their calls."""

    def __init__(self, build):
        self.frames, self.calls, self.undeclared = {}, {}, set()
        self.unused = set(declared())
        self.build, self.behind = build, declared()
        for source in build.sources:
            if source.startswith("lib/"):
                self.read(source)

    def read(self, source):
        """Adds what an object says."""
        if self.build.calls:
            self.read_calls(self.build.beside(source, ".ci"))
        else:
            self.read_code(source)

    def read_calls(self, text):
        """From -fcallgraph-info."""
        for title, label in re.findall(r'node: \{ title: "([^"]+)" label: "([^"]+)"', text):
            frame = re.search(r"\\n(\d+) bytes \((\w[^)]*)\)", label)
            if frame:
                self.frames[title] = int(frame[1])
                if frame[2] != "static":
                    self.undeclared.add(title + " has a frame of no fixed size")
        for caller, callee, place in re.findall(
                r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)" label: "([^"]+)"', text):
            callees = [callee]
            if callee == "__indirect_call":
                key = member_called(place)
                self.unused.discard(key)
                if key not in self.behind:
                    self.undeclared.add(f"{place} calls {key[1]}")
                callees = self.behind.get(key, [])
            self.calls.setdefault(caller, set()).update(callees)

    def read_code(self, source):
        """From -fstack-usage and the disassembly, which does not tell one function pointer of a
        file from another: each may lead where any of them does."""
        tool, item = self.build.target.prefix, self.build.object(source)
        public = set(re.findall(r" [A-Z] (\S+)$", run([tool + "nm", "-g", item]), re.M))
        frames = re.findall(r"^[^\t]*:(\S+)\t(\d+)\t", self.build.beside(source, ".su"), re.M)
        own = {name: name if name in public else f"{source}:{name}" for name, _ in frames}
        self.frames.update({own[name]: int(size) for name, size in frames})
        pointers = [name for (file, _), names in self.behind.items() if file == source
                    for name in names]
        caller = None
        for line in run([tool + "objdump", "-dr", item]).splitlines():
            begins = re.fullmatch(r"[0-9a-f]+ <(\S+)>:", line)
            calls = re.search(r"R_AVR_(?:CALL|13_PCREL)\t(?:\.text\.)?([^+\s]+)", line)
            if begins:
                caller = own.get(begins[1], begins[1])
                self.calls.setdefault(caller, set())
            elif calls and own.get(calls[1], calls[1]) != caller:
                self.calls[caller].add(own.get(calls[1], calls[1]))
            elif re.search(r"\te?icall\b|\te?ijmp\b", line):
                self.calls[caller].update(pointers)

    def pointed_at(self):
        """Functions of the core whose addresses it holds, where an object for Arm tells."""
        found = set()
        for source in self.build.sources:
            text = run([self.build.target.prefix + "objdump", "-r", self.build.object(source)])
            for name in re.findall(r"R_ARM_ABS32\s+(?:\.text\.)?(\S+)", text):
                found.update({name, f"{source}:{name}"} & set(self.frames))
        return found

    def called_by(self, source):
        """The functions that a file of a program calls."""
        program = Graph.__new__(Graph)
        program.__dict__.update(self.__dict__, frames={}, calls={}, undeclared=set(), unused=set())
        program.read(source)
        return set().union(*program.calls.values())

    def cycle(self):
        """A chain of functions that leads back to its first one, or None."""
        done = set()

        def walk(name, chain):
            if name in chain:
                return chain[chain.index(name):] + [name]
            if name in done:
                return None
            for callee in sorted(self.calls.get(name, ())):
                found = walk(callee, chain + [name])
                if found:
                    return found
            done.add(name)
            return None

        for name in sorted(self.calls):
            found = walk(name, [])
            if found:
                return found
        return None

    def deepest(self, name, present, known=None):
        """The most stack below and with a function, and the chain; of functions in an image."""
        known = {} if known is None else known
        if name not in known:
            below = [self.deepest(callee, present, known) for callee in self.calls.get(name, ())
                     if present(callee)]
            depth, chain = max(below, default=(0, []))
            known[name] = (self.frames.get(name, 0) + depth, [name] + chain)
        return known[name]
