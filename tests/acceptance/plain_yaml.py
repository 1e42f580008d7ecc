# Enough YAML to read doc/openapi.yaml with the standard library alone: block mappings and
# lists, flow collections on one line, plain and double-quoted scalars.
import json
import re

WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[^,\[\]{}]+')


def scalar(text):
    text = text.strip()
    if text.startswith('"'):
        return json.loads(text)
    if text in ('true', 'false', 'null'):
        return {'true': True, 'false': False, 'null': None}[text]
    return int(text) if re.fullmatch(r'-?\d+', text) else text


def flow(text, at=0):
    """The value at `at` and where it ends."""
    while text[at] == ' ':
        at += 1
    if text[at] == '[':
        out, at = [], at + 1
        while text[at] != ']':
            value, at = flow(text, at)
            out.append(value)
            at += text[at] == ','
        return out, at + 1
    if text[at] == '{':
        out, at = {}, at + 1
        while text[at] != '}':
            key = re.compile(r'\s*("(?:[^"]*)"|[^:]+):\s*').match(text, at)
            value, at = flow(text, key.end())
            out[scalar(key.group(1))] = value
            at += text[at] == ','
            while text[at] == ' ':
                at += 1
        return out, at + 1
    word = WORD.match(text, at)
    return scalar(word.group()), word.end()


def value_of(text):
    return flow(text)[0] if text[0] in '[{' else scalar(text)


def block(lines, at, indent):
    """The collection whose lines have this indent, and the line behind it."""
    out = [] if lines[at][1].startswith('- ') else {}
    while at < len(lines) and lines[at][0] == indent:
        text = lines[at][1]
        if isinstance(out, list):
            inner = text[2:]
            if inner[0] in '[{' or ': ' not in inner and not inner.endswith(':'):
                out.append(value_of(inner))
                at += 1
            else:
                lines[at] = (indent + 2, inner)
                value, at = block(lines, at, indent + 2)
                out.append(value)
            continue
        key, rest = re.fullmatch(r'("[^"]*"|[^:]+):(?: (.*))?', text).groups()
        if rest:
            out[scalar(key)], at = value_of(rest), at + 1
        else:
            out[scalar(key)], at = block(lines, at + 1, lines[at + 1][0])
    return out, at


def load(path):
    with open(path) as f:
        lines = [(len(l) - len(l.lstrip()), l.strip()) for l in f if l.strip() and not l.lstrip().startswith('#')]
    return block(lines, 0, 0)[0]
