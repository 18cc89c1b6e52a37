#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The core and some maps as two files, kwh.c and kwh.h, for who wants to add no more to a project.

usage: amalgamate.py FOLDER [MAP...]

MAP is the name of a file in maps/; none at all: every map. Nothing is generated when they are
compiled, and the options are those of kwh/config.h. What files have to themselves gets the name of
the file in front where others use the same name.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
KEYWORDS = {"struct", "enum", "union"}

# A comment, a string or character, a whole directive, a word, or any other character.
TOKEN = re.compile(r"/\*.*?\*/|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[A-Za-z_]\w*|\d[\w.]*|\s+|.",
                   re.S)
INCLUDE = re.compile(r'^#include ([<"])(.*?)[>"]\n', re.M)
GUARD = re.compile(r"^#ifndef (KWHI?_\w+_H|KWH_H)\n#define \1\n(.*)^#endif\n\Z", re.M | re.S)
EXTERN_C = re.compile(r'^#ifdef __cplusplus\n(?:extern "C" \{|\})\n#endif\n+', re.M)
CONDITION = re.compile(r"^#(if|endif)", re.M)
PROOF = re.compile(r"^#ifdef KWH_MAP_PROOF\n.*?^#endif\n", re.M | re.S)
SPDX = "/* SPDX-License-Identifier: MIT */\n"


def tokens(text):
    """Words, comments and the like; joined they are the text."""
    return TOKEN.findall(text)


def is_word(token):
    return re.match(r"[A-Za-z_]", token) is not None


def is_blank(token):
    return token.isspace() or token.startswith("/*")


class Names:
    """What a file has to itself: functions and objects, enumerators, macros, and tags."""

    def __init__(self, text):
        self.words = set(re.findall(r"^#define (\w+)", text, re.M))
        self.tags = set()
        code = [token for token in tokens(re.sub(r"^#(.*\\\n)*.*\n", "", text, flags=re.M))
                if not is_blank(token)]
        depth, start = 0, True
        static = named = False
        for at, token in enumerate(code):
            if depth == 0 and start:
                static, named, start = token == "static", False, False
            if depth == 0 and token in KEYWORDS and code[at + 2] == "{":
                self.tags.add(code[at + 1])
            if depth == 0 and token == "enum" and "{" in code[at + 1:at + 3]:
                self.words.update(enumerators(code[at:]))
            if depth == 0 and static and not named and is_word(token) and \
                    code[at + 1] in ("(", "[", "=", ";"):
                self.words.add(token)
                named = True
            depth += (token in "{(") - (token in "})")
            start = depth == 0 and token in ";}" and code[at + 1:at + 2] != [";"] and \
                (token == ";" or not (static and not named))
        self.words = {name for name in self.words if not name.startswith("kwh")}


def enumerators(code):
    """Those of the enum that begins here."""
    depth, expected = 0, False
    for token in code[code.index("{"):]:
        if token == "}" and depth == 1:
            return
        depth += (token in "{(") - (token in "})")
        if expected and is_word(token):
            yield token
        expected = depth == 1 and token in "{,"


def renamed(text, prefix, words, tags):
    """The text with the prefix before these words and tags, but not before members of that name."""
    out, before, brackets, members = [], "", 0, []
    code = tokens(text)
    for at, token in enumerate(code):
        after = next((t for t in code[at + 1:] if not is_blank(t)), "")
        if token == "[":
            brackets += 1
        elif token == "]":
            brackets -= 1
        elif token == "{":
            members.append(struct_begins(code[:at]))
        elif token == "}":
            members.pop()
        member = before in (".", "->") or (members and members[-1] and brackets == 0 and
                                           after in (";", ",", "[", ")", ":"))
        if before in KEYWORDS and token in tags or \
                before not in KEYWORDS and token in words and not member:
            token = prefix + token
        out.append(token)
        if not is_blank(token):
            before = "->" if before == "-" and token == ">" else token
    return "".join(out)


def struct_begins(code):
    """True when the brace behind this code opens the members of a struct."""
    last = [token for token in code[-8:] if not is_blank(token)][-2:]
    return bool(last) and (last[-1] in ("struct", "union") or last[0] in ("struct", "union"))


def read(path):
    """A file without its first line."""
    return (ROOT / path).read_text(encoding="utf-8").replace(SPDX, "", 1)


class Amalgamation:
    """Files put one behind the other, each with what it includes before it."""

    def __init__(self):
        self.seen, self.system, self.parts = set(), [], []

    def include(self, match, folder):
        """What stands in the place of an #include: nothing, or the file where it is conditional."""
        kind, name = match.groups()
        path = ROOT / "include" / name if kind == "<" else (ROOT / folder / name).resolve()
        before = CONDITION.findall(match.string[: match.start()])
        if kind == "<" and not path.exists():
            if name not in self.system:
                self.system.append(name)
        elif kind == '"' and before.count("if") > before.count("endif"):
            return self.text(path.relative_to(ROOT))
        elif name != "kwh.h":
            self.add(path.relative_to(ROOT))
        return ""

    def text(self, path):
        """A file without its guard and what is around declarations; adds what it includes."""
        guard = GUARD.search(read(path))
        text = guard[2] if guard else read(path)
        text = INCLUDE.sub(lambda match: self.include(match, path.parent), text)
        text = EXTERN_C.sub("", PROOF.sub("", text)).strip("\n")
        return re.sub(r"\n{3,}", "\n\n", text) + "\n"

    def add(self, path):
        """Adds a file, once."""
        if path not in self.seen:
            self.seen.add(path)
            text = self.text(path)
            self.parts.append((path, text))


def public_headers():
    """What kwh.h includes, and the ports."""
    headers = Amalgamation()
    included = [ROOT / "include" / name for _, name in INCLUDE.findall(read("include/kwh.h"))]
    for path in included + sorted((ROOT / "include/kwh").glob("port_*.h")):
        headers.add(path.relative_to(ROOT))
    return headers


def sources(maps):
    """The files of the core, lower floors first, and the maps."""
    floors = ["base", "energy", "line", "modbus", "mbus", "map", "meter", "port"]
    paths = [path for floor in floors for path in sorted((ROOT / "lib" / floor).glob("*.c"))]
    return [path.relative_to(ROOT) for path in paths] + maps


def section(path, text):
    return f"\n/* --- {path} {'-' * (90 - len(str(path)))} */\n\n{text}"


def version():
    numbers = re.findall(r"#define KWH_VERSION_\w+ (\d+)", read("include/kwh/config.h"))
    return ".".join(numbers)


def declared_maps(maps):
    """The names of the maps in these files."""
    return [name for path in maps
            for name in re.findall(r"^(?:KWH_CONST|const) struct kwh_map kwh_map_(\w+) =", read(path), re.M)]


def header(maps, headers):
    """The text of kwh.h."""
    yield f"{SPDX}/*\n * libkwh {version()} in one header, to go with kwh.c. {OPTIONS} */\n"
    yield "#ifndef KWH_H\n#define KWH_H\n\n"
    yield "".join(f"#include <{name}>\n" for name in sorted(headers.system))
    yield '\n#ifdef __cplusplus\nextern "C" {\n#endif\n'
    for path, text in headers.parts:
        yield section(path, text)
    yield "\n/* The maps in kwh.c. */\n\n"
    yield "".join(f"KWH_MAP_DECLARE({name});\n" for name in declared_maps(maps))
    yield "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n"


OPTIONS = """Options, each with its default, to be defined for
 * all files alike: KWH_CRC16_SLICE8, KWH_MAP_NOTES, KWH_LINE_DEBTS; see kwh/config.h below.
 * Compile with -ffunction-sections -fdata-sections and link with -Wl,--gc-sections: then a program
 * contains what it uses.
"""

# AVRs have this by themselves, with the extensions of GNU; who defines KWH_CONST defines both.
TEXTS = """
/* The literals of tables are one section in a file, which stays or goes as a whole: so that unused
 * texts go, each is an object. */
#if defined(__GNUC__) && !defined(__AVR__) && !defined(KWH_CONST)
#define KWH_CONST       const
#define KWH_TEXT(text_) ((const char[]){text_})
#endif
"""


def source(maps, headers):
    """The text of kwh.c."""
    files = Amalgamation()
    files.seen |= headers.seen
    for path in sources(maps):
        files.add(path)
    yield f"{SPDX}/* libkwh {version()} in one file; kwh.h says how to use it. */\n"
    yield f"{TEXTS}\n#include <kwh.h>\n"
    yield "".join(f"#include <{name}>\n" for name in sorted(files.system)
                  if name not in headers.system)
    own = {path: Names(text) for path, text in files.parts if path.suffix == ".c"}
    texts = dict(headers.parts) | dict(files.parts)
    users = {}
    for path, text in texts.items():
        for word in set(re.findall(r"\w+", text)):
            users.setdefault(word, set()).add(path)
    for path, text in files.parts:
        if path in own:
            shared = [{name for name in names if len(users[name]) > 1}
                      for names in (own[path].words, own[path].tags)]
            text = renamed(text, path.stem + "_", *shared)
        yield section(path, text)


def map_files(names):
    """The files of maps by their names."""
    known = {path.stem: path.relative_to(ROOT) for path in sorted((ROOT / "maps").glob("*.c"))}
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"no map {' '.join(unknown)}; there are {' '.join(known)}")
    return [known[name] for name in names or known]


def main():
    if len(sys.argv) < 2 or any(argument.startswith("-") for argument in sys.argv[1:]):
        sys.exit(__doc__)
    folder, maps = pathlib.Path(sys.argv[1]), map_files(sys.argv[2:])
    headers = public_headers()
    files = {"kwh.h": "".join(header(maps, headers)), "kwh.c": "".join(source(maps, headers))}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}")


main()
