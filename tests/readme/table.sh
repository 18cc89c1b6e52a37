#!/bin/sh
# SPDX-License-Identifier: MIT
# The README's table of meters says what the maps say: every map, its number of values, how sure they are.
set -eu
: "${SOURCE:?}" "${KWH:?}" "${PYTHON:?}"
"$KWH" maps -o json | "$PYTHON" -c '
import json, sys
rows = [line for line in open(sys.argv[1], encoding="utf-8") if line.startswith("| ")]
failed = False
for line in sys.stdin:
    of = json.loads(line)
    certainty = ", ".join("%s %d" % pair for pair in of["certainty"].items())
    cells = [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows]
    if not any("`%s`" % of["name"] in row and str(of["values"]) in row and certainty in row for row in cells):
        print("README.md: no row with `%s`, %d values, %s" % (of["name"], of["values"], certainty))
        failed = True
sys.exit(failed)
' "$SOURCE/README.md"
