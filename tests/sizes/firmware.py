# SPDX-License-Identifier: MIT
"""The core for microcontrollers: compiled for each, and linked with a program."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "sizes"

OPTIONS = ["-std=c99", "-Os", "-ffreestanding", "-ffunction-sections", "-fdata-sections",
           "-Iinclude"]


class Target:
    """A microcontroller and the compiler for it."""

    def __init__(self, name, title, prefix, machine, link, version):
        self.name, self.title, self.prefix = name, title, prefix
        self.machine, self.link, self.version = machine, link, version

    def installed_version(self):
        """The compiler's version, None when it is not installed."""
        if shutil.which(self.prefix + "gcc") is None:
            return None
        return run([self.prefix + "gcc", "-dumpfullversion", "-dumpversion"]).strip()


# Versions are those of Debian 12: another compiler makes other sizes. The AVR has room for more
# than it has, so that its sizes can be told where they are too much.
ARM = ["--specs=nano.specs", "--specs=nosys.specs", "-T", "tests/sizes/layout.ld"]
AVR_MACHINE = ["-mmcu=atmega328p", "-std=gnu99"]  # which knows where constants lie
AVR = ["-Wl,--defsym=__TEXT_REGION_LENGTH__=128K", "-Wl,--defsym=__DATA_REGION_LENGTH__=16K"]
TARGETS = [
    Target("cortex-m0plus", "Cortex-M0+", "arm-none-eabi-",
           ["-mcpu=cortex-m0plus", "-mthumb"], ARM, "12.2.1"),
    Target("cortex-m4", "Cortex-M4", "arm-none-eabi-", ["-mcpu=cortex-m4", "-mthumb"], ARM,
           "12.2.1"),
    Target("rv32imac", "RISC-V rv32imac", "riscv64-unknown-elf-",
           ["-march=rv32imac", "-mabi=ilp32", "--specs=picolibc.specs"],
           ["-T", "tests/sizes/layout.ld"], "12.2.0"),
    Target("atmega328p", "AVR ATmega328P", "avr-", AVR_MACHINE, AVR, "5.4.0"),
]


def available():
    """Targets whose compiler is there in the right version; says which are not."""
    found = []
    for target in TARGETS:
        version = target.installed_version()
        if version == target.version:
            found.append(target)
        else:
            print(f"{target.title} left out: {target.prefix}gcc {target.version} is needed, "
                  f"{'there is ' + version if version else 'there is none'}", file=sys.stderr)
    return found


def run(command):
    """Output of a command that must succeed."""
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise SystemExit(f"{command[0]} failed:\n{result.stderr[-2000:]}")
    return result.stdout


def core_sources():
    """The files of the core and of the maps."""
    lib = [path for path in (ROOT / "lib").rglob("*.c") if "host" not in path.parts]
    return [str(path.relative_to(ROOT)) for path in sorted(lib) + sorted((ROOT / "maps").glob("*.c"))]


class Build:
    """The core as an archive for one target, in a folder."""

    def __init__(self, target, folder):
        self.target, self.folder = target, pathlib.Path(folder)
        self.calls = int(target.version.split(".")[0]) >= 10  # whether this gcc can tell them
        self.archive = self.folder / "libkwh.a"
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            self.sources = core_sources()
            self.objects = list(pool.map(self.compile, self.sources))
        run([target.prefix + "ar", "rcs", self.archive, *self.objects])

    def object(self, source):
        """The object of a file."""
        return self.folder / (source.replace("/", "_")[:-2] + ".o")

    def beside(self, source, suffix):
        """What the compiler wrote beside an object."""
        return self.object(source).with_suffix(suffix).read_text(encoding="utf-8")

    def compile(self, source):
        """Compiles a file; returns its object."""
        target = self.object(source)
        run([self.target.prefix + "gcc", *OPTIONS, *self.target.machine,
             "-fcallgraph-info=su" if self.calls else "-fstack-usage", "-c", source, "-o", target])
        return target

    def program(self, name):
        """Links tests/sizes/NAME.c; returns the image. Nothing starts it, so nothing is added."""
        image = self.folder / (name + ".elf")
        objects = [self.compile("tests/sizes/" + source + ".c") for source in ("board", name)]
        run([self.target.prefix + "gcc", *self.target.machine, *self.target.link, "-nostartfiles",
             "-Wl,-e,main", "-Wl,--gc-sections", *objects, self.archive, "-o", image])
        return image

    def symbols(self, image):
        """What an image holds: [(name, size, type letter)]."""
        lines = run([self.target.prefix + "nm", "-S", image]).splitlines()
        found = [re.fullmatch(r"[0-9a-f]+ ([0-9a-f]+) (\w) (\S+)", line) for line in lines]
        return [(match[3], int(match[1], 16), match[2]) for match in found if match]

    def functions(self, image):
        """Names of the functions in an image; those of one file alone with the file, rtu.c:wrap."""
        names, file = set(), ""
        for line in run([self.target.prefix + "readelf", "-sW", image]).splitlines():
            kind, scope, name = re.match(r"(?:\s*\S+){3}\s+(\S+)\s+(\S+)(?:\s+\S+){2}\s*(\S*)|",
                                         line).groups(default="")
            if kind == "FILE":
                file = name
            elif kind == "FUNC":
                names.add(f"{file}:{name}" if scope == "LOCAL" else name)
        return names

    def sections(self, image):
        """Sizes of code, constants, and what is in RAM."""
        sizes = {"code": 0, "constants": 0, "ram": 0}
        for line in run([self.target.prefix + "size", "-A", image]).splitlines():
            match = re.match(r"\.(\S+)\s+(\d+)", line)
            for what, names in SECTIONS.items():
                if match and re.fullmatch(names, match[1]):
                    sizes[what] += int(match[2])
        return sizes


SECTIONS = {
    "code": "text",
    "constants": "rodata|data",  # data begin as a copy
    "ram": "data|bss",
}
