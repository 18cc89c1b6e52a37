#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: man_pages.py KWH DOCS FOLDER

Writes kwh.1 and a page for each subcommand into FOLDER, in mdoc: from `kwh help --json`, the
examples of DOCS/examples.md, and DOCS/man/kwh.mdoc."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import textwrap


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, encoding='utf-8',
                          stdin=subprocess.DEVNULL).stdout


def escaped(text):
    return text.replace('\\', '\\e').replace('-', '\\-')


def prose(text):
    """Lines of running text: a sentence a line, code in bold, none that looks like a request."""
    text = re.sub(r'`([^`]*)`', lambda code: '\\fB%s\\fP' % code.group(1), text.replace('\\', '\\e'))
    for sentence in re.split(r'(?<=[.!?:]) +(?=[A-Z`\\])', ' '.join(text.split())):
        for line in textwrap.wrap(sentence, 76, break_long_words=False, break_on_hyphens=False):
            yield '\\&' + line if line[0] in ".'" else line


def literal(text):
    yield '.Bd -literal -offset indent'
    yield from map(escaped, text.splitlines())
    yield '.Ed'


def paragraphs(text):
    for number, paragraph in enumerate(text.split('\n\n')):
        if number > 0:
            yield '.Pp'
        if all(line.startswith('kwh ') for line in paragraph.split('\n')):
            yield from literal(paragraph)
        else:
            yield from prose(paragraph)


def argument(word):
    """A word of a synopsis: TARGET, [NAME...], or what has parts of its own."""
    optional = re.fullmatch(r'\[([A-Z]+)(\.\.\.)?\]', word)
    if optional:
        return '.Op Ar %s%s' % (optional.group(1), ' ...' if optional.group(2) else '')
    repeated = re.fullmatch(r'([A-Z]+)\.\.\.', word)
    return '.Ar ' + (repeated.group(1) + ' ...' if repeated else escaped(word))


def flags(option):
    value = ' Ar ' + option['argument'] if option['argument'] else ''
    letter = 'Fl %s%s , ' % (option['letter'], value) if option['letter'] else ''
    return letter + 'Fl \\-' + escaped(option['name']) + value


def head(page, summary, date):
    yield '.\\" Made by docs/man_pages.py; changes belong to the help of kwh.'
    yield '.Dd ' + date
    yield '.Dt %s 1' % page.upper()
    yield '.Os'
    yield '.Sh NAME'
    yield '.Nm ' + page
    yield '.Nd ' + summary


def read_examples(path):
    """What stands under each heading that is a subcommand: texts and lists of command lines."""
    sections = re.split(r'^## (.+)$', path.read_text(encoding='utf-8'), flags=re.M)
    return dict(zip(sections[1::2], sections[2::2]))


def examples(section):
    yield '.Sh EXAMPLES'
    for number, part in enumerate(re.split(r'^```sh\n(.*?)^```\n', section, flags=re.M | re.S)):
        if number % 2 == 0 and part.strip():
            if number > 0:
                yield '.Pp'
            yield from paragraphs(part.strip())
        elif number % 2 == 1:
            yield from literal(part)


def see_also(pages):
    yield '.Sh SEE ALSO'
    pages = sorted(pages)
    for page in pages:
        yield '.Xr %s 1%s' % (page, ' ,' if page != pages[-1] else '')


def command_page(command, every, section, date):
    yield from head('kwh-' + command['name'], command['summary'], date)
    yield '.Sh SYNOPSIS'
    yield '.Nm kwh ' + command['name']
    yield '.Op Ar OPTION ...'
    yield from map(argument, command['synopsis'].split())
    yield '.Sh DESCRIPTION'
    yield from paragraphs(command['explanation'])
    yield '.Pp'
    yield 'The options:'
    yield '.Bl -tag -width Ds'
    for option in command['options']:
        yield '.It ' + flags(option)
        yield from prose(option['help'][0].upper() + option['help'][1:] + '.')
    yield '.El'
    yield '.Sh EXIT STATUS'
    yield 'As of'
    yield '.Xr kwh 1 .'
    if section:
        yield from examples(section)
    yield from see_also({'kwh'} | {'kwh-' + other['name'] for other in every} -
                        {'kwh-' + command['name']})


def main_page(reference, hand, date):
    commands = reference['subcommands']
    yield from head('kwh', 'read, explain and simulate electricity meters', date)
    yield '.Sh SYNOPSIS'
    yield '.Nm'
    yield '.Ar SUBCOMMAND'
    yield '.Op Ar OPTION ...'
    yield '.Op Ar ARGUMENT ...'
    yield '.Nm'
    yield '.Fl \\-help | \\-version'
    yield '.Sh DESCRIPTION'
    yield 'The subcommands, each with a page of its own:'
    yield '.Bl -tag -width Ds'
    for command in commands:
        yield '.It ' + escaped(command['name'] + ' ' + command['synopsis'])
        yield from prose(command['summary'][0].upper() + command['summary'][1:] + '.')
        yield 'See'
        yield '.Xr kwh-%s 1 .' % command['name']
    yield '.El'
    yield from hand
    yield '.Sh ENVIRONMENT'
    yield '.Bl -tag -width Ds'
    yield '.It Ev NO_COLOR'
    yield 'No colors, as with'
    yield '.Fl \\-no\\-color .'
    yield '.El'
    yield '.Sh EXIT STATUS'
    yield '.Bl -tag -width Ds'
    for row in reference['exits']:
        yield '.It %d' % row['code']
        yield from prose(row['words'][0].upper() + row['words'][1:] + '.')
    yield '.El'
    yield from see_also('kwh-' + command['name'] for command in commands)


def main():
    program, docs, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    reference = json.loads(run(program, 'help', '--json'))
    hand = (docs / 'man' / 'kwh.mdoc').read_text(encoding='utf-8').splitlines()
    date = next(line[4:] for line in hand if line.startswith('.Dd '))
    hand = [line for line in hand if not line.startswith(('.\\"', '.Dd '))]
    sections = read_examples(docs / 'examples.md')
    every = reference['subcommands']
    pages = {'kwh.1': main_page(reference, hand, date)}
    for command in every:
        pages['kwh-%s.1' % command['name']] = command_page(
            command, every, sections.get(command['name']), date)
    # A folder that is made anew has the time of now, which the build goes by.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, lines in pages.items():
        (folder / name).write_text('\n'.join(lines) + '\n', encoding='utf-8')


if __name__ == '__main__':
    main()
