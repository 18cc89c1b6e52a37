#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: meter_pages.py KWH SOURCE [--check]

Writes docs/meters/NAME.md for each map, from what `kwh maps NAME -o json` says and the comments at
the head of maps/NAME.c; with --check compares them with those that are there."""
import json
import pathlib
import re
import subprocess
import sys

RISKS = {
    'link_change': 'the meter is reached differently afterwards',
    'counter_reset': 'a counter is cleared',
    'irreversible': 'cannot be undone over the bus',
}
INDEX_WORDS = """\
*manual*: printed in the maker's manual. *public*: from programs that read such a meter. *inferred*: a part
of the decoding is ours. *hardware*: seen on a real meter; none is unless the table counts it.

On a page, *register* is the address on the wire, counted from 0, and *function* 03 (holding) or 04 (input).
A value is what the registers hold as *type*, times *scale*, in *unit*; energies come in Wh, whatever the
display shows. *Access* is r, w or rw. Of a record of M-Bus the bytes from DIF to VIFE stand in place of the
register, and the scale comes on top of what they say. `kwh maps NAME` prints the same offline, and
`kwh maps NAME -o json` for programs.
"""
EFFECTS = {
    'save': 'lost at the next start unless saved',
    'restart': 'from the next start on',
    'broadcast': 'also to all meters of a line at once',
}
ERRORS = {
    'other_family': 'another family, with a map of its own',
    'other_encoding': 'the same registers in another encoding',
}


def kwh(program, *arguments):
    output = subprocess.run([program, 'maps', *arguments, '-o', 'json'], check=True,
                            capture_output=True, encoding='utf-8', stdin=subprocess.DEVNULL).stdout
    # Numbers as they are printed: 0.0001 stays that.
    return [json.loads(line, parse_float=str, parse_int=str) for line in output.splitlines()]


def comment_text(comment):
    """The paragraphs of a C comment, a line each."""
    lines = [re.sub(r'^ \* ?', '', line) for line in comment.split('\n')]
    return [' '.join(part.split()) for part in '\n'.join(lines).split('\n\n') if part.strip()]


def about(source):
    """What the map's file says of the family, and of its M-Bus side."""
    head = re.search(r'^/\*\n(.*?)\n \*/\n#include', source, re.S | re.M)
    side = re.search(r'^/\* -{60,}\n \* M-Bus[^\n]*\n(.*?)\n \*/', source, re.S | re.M)
    return (comment_text(head.group(1))[1:] if head else [],
            comment_text(side.group(1)) if side else [])


def cell(text):
    return str(text if text is not None else '').replace('|', '\\|')


def table(titles, rows):
    """Without the columns in which no row has anything."""
    rows = [tuple(row) for row in rows]
    used = [i for i in range(len(titles)) if any(row[i] for row in rows)]
    titles, rows = [titles[i] for i in used], [[row[i] for i in used] for row in rows]
    yield '| ' + ' | '.join(titles) + ' |'
    yield '|' + '---|' * len(titles)
    for row in rows:
        yield '| ' + ' | '.join(cell(text) for text in row) + ' |'
    yield ''


def register(number):
    return '0x%04X' % int(number)


def certainty_words(of):
    counts = ', '.join('%s %s' % pair for pair in of['certainty'].items())
    return '%s values: %s.' % (of['values'], counts)


def line_words(of):
    lines = ', or '.join('%s %s' % (line['baud'], line['format']) for line in of['lines'])
    return '%s; address %s' % (lines, of['address']) if lines else 'not known'


def request_words(request):
    words = 'up to %s registers' % request['safe']
    if request['proven'] != request['safe']:
        words += ' (%s were seen to work)' % request['proven']
    if request['even']:
        words += '; an even first register and an even number of them'
    return words


def range_words(entry):
    first, last = register(entry['address']), register(entry['last'])
    return first if first == last else '%s to %s' % (first, last)


def edge_words(edges):
    words = ', '.join(edges[:6])
    return words if len(edges) <= 6 else words + ' and %d other addresses' % (len(edges) - 6)


def facts(of):
    rows = [('as delivered', line_words(of))]
    if 'request' in of:
        request = of['request']
        rows.append(('one request', request_words(request)))
        if request['begin_anew_at']:
            rows.append(('a request begins anew at', edge_words(request['begin_anew_at'])))
        if request['never_read']:
            rows.append(('never read', ', '.join(map(range_words, request['never_read']))))
        if request['word_order'] != 'ABCD':
            rows.append(('word order', request['word_order']))
    if of['timing']['quiet_ms'] != '0':
        rows.append(('pause before a request', of['timing']['quiet_ms'] + ' ms'))
    rows.append(('an answer begins within', of['timing']['answer_ms'] + ' ms'))
    modulus = of['counter']['modulus']
    rows.append(('energies begin again at', modulus + ' Wh' if modulus else 'not known'))
    if 'mbus' in of:
        rows.append(('in the header of a telegram', 'manufacturer %(manufacturer)s, medium %(medium)s'
                     % of['mbus']))
    yield from table(('', ''), rows)


def condition_words(code):
    if 'value' not in code:
        return ''
    if 'begins' in code:
        return '`%s` begins with %s' % (code['value'], code['begins'])
    if code['least'] == code['most']:
        return '`%s` is %s' % (code['value'], code['least'])
    if int(code['most']) == 2**31 - 1:
        return '`%s` is %s or more' % (code['value'], code['least'])
    return '`%s` is %s to %s' % (code['value'], code['least'], code['most'])


def identity(of):
    yield '### How it is told'
    yield ''
    if 'identity' not in of:
        yield 'Not over the bus: the map must be named, with `-m %s` or `map=`.' % of['name']
        yield ''
        return
    told = of['identity']
    yield 'By %s (function %s):' % (register(told['address']), told['space'])
    yield ''
    yield from table(('code', 'model', 'and', 'has'), (
        (code['code'], code['model'], condition_words(code), ', '.join(code['profiles']))
        for code in told['codes']))
    if told['refused']:
        yield 'Refused, as they would be misread:'
        yield ''
        yield from table(('code', 'model', 'why'), (
            (code['code'] + (' in ' + register(code['address']) if 'address' in code else ''),
             code['model'], ERRORS.get(code['error'], code['error']))
            for code in told['refused']))


def selectors(of):
    if not of.get('selectors'):
        return
    yield 'Asked once, before the first readout:'
    yield ''
    for selector in of['selectors']:
        what = {
            'require': 'the meter is refused when it does not fit (`%s`)' % selector.get('error'),
            'profiles': 'which rows the meter has (%s)' % ', '.join(selector['profiles']),
            'ratio': 'the transformer ratio that currents, powers and energies may lack',
        }[selector['effect']]
        yield '- %s (function %s): %s' % (register(selector['address']), selector['space'], what)
    yield ''


def access_note(row):
    note = row['note'] or ''
    if row['by_name'] or row['access'] == 'w':
        return note
    return 'read by address alone' + ('; ' + note if note else '')


def unit_of(entry):
    return entry['unit'] if entry['unit'] != '1' else None


def value_rows(of):
    for row in of['rows']:
        name = '`%s`' % row['name']
        common = (name, row['obis'], unit_of(row), row['type'], row['scale'], row['access'],
                  row['certainty'])
        if of['protocol'] == 'mbus':
            place = row['header'] if row['header'] is not None else 'CI B8'
            if row['occurrence'] != '1':
                place += ', no. ' + row['occurrence']
            yield (place, *common, access_note(row))
        else:
            yield (register(row['address']), row['space'], *common, access_note(row))


def values(of):
    titles = ('name', 'OBIS', 'unit', 'type', 'scale', 'access', 'certainty', 'note')
    yield '### Values'
    yield ''
    place = ('record',) if of['protocol'] == 'mbus' else ('register', 'function')
    yield from table((*place, *titles), value_rows(of))


def risk_words(risks):
    return ', '.join(risks) if risks else 'none'


def choice_words(choice):
    word = choice['word'] if choice['word'] is not None else choice['code']
    return '%s (%s)' % (word, risk_words(choice['risk'])) if choice['risk'] else word


def limit_words(name, number):
    # Two currents of four digits each, as they are written and read.
    return '%d/%d' % divmod(int(number), 10000) if name == 'ct_ratio' else number


def allowed_words(setting):
    if 'choices' in setting:
        return ', '.join(map(choice_words, setting['choices']))
    limits = [limit_words(setting['name'], setting[key]) for key in ('minimum', 'maximum')]
    return limits[0] if limits[0] == limits[1] else ' to '.join(limits)


def settings(of):
    writable = [setting for setting in of['settings'] if setting['writable']]
    if not writable:
        return
    yield '### Settings'
    yield ''
    if 'unlock' in of.get('writing', {}):
        yield 'They are unlocked by a password (`%s`) before.' % of['writing']['unlock']
        yield ''
    yield from table(('name', 'may be', 'unit', 'risk', 'remark'), (
        ('`%s`' % setting['name'], allowed_words(setting),
         unit_of(setting), risk_words(setting['risk']),
         '; '.join(['only of ' + ' or '.join(setting['profiles'])] * bool(setting['profiles'])
                   + [EFFECTS[effect] for effect in setting['effect']]))
        for setting in writable))
    risks = {risk for setting in writable
             for risk in setting['risk'] + sum((c['risk'] for c in setting.get('choices', [])), [])}
    if risks:
        yield 'A risk must be allowed by its name, as with `kwh set --allow-link-change`:'
        yield ''
        for risk in filter(risks.__contains__, RISKS):
            yield '- `%s`: %s' % (risk, RISKS[risk])
        yield ''


def side(of, words):
    yield '## ' + ('M-Bus' if of['protocol'] == 'mbus' else 'Modbus')
    yield ''
    yield certainty_words(of)
    yield ''
    for paragraph in words:
        yield paragraph
        yield ''
    yield from facts(of)
    if of['protocol'] == 'modbus':
        yield from identity(of)
        yield from selectors(of)
    yield from values(of)
    yield from settings(of)


def page(sides, source):
    family, mbus = about(source)
    name = sides[0]['name']
    labels = sorted({label for of in sides for label in of['aliases'] + of['models']})
    tried = any('hardware' in of['certainty'] for of in sides)
    yield '<!-- Made from maps/%s.c by ./dev docs; changes belong there. -->' % name
    yield '# ' + sides[0]['title']
    yield ''
    yield 'Map `%s`; sold as %s.' % (name, ', '.join(labels))
    yield ''
    if not tried:
        yield '**Never tried on real hardware by this project.**'
        yield ''
    for paragraph in family:
        yield paragraph
        yield ''
    for of in sides:
        yield from side(of, mbus if of['protocol'] == 'mbus' else [])


def index(maps):
    yield '<!-- Made by ./dev docs, as are the pages that it lists. -->'
    yield '# Meters'
    yield ''
    yield from table(('page', 'meter', 'bus', 'certainty of the values'), (
        ('[%s](%s.md)' % (of['name'], of['name']), of['title'], of['protocol'],
         ', '.join('%s %s' % pair for pair in of['certainty'].items())) for of in maps))
    yield INDEX_WORDS


def pages(program, top):
    maps = kwh(program)
    names = list(dict.fromkeys(of['name'] for of in maps))
    yield top / 'docs' / 'meters' / 'README.md', '\n'.join(index(maps))
    for name in names:
        source = (top / 'maps' / (name + '.c')).read_text(encoding='utf-8')
        text = '\n'.join(page(kwh(program, name), source)).rstrip('\n') + '\n'
        yield top / 'docs' / 'meters' / (name + '.md'), text


def main():
    program, top, check = sys.argv[1], pathlib.Path(sys.argv[2]), '--check' in sys.argv[3:]
    wanted = dict(pages(program, top))
    failed = False
    for path in set((top / 'docs' / 'meters').glob('*.md')) - set(wanted):
        failed = True
        print('%s: there is no such map' % path)
    for path, text in wanted.items():
        if not check:
            path.write_text(text, encoding='utf-8')
        elif not path.exists() or path.read_text(encoding='utf-8') != text:
            failed = True
            print('%s does not say what the map says: run ./dev docs' % path)
    sys.exit(failed)


if __name__ == '__main__':
    main()
