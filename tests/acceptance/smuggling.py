#!/usr/bin/env python3
# Raw requests that mean two things to two readers, each with a start of a run behind it,
# whole and cut in pieces: one verdict each, never two answers, the run never starts.
# SPLITS=all cuts at every place, else at some.
import itertools
import os
import random
import re
import socket

from rig import play

NEXT = (b'POST /v1/workflows/smuggled/runs HTTP/1.1\r\nHost: localhost\r\n'
        b'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}')
GET = b'GET /v1/info HTTP/1.1\r\n'
POST = b'POST /v1/runs/none/cancel HTTP/1.1\r\n'
HOST = b'Host: localhost\r\n'
JSON = b'Content-Type: application/json\r\n'
REFUSED = range(400, 600)


def lengths():
    """Content-Length and Transfer-Encoding against each other."""
    for value in (b'+2', b'-2', b'0x2', b'2,2', b'2, 3', b'2 2', b'2a', b'', b'99999999999999999999999',
                  b'18446744073709551618', b'-0', b'1e1', b'2.0', b'\xd9\xa2', b'two', b'2;', b'"2"', b'1048577'):
        yield b'length ' + value, POST + HOST + JSON + b'Content-Length: ' + value + b'\r\n\r\n{}' + NEXT
    for a, b in itertools.product((b'0', b'2', b'4', b'150'), repeat=2):
        yield b'lengths %s %s' % (a, b), (POST + HOST + JSON + b'Content-Length: ' + a + b'\r\nContent-Length: ' + b +
                                          b'\r\n\r\n{}' + NEXT)
    for value in (b'chunked', b'Chunked', b'xchunked', b'chunked, identity', b'identity', b'identity, chunked', b'gzip',
                  b'gzip, chunked', b'chunked;q=1', b'"chunked"', b'', b'cow', b'chunked\t', b' chunked', b'\tchunked'):
        for length in (b'', b'Content-Length: 4\r\n', b'Content-Length: 0\r\n'):
            line = b'Transfer-Encoding: ' + value + b'\r\n'
            yield b'encoding ' + value, POST + HOST + JSON + length + line + b'\r\n0\r\n\r\n' + NEXT
            if length:
                yield b'encoding first ' + value, POST + HOST + JSON + line + length + b'\r\n0\r\n\r\n' + NEXT
    for name in (b'Transfer-Encoding ', b'Transfer-Encoding\t', b' Transfer-Encoding', b'Transfer\x00-Encoding',
                 b'Transfer-Encoding\r', b'\x0bTransfer-Encoding', b'Content-Length ', b' Content-Length',
                 b'Content-Length\x00', b'Content\xc2\xa0Length', b'Content Length', b'(Content-Length)'):
        yield b'name ' + name, POST + HOST + JSON + name + b': chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n' + NEXT
    yield b'a body on GET', GET + HOST + b'Content-Length: %d\r\n\r\n' % len(NEXT) + NEXT
    yield b'expect', POST + HOST + JSON + b'Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}' + NEXT


def hosts():
    for value in (b'', b'a b', b'a@b', b'a/b', b'a?b', b'a#b', b'\x00', b'localhost\x00', b'a\tb', b'a,b', b'\xc3\xa4', b'<a>',
                  b'a;b', b'a\\b'):
        yield b'host ' + value, GET + b'Host: ' + value + b'\r\n\r\n' + NEXT
    for second in (b'Host: localhost', b'host: evil', b'HOST: localhost', b'Host:', b'hOsT : x', b' Host: x'):
        yield b'second ' + second, GET + HOST + second + b'\r\n\r\n' + NEXT
        yield b'first ' + second, GET + second + b'\r\n' + HOST + b'\r\n' + NEXT
    yield b'no host', GET + b'\r\n' + NEXT
    for name in (b'Content-Type', b'Authorization', b'Idempotency-Key', b'If-Match', b'Last-Event-ID', b'Origin'):
        yield b'twice ' + name, POST + HOST + (name + b': 1\r\n') * 2 + b'\r\n' + NEXT


def request_lines():
    for line in (b'GET  /v1/info HTTP/1.1', b'GET /v1/info  HTTP/1.1', b'GET\t/v1/info HTTP/1.1', b' GET /v1/info HTTP/1.1',
                 b'GET /v1/info', b'GET', b'', b'GET /v1/info HTTP/1.0', b'GET /v1/info HTTP/0.9', b'GET /v1/info HTTP/2.0',
                 b'GET /v1/info HTTP/1.2', b'GET /v1/info http/1.1', b'GET /v1/info HTTP/1.1 ', b'GET /v1/info HTTP/1.1\x00',
                 b'GET /v1/info HTTP/11', b'GET /v1/info HTTP/1.10', b'GET /v1/info HTTPS/1.1', b'GET v1/info HTTP/1.1',
                 b'GET http://localhost/v1/info HTTP/1.1', b'CONNECT localhost:80 HTTP/1.1', b'OPTIONS * HTTP/1.1',
                 b'GET //evil/v1/info\x7f HTTP/1.1', b'GET /v1/in\x00fo HTTP/1.1', b'GET /v1/in\xc3\xa4fo HTTP/1.1',
                 b'GET /v1/info#x HTTP/1.1', b'GET /v1\\info HTTP/1.1', b'GET /v1/"info" HTTP/1.1', b'GET /<v1> HTTP/1.1',
                 b'G\x00T /v1/info HTTP/1.1', b'G(T /v1/info HTTP/1.1', b'GET:/ /v1/info HTTP/1.1', b'P' * 40 + b' / HTTP/1.1',
                 b'\xef\xbb\xbfGET /v1/info HTTP/1.1', b'\x16\x03\x01\x02\x00\x01', b'PRI * HTTP/2.0', b'hello'):
        yield b'line ' + line, line + b'\r\n' + HOST + b'\r\n' + NEXT


def line_ends():
    for end in (b'\n', b'\r', b'\r\r\n', b'\n\r', b'\x0b', b'\x85', b'\x00\r\n'):
        yield b'after the line %r' % end, GET[:-2] + end + HOST + b'\r\n' + NEXT
        yield b'after a header %r' % end, GET + HOST[:-2] + end + b'X: y\r\n\r\n' + NEXT
        yield b'at the end %r' % end, GET + HOST + b'X: y' + end + end + NEXT
    for value in (b'x\r\n y', b'x\r\n\ty', b'x\x00y', b'x\ry', b'x\ny', b'x\x7fy', b'x\x1by'):
        yield b'value %r' % value, GET + HOST + b'X: ' + value + b'\r\n\r\n' + NEXT
    for name in (b'', b'X Y', b'X\ty', b'X(', b'X\x00', b'\xc3\xa4', b'X:Y\x01', b'"X"', b'X/Y'):
        yield b'name %r' % name, GET + HOST + name + b': z\x00\r\n\r\n' + NEXT
    yield b'no colon', GET + HOST + b'nothing\r\n\r\n' + NEXT
    yield b'a folded host', GET + b'Host:\r\n localhost\r\n\r\n' + NEXT
    yield b'many headers', GET + HOST + b'X: y\r\n' * 70 + b'\r\n' + NEXT
    yield b'a long head', GET + HOST + b'X: ' + b'y' * 17000 + b'\r\n\r\n' + NEXT


def good():
    """(what, octets, status): taken, once, whatever hangs behind."""
    for extra in (b'', b'Connection: keep-alive\r\n', b'Connection: close\r\n', b'Upgrade: h2c\r\nConnection: Upgrade\r\n',
                  b'Connection: Content-Length\r\n', b'Keep-Alive: timeout=5\r\n', b'X:\r\n', b'TE: trailers\r\n',
                  b'Content-Length: 0\r\n', b'Trailer: X\r\n', b'Proxy-Connection: keep-alive\r\n', b'X-Forwarded-Host: evil\r\n'):
        yield b'good ' + extra, GET + HOST + extra + b'\r\n' + NEXT, 200
    yield b'good body', POST + HOST + JSON + b'Content-Length: 2\r\n\r\n{}' + NEXT, 404
    yield b'good empty body', POST + HOST + JSON + b'Content-Length: 0\r\n\r\n' + NEXT, 404
    yield b'a body that is a request', POST + HOST + JSON + b'Content-Length: %d\r\n\r\n' % len(NEXT) + NEXT, 400
    yield b'a body and a half', POST + HOST + JSON + b'Content-Length: 2\r\n\r\n{}' + NEXT[:40], 404
    yield b'an unknown method', b'PATCH /v1/info HTTP/1.1\r\n' + HOST + b'\r\n' + NEXT, 405
    yield b'any case', b'GET /v1/info HTTP/1.1\r\nhOSt:localhost\r\n\r\n' + NEXT, 200


def send(rig, octets, cuts):
    try:
        return rig.octets(octets, cuts)
    except socket.timeout:
        return b'nothing in time'


def verdict(got):
    """The one status, or what is wrong with the answer."""
    head, _, body = got.partition(b'\r\n\r\n')
    status = re.match(rb'HTTP/1\.1 (\d{3})[ \r]', head)
    length = re.search(rb'(?i)\r\ncontent-length: *(\d+)', head)
    if not status or not length:
        return 'no answer: %r' % got[:80]
    if int(length.group(1)) != len(body):
        return 'not one answer: %r' % got[-80:]
    return int(status.group(1))


def cuts_of(octets, dice):
    if os.environ.get('SPLITS') == 'all':
        return [[n] for n in range(1, len(octets))]
    places = [[dice.randrange(1, len(octets))] for _ in range(3)]
    return places + [sorted(dice.randrange(1, len(octets)) for _ in range(4))]


def one(rig, dice, what, octets, wanted):
    first = verdict(send(rig, octets, []))
    rig.check('%r gets one of %r' % (what, wanted), first in wanted, first)
    rest = {str(cuts): verdict(send(rig, octets, cuts)) for cuts in cuts_of(octets, dice)}
    odd = {c: v for c, v in rest.items() if v != first}
    rig.check('%r: the same however it is cut (%s)' % (what, first), not odd, odd)


def corpus(rig):
    rig.workflow('smuggled', 'steps: [{id: a, run: "true"}]\n')
    seed = int(os.environ.get('SEED', random.randrange(1 << 30)))
    dice, n = random.Random(seed), 0
    for part in (lengths, hosts, request_lines, line_ends):
        for what, octets in part():
            one(rig, dice, what, octets, REFUSED)
            n += 1
    for what, octets, status in good():
        one(rig, dice, what, octets, [status])
        n += 1
    print('smuggling: %d requests, seed %d' % (n, seed))
    rig.check('the corpus is large', n >= 200, n)


def nothing_came_through(rig):
    rig.equal('runs that were smuggled in', rig.get('/v1/runs').json['runs'], [])
    rig.equal('it answers as ever', rig.get('/v1/info').status, 200)


if __name__ == '__main__':
    play('smuggling', corpus, nothing_came_through)
