# SPDX-License-Identifier: MIT
"""usage: links.py SOURCE

Links in the pages resolve, to files and to headings; and what is written as the name of a file of
this project is one."""
import pathlib
import re
import sys

top = pathlib.Path(sys.argv[1]).resolve()
# Those that begin like files of the project. Of others, as /dev/ttyUSB0, nothing is known.
FOLDERS = ('docs', 'examples', 'fuzz', 'include', 'kwh', 'lib', 'maps', 'tests', 'tools')
# What stands for the name of a file: tests/test_NAME.c.
PLACEHOLDER = re.compile('[A-Z]{3}|[*]')


def anchor(heading):
    """As forges make them: small letters, blanks to dashes, no punctuation."""
    return re.sub(r'[^\w\- ]', '', heading.strip().lower()).replace(' ', '-')


def text_of(path):
    """The page without its blocks of code."""
    return re.sub(r'^ *```.*?^ *```$', '', path.read_text(encoding='utf-8'), flags=re.M | re.S)


def anchors(path):
    return {anchor(heading) for heading in re.findall(r'^#+ (.+)$', text_of(path), re.M)}


def wrong_links(path, text):
    for target in re.findall(r'\]\(([^)\s]+)\)', text):
        if re.match(r'[a-z]+:', target):
            continue
        name, _, part = target.partition('#')
        file = (path.parent / name).resolve() if name else path
        if not file.exists():
            yield 'no file for the link %s' % target
        elif part and part not in anchors(file):
            yield 'no heading for the link %s' % target


def wrong_names(text):
    for name in re.findall(r'`([\w.]+/[\w./*-]*)`', text):
        there = (top / name).exists() or (top / 'include' / name).exists()
        if name.split('/')[0] in FOLDERS and not there and not PLACEHOLDER.search(name):
            yield 'no file %s' % name


def main():
    pages = sorted([*top.glob('*.md'), *(top / 'docs').rglob('*.md')])
    failed = False
    links = 0
    for path in pages:
        text = text_of(path)
        links += len(re.findall(r'\]\(', text))
        for wrong in [*wrong_links(path, text), *wrong_names(text)]:
            failed = True
            print('%s: %s' % (path.relative_to(top), wrong))
    print('%d links in %d pages' % (links, len(pages)))
    sys.exit(failed or links < 20)


if __name__ == '__main__':
    main()
