#!/usr/bin/env python3
# What a stranger tries from outside: Host, Origin and types of a browser that was
# tricked; names that lead out of the folders, at every endpoint that takes a name, with
# strace as a witness where there is one; modes of all that the engine makes, under
# several umasks.
import hashlib
import http.client
import itertools
import os
import re
import shutil
import socket
import stat
import subprocess
import urllib.parse

from rig import BUILD, PATIENCE, Rig, free_port, play

TOKEN = 'a token of the test'
CANARY = 'canary-7f3a'


# ---- a browser that was tricked ---------------------------------------------------------

def tcp(rig, method, path, headers):
    c = http.client.HTTPConnection('127.0.0.1', rig.port, timeout=PATIENCE)
    c.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers:
        c.putheader(name, value)
    c.endheaders()
    answer = c.getresponse()
    answer.read()
    c.close()
    return answer


def web(rig):
    mine, auth = '127.0.0.1:%d' % rig.port, ('Authorization', 'Bearer ' + TOKEN)
    routes = (('GET', '/v1/info'), ('GET', '/v1/runs'), ('GET', '/v1/events'), ('GET', '/metrics'),
              ('POST', '/v1/workflows/w/runs'), ('POST', '/v1/hooks/w'), ('POST', '/v1/tokens'))
    foreign = ['evil.example', 'evil.example:%d' % rig.port, 'localhost.evil.example:%d' % rig.port, '127.0.0.1',
               '127.0.0.1:%d' % (rig.port - 1), '0.0.0.0:%d' % rig.port, '127.1:%d' % rig.port, '2130706433:%d' % rig.port,
               '0x7f000001:%d' % rig.port, '127.0.0.1.nip.io:%d' % rig.port, '[::ffff:127.0.0.1]:%d' % rig.port,
               'localhost.:%d' % rig.port, '127.0.0.2:%d' % rig.port, 'localhost:%d.' % rig.port, '[::]:%d' % rig.port,
               'xn--localhost-:%d' % rig.port, '127.0.0.1:0%d' % rig.port]
    for (method, path), host in itertools.product(routes, foreign):
        got = tcp(rig, method, path, [('Host', host), auth])
        rig.equal('%s %s for %s' % (method, path, host), got.status in (400, 421), True)
        rig.check('no word to other origins', not any(h.lower().startswith('access-control') for h, _ in got.getheaders()))
    origins = [('Origin', o) for o in ('http://evil.example', 'null', 'http://' + mine, 'https://localhost', 'file://', '',
                                       'chrome-extension://a', 'http://localhost:%d' % rig.port)]
    sites = [('Sec-Fetch-Site', s) for s in ('cross-site', 'same-site', 'same-origin', 'none')]
    for (method, path), header in itertools.product(routes, origins + sites):
        got = tcp(rig, method, path, [('Host', mine), auth, header])
        rig.equal('%s %s with %s' % (method, path, header), got.status, 403)
    for method in ('OPTIONS', 'TRACE', 'PUT', 'DELETE', 'PATCH', 'CONNECT'):
        got = tcp(rig, method, '/v1/runs', [('Host', mine), auth])
        rig.check('%s is refused' % method, got.status in (400, 405), got.status)
    for host in (mine, 'localhost:%d' % rig.port, 'LOCALHOST:%d' % rig.port):
        rig.equal('our own host ' + host, tcp(rig, 'GET', '/v1/info', [('Host', host), auth]).status, 200)
        rig.equal('and without a token', tcp(rig, 'GET', '/v1/info', [('Host', host)]).status, 401)
    for kind in ('text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '', 'application/jsonp',
                 'text/json', 'application/json5', 'application/json, text/plain', 'application/ld+json'):
        for path in ('/v1/workflows/w/runs', '/v1/runs/%s/cancel' % rig.known, '/v1/runs/%s/tasks/a/approve' % rig.known,
                     '/v1/schedules/w/pause', '/v1/tokens'):
            rig.equal('%s as %r' % (path, kind), rig.call('POST', path, '{}', Content_Type=kind).status, 415)
    rig.equal('nothing began', [r['id'] for r in rig.get('/v1/runs?filter=-status:planned').json['runs']], [rig.known])


# ---- names that lead out -------------------------------------------------------------------

def names(rig):
    """Over 300 of them, as they stand in a URL."""
    out = set()
    targets = ['etc/passwd', CANARY, 'journal.db', 'key', 'config/runboard/secrets/S', 'run/engine.sock', 'tmp/' + CANARY]
    ups = ['..%2f', '%2e%2e%2f', '..%5c', '%2e%2e/', '../', '..;/', '%2e%2e;%2f', '..%252f', '%252e%252e%252f', '..%c0%af',
           '%c0%ae%c0%ae%2f', '..%e0%80%af', '%e0%80%ae%e0%80%ae/', '..%ef%bc%8f', '..%u2215', '.%2e/', '..%00/', '....//',
           '..%0d%0a/', '%uff0e%uff0e%u2215']
    for up, depth, target in itertools.product(ups, (1, 4), targets):
        out.add(up * depth + target)
    for whole in ('/etc/passwd', rig.dir + '/' + CANARY, '/proc/self/environ', '/proc/self/fd/3', '/proc/self/root/etc/passwd',
                  '/dev/stdin', '/dev/null', '~', '~root', 'file:///etc/passwd', 'C:\\windows', '\\\\host\\share', '$HOME',
                  '`id`', '$(id)', '|id', ';id', '-rf', '--help', '*', '?', '[a]', '{a,b}', '.', '..', '...', '....', 'a/..',
                  'a/../..', './a', 'a//b', '\0', 'a\0b', '\x7f', '\r\n', 'a\nb', '\u202e', '\ufeff', '%', '%s%n', "'", '"',
                  "' OR 1=1 --", 'a;DROP TABLE runs', 'x' * 300, 'x' * 4000, '\u00e9', 'con', 'nul', 'journal.db-wal',
                  'link', 'link/passwd', 'w.yaml', 'w/../../' + CANARY, 'index[0]', 'a[0]/..', '0', '-1', '1e9', 'null', 'undefined'):
        out.add(urllib.parse.quote(whole, safe=''))
    for raw in ('%c0%af', '%fe%ff', '%80', '%ed%a0%80', '%f8%88%80%80%80', '%f4%90%80%80', '%', '%zz', '%2', '%u0041', '+',
                '%00', '%2500', '%0a', '%c3', '%e2%80', ';', '%3b', '&a=b', '=', '%23', '%3f'):
        out.add(raw)
    return sorted(out)


PATHS = ('GET /v1/workflows/{}', 'POST /v1/workflows/{}/runs', 'GET /v1/runs/{}', 'GET /v1/runs/{}/history', 'POST /v1/runs/{}/cancel',
         'POST /v1/runs/{}/rerun', 'GET /v1/runs/{}/tasks/a', 'GET /v1/runs/{}/tasks/a/log', 'GET /v1/runs/KNOWN/tasks/{}',
         'GET /v1/runs/KNOWN/tasks/{}/log', 'POST /v1/runs/KNOWN/tasks/{}/approve', 'POST /v1/runs/KNOWN/tasks/{}/ask',
         'POST /v1/schedules/{}/pause', 'POST /v1/schedules/{}/trigger', 'POST /v1/hooks/{}', 'POST /v1/tokens/{}/revoke',
         'GET /v1/runs/KNOWN/tasks/a/log?stream={}', 'GET /v1/runs/KNOWN/tasks/a/log?cursor={}', 'GET /v1/runs?cursor={}',
         'GET /v1/runs?sort={}', 'GET /v1/stats?workflow={}', 'GET /v1/{}', 'GET /{}')


def traverse(rig):
    bodies, taken = 0, []
    with open('/etc/passwd') as f:
        root = f.readline().strip()
    for where in PATHS:
        method, path = where.replace('KNOWN', rig.known).split(' ')
        for name in rig.names:
            body = '{}' if method == 'POST' else None
            got = rig.octets(('%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n%s' % (
                method, path.format(name), 'Content-Type: application/json\r\nContent-Length: 2\r\n' if body else '',
                body or '')).encode('utf-8', 'surrogateescape'))
            bodies += 1
            if root.encode() in got or CANARY.encode() + b'!' in got or b'SQLite format' in got:
                rig.check('%s leaks by %s' % (where, name), False, got[:200])
            status = int(got[9:12] or b'0')
            # What names no file of ours may be found under a list, or mean all.
            if not 400 <= status < 500 and not ('?' in where and status == 200):
                taken.append((where, name, status))
    rig.check('names lead nowhere (%d requests)' % bodies, not taken, taken[:5])
    rig.check('over 300 names', len(rig.names) > 300, len(rig.names))


def tokens_in_bodies(rig):
    """Names that come in a body: of a token, of a backup's file."""
    for name in ('../x', '/etc/x', 'a/b', 'a b', '', '.', '..', 'x' * 300, 'a\nb', '\u202e', 'a\0'):
        got = rig.post('/v1/tokens', {'name': name})
        rig.check('a token named %r' % name, 400 <= got.status < 500, (got.status, got.body[:80]))
    for file in ('', 'relative', '../x', rig.dir, rig.dir + '/state/journal.db', rig.path(CANARY), '/nowhere/at/all', '/dev/null'):
        got = rig.post('/v1/backup', {'file': file})
        rig.check('a backup to %r' % file, got.status >= 400, (got.status, got.body[:80]))
    with open(rig.path(CANARY)) as f:
        rig.equal('what was there is there', f.read(), CANARY + '!\n')


def witness(rig):
    """What the engine opened while it was asked, by strace."""
    if not rig.trace:
        print('note: without strace nobody watched what was opened')
        return
    with open(rig.trace, errors='replace') as f:
        text = f.read()
    mine = ('/etc/', '/usr/', '/lib', '/proc/self/', '/proc/stat', '/sys/', '/dev/', BUILD + '/')
    own = tuple(rig.path(p) for p in ('state', 'config/runboard', 'run'))
    strange = set()
    for folder, name in re.findall(r'openat2?\((?:AT_FDCWD<([^>]*)>|\d+<[^>]*>), "((?:[^"\\]|\\.)*)"', text):
        path = os.path.normpath(os.path.join(folder or rig.path('state'), name))
        asked = path.startswith('/nowhere/at/all')      # by an administrator, for a backup
        if not path.startswith(own + mine) and not asked or 'passwd' in path and '/state' in path:
            strange.add(path)
    rig.check('nothing is opened outside', not strange, sorted(strange)[:10])
    rig.check('the witness saw something', 'workflows' in text, len(text))
    rig.check('the canary was not opened', CANARY not in text.replace(rig.dir + '/' + CANARY + '"', '') or
              not re.search(r'openat\([^)]*%s"[^)]*\) = [0-9]' % CANARY, text))


# ---- modes -----------------------------------------------------------------------------------

def modes(rig):
    for mask in (0o000, 0o002, 0o022, 0o027, 0o077):
        with UnderMask(rig, mask) as r:
            r.workflow('w', 'steps: [{id: a, run: "echo x; echo y=1 >$RUNBOARD_OUTPUT"}]\n')
            run = r.start('w')
            r.done(run)
            open_to_others = []
            for folder, folders, files in os.walk(r.path('state')):
                for name in folders + files:
                    at = os.path.join(folder, name)
                    try:
                        mode = os.lstat(at).st_mode
                    except FileNotFoundError:
                        continue    # of a step that has ended: it goes just now
                    # The step writes this one, and has the everyday umask.
                    if stat.S_IMODE(mode) & 0o077 and name != 'output':
                        open_to_others.append((os.path.relpath(at, r.dir), oct(stat.S_IMODE(mode))))
            # In a folder that nobody else may enter it would do no harm, but a copy of it might.
            rig.check('umask %03o: nothing in the state is open to others' % mask, not open_to_others, open_to_others[:5])
            for at, wanted in (('state', 0o700), ('run/engine.sock', 0o600)):
                rig.equal('umask %03o: %s' % (mask, at), oct(stat.S_IMODE(os.stat(r.path(at)).st_mode)), oct(wanted))


class UnderMask:
    """An engine of its own, started under a umask; its checks count here."""

    def __init__(self, rig, mask):
        self.mask, self.rig = mask, Rig('attacks')
        shutil.rmtree(self.rig.path('state'))

    def __enter__(self):
        before = os.umask(self.mask)
        try:
            self.rig.up()
        finally:
            os.umask(before)
        return self.rig

    def __exit__(self, *_):
        self.rig.down()


def sockets(rig):
    """What stands where the socket is to be: a dead one goes, anything else stays."""
    for what, make in (('a file', lambda p: open(p, 'w').close()), ('a folder', os.mkdir),
                       ('a link', lambda p: os.symlink('/etc/passwd', p))):
        r = Rig('attacks')
        make(r.socket)
        p = subprocess.run([BUILD + '/runboardd', '--foreground'], env=r.env, capture_output=True, text=True, timeout=PATIENCE)
        rig.check('%s is not taken for a socket' % what, p.returncode != 0 and os.path.lexists(r.socket), p.stderr[-200:])
    r = Rig('attacks')
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(r.socket)
    dead.close()
    r.up()
    rig.equal('a dead socket is taken over', r.get('/v1/info').status, 200)
    second = subprocess.run([BUILD + '/runboardd', '--foreground'], env=r.env, capture_output=True, text=True, timeout=PATIENCE)
    rig.check('a living one is not', second.returncode != 0 and r.get('/v1/info').status == 200, second.stderr[-200:])
    r.down()


# ---- the scene ---------------------------------------------------------------------------------

def scene(rig):
    """The engine starts under strace where there is one that may look."""
    rig.workflow('w', 'on: {webhook: {secret_env: NONE}, schedule: [{cron: "0 3 1 1 *"}]}\nsteps: [{id: a, approve: {prompt: P}}]\n')
    rig.config('engine', '[token t]\nroles = administrator\nsha256 = %s\n' % hashlib.sha256(TOKEN.encode()).hexdigest())
    os.makedirs(rig.path('config/runboard/secrets'), 0o700)
    for at in (CANARY, 'tmp/' + CANARY, 'config/runboard/secrets/S'):
        rig.write(at, CANARY + '!\n')
    rig.port = free_port()
    rig.up('--listen', 'unix:' + rig.socket, '--listen', '127.0.0.1:%d' % rig.port)
    rig.trace = rig.path('trace')
    os.symlink('/etc', rig.path('state/link'))
    os.symlink('/etc/passwd', rig.path('config/runboard/workflows/link.yaml.txt'))
    rig.known = rig.until_status(rig.start('w'), 'waiting')['id']
    rig.names = names(rig)


def watched(rig):
    strace = shutil.which('strace')
    tracer = strace and subprocess.Popen(
        [strace, '-f', '-y', '-e', 'trace=open,openat,openat2', '-o', rig.trace, '-p', str(rig.engine.pid)],
        stderr=subprocess.PIPE, text=True)
    said = tracer.stderr.readline() if tracer else ''
    if 'attached' not in said:
        rig.trace = None
    traverse(rig)
    tokens_in_bodies(rig)
    if tracer:
        tracer.terminate()
        tracer.wait()
        tracer.stderr.close()
    witness(rig)


if __name__ == '__main__':
    play('attacks', scene, web, watched, modes, sockets, engine=None)
