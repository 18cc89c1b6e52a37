# SPDX-License-Identifier: MIT
"""usage: exits.py KWH PAGE

The page has a row for each exit status of the command."""
import json
import re
import subprocess
import sys

reference = json.loads(subprocess.run([sys.argv[1], 'help', '--json'], check=True,
                                      stdin=subprocess.DEVNULL, capture_output=True).stdout)
with open(sys.argv[2], encoding='utf-8') as page:
    there = set(map(int, re.findall(r'^\| (\d+) \|', page.read(), re.M)))
missing = {row['code'] for row in reference['exits']} - there
print('not in the page:' if missing else 'all there', *sorted(missing))
sys.exit(bool(missing) or len(reference['exits']) < 9)
