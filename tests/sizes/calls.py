# SPDX-License-Identifier: MIT
"""Who calls whom in the core, and how much stack that takes, from what gcc says of each object."""
import re

from firmware import HERE, ROOT


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

    def __init__(self, folder):
        self.frames, self.calls, self.undeclared = {}, {}, set()
        self.unused = set(declared())
        behind = declared()
        for path in sorted(folder.glob("lib_*.ci")):
            self.read(path.read_text(encoding="utf-8"), behind)

    def read(self, text, behind):
        """Adds what one object says."""
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
                if key not in behind:
                    self.undeclared.add(f"{place} calls {key[1]}")
                callees = behind.get(key, [])
            self.calls.setdefault(caller, set()).update(callees)

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
