#!/usr/bin/env python3
# Who may do what, from outside: every endpoint of doc/openapi.yaml, for every role and every
# single capability of doc/access.md, on a workflow inside the grant and one outside; what the
# rest see of what is not theirs; what stands in the audit trail.
import hashlib
import http.client
import json
import re
import socket
import subprocess

import plain_yaml
from rig import BUILD, PATIENCE, SOURCE, Reply, Stream, free_port, play

DOC = open(SOURCE + '/doc/access.md').read()
ROWS = [[c.strip() for c in line.strip('|').split('|')] for line in DOC.splitlines() if line.startswith('|')]
ROLES = {r[0]: set(r[1].split()) for r in ROWS if r[0] in ('viewer', 'operator', 'approver', 'administrator')}
ENDPOINTS = {tuple(r[0].split()): r[1] for r in ROWS if re.match(r'(GET|POST) /', r[0])}
ALL = ROLES['administrator']
CALLERS = {**ROLES, **{c: {c} for c in ALL}}
SEEN_BY = {'runs': 'VIEW_RUNS', 'workflows': 'LIST_WORKFLOWS', 'schedules': 'LIST_WORKFLOWS'}


def name_of(caller, scope):
    return caller + ('-everywhere' if scope == '*' else '-some')


def ask(rig, who, method, path, body=None):
    c = http.client.HTTPConnection('127.0.0.1', rig.port, timeout=PATIENCE)
    h = {'Authorization': 'Bearer secret of ' + who}
    if method == 'POST':
        h['Content-Type'] = 'application/json'
    c.request(method, path, json.dumps(body) if body is not None else None, h)
    if path.startswith('/v1/events') and method == 'GET':
        s = Stream(c)
        return s
    reply = Reply(c.getresponse())
    c.close()
    return reply


def status_of(rig, who, method, path, body):
    r = ask(rig, who, method, path, body)
    if isinstance(r, Stream):
        status = r.response.status
        r.close()
        return status
    return r.status


def open_on_tcp(rig):
    rig.port = free_port()
    text = ''
    for caller in CALLERS:
        for scope in ('*', 'mine*'):
            who = name_of(caller, scope)
            digest = hashlib.sha256(('secret of ' + who).encode()).hexdigest()
            text += '[token %s]\nsha256 = %s\nroles = %s:%s\n' % (who, digest, caller, scope)
    rig.config('engine', text)
    for name in ('mine', 'other'):
        rig.workflow(name, 'on: {schedule: [{cron: "0 3 1 1 *"}]}\nsteps:\n'
                           '  - {id: gate, approve: {prompt: "Words of %s?"}}\n' % name)
    rig.up('--listen', 'unix:' + rig.socket, '--listen', '127.0.0.1:%d' % rig.port)
    rig.ids = {n: rig.until_status(rig.start(n), 'waiting')['id'] for n in ('mine', 'other')}


def expected(needs, subject, caller, scope, name):
    """'yes', or the status of the refusal."""
    caps = CALLERS[caller] if scope == '*' or name == 'mine' else set()
    cap, *whole = needs.split()
    if cap == 'none':
        return 'yes'
    if subject and SEEN_BY[subject] not in caps:
        return 404
    if not subject and not whole:
        return 'yes' if cap in CALLERS[caller] else 403
    if whole:
        return 'yes' if cap in CALLERS[caller] and scope == '*' else 403
    return 'yes' if cap in caps else 403


def matrix(rig):
    described = {(m.upper(), p) for p, methods in plain_yaml.load(SOURCE + '/doc/openapi.yaml')['paths'].items()
                 for m in methods if m in ('get', 'post')}
    rig.equal('every endpoint stands in doc/access.md', described ^ set(ENDPOINTS), set())
    bodies = {'/v1/backup': {}, '/v1/tokens': {}, 'trigger': {}, 'ask': {'prompt': ''}}
    asked = 0
    for (method, path), needs in ENDPOINTS.items():
        if needs == 'by signature':
            rig.equal('a hook asks for no token', rig.post('/v1/hooks/mine').status, 404)
            continue
        subject = path.split('/')[2] if path.startswith('/v1/') and '{' in path else None
        subject = subject if subject in SEEN_BY else None
        for name in ('mine', 'other'):
            at = path.replace('{run}', rig.ids[name]).replace('{task}', 'gate').replace('{token}', 'nobody')
            at = at.replace('{name}', name).replace('{schedule}', name)
            tail = at.rsplit('/', 1)[-1]
            body = None
            if method == 'POST':
                body = bodies.get(at, bodies.get(tail, {'dry_run': True}))
                if subject == 'schedules':
                    body = {}
                if 'tasks' in at and tail != 'ask':
                    body = {'dry_run': True, 'version': 1}
            for caller in CALLERS:
                for scope in ('*', 'mine*'):
                    got = status_of(rig, name_of(caller, scope), method, at, body)
                    want = expected(needs, subject, caller, scope, name)
                    good = got == want if want != 'yes' else got not in (401, 403) and (
                        got != 404 or path == '/v1/tokens/{token}/revoke')
                    asked += 1
                    if not good:
                        rig.check('%s %s for %s on %s: %s' % (method, path, caller, scope, name), False, (got, want))
    rig.check('all of the matrix was asked (%d)' % asked, asked > 1900, asked)


def leaks(rig):
    """Who sees only `mine` meets no word of `other` anywhere."""
    who = 'administrator-some'
    signs = (b'"other"', rig.ids['other'].encode(), b'Words of other')
    for path in ('/v1/runs', '/v1/inbox', '/v1/workflows', '/v1/schedules', '/v1/stats', '/v1/workers', '/v1/queues',
                 '/v1/runs?sort=workflow', '/v1/runs?filter=workflow:other', '/v1/stats?workflow=other', '/v1/info'):
        r = ask(rig, who, 'GET', path)
        rig.check('%s tells nothing' % path, r.status == 200 and not any(s in r.body for s in signs), r.body[:300])
    rig.check('but of mine', rig.ids['mine'].encode() in ask(rig, who, 'GET', '/v1/runs').body and
              b'Words of mine' in ask(rig, who, 'GET', '/v1/inbox').body)
    hidden = ask(rig, who, 'GET', '/v1/runs/' + rig.ids['other'])
    missing = ask(rig, who, 'GET', '/v1/runs/' + rig.ids['other'][:-1] + '0')
    rig.equal('what is hidden looks like what is not there',
              hidden.json['error']['message'].replace(rig.ids['other'], 'X'),
              missing.json['error']['message'].replace(rig.ids['other'][:-1] + '0', 'X'))
    s = ask(rig, who, 'GET', '/v1/events?snapshot=1')
    frames = s.until('snapshot_end')
    rig.equal('the snapshot has what is visible', {d['workflow'] for n, _, d in frames if n == 'run'}, {'mine'})
    lanes = [d['lane'] for n, _, d in frames if n == 'run']
    rig.equal('and counts that', {k: v for k, v in frames[-1][2]['counts'].items() if v},
              {lane: lanes.count(lane) for lane in lanes})
    for name in ('other', 'mine'):
        rig.post('/v1/runs/%s/cancel' % rig.ids[name])
    seen = []
    for n, _, d in s:
        seen.append((n, d.get('workflow'), d.get('id')))
        if n == 'run' and d['status'] == 'cancelled':
            break
    rig.check('changes of others do not come', all(w == 'mine' for n, w, _ in seen if n == 'run') and
              not any(i == rig.ids['other'] for _, _, i in seen), seen)
    s.close()


def actions(rig):
    run = rig.until_status(rig.start('mine'), 'waiting')['id']
    for who, may in (('viewer-everywhere', set()), ('operator-everywhere', {'cancel', 'pause', 'rerun'}),
                     ('approver-some', {'approve', 'reject'})):
        r = ask(rig, who, 'GET', '/v1/runs/' + run).json
        got = {v for a in (r['actions'], r['tasks'][0]['actions']) for v, ok in a.items() if ok is True}
        rig.equal('what %s may now' % who, got, may)
    version = rig.task(run, 'gate')['version']
    r = ask(rig, 'FORCE_ADVANCE-everywhere', 'POST', '/v1/runs/%s/tasks/gate/advance' % run, {'version': version})
    rig.equal('one capability alone sees no run', r.status, 404)


def may_now(row):
    return {v for v, ok in row['actions'].items() if ok is True}


def rows(rig):
    """Lists and the stream say of each reader what he may do, not of anybody."""
    rig.workflow('mine-four-eyes', 'steps:\n  - {id: gate, approve: {prompt: Well?, roles: [approver], not_own: true}}\n')
    readers = {'viewer-everywhere': set(), 'operator-everywhere': {'cancel', 'pause', 'rerun'},
               'approver-some': {'approve', 'reject'},
               'administrator-some': {'approve', 'reject', 'cancel', 'pause', 'rerun'}}
    streams = {who: ask(rig, who, 'GET', '/v1/events') for who in readers}
    run = rig.until_status(rig.start('mine-four-eyes'), 'waiting')['id']
    for who, want in readers.items():
        live = next(d for n, _, d in streams[who] if n == 'run' and d['id'] == run and d['status'] == 'waiting')
        streams[who].close()
        rig.equal('a change says what %s may' % who, may_now(live), want)
        page = next(d for d in ask(rig, who, 'GET', '/v1/runs').json['runs'] if d['id'] == run)
        rig.equal('a list, too', may_now(page), want)
        frames = ask(rig, who, 'GET', '/v1/events?snapshot=1').until('snapshot_end')
        shown = next(d for n, _, d in frames if n == 'run' and d['id'] == run)
        rig.equal('a snapshot, too', may_now(shown), want)
        whole = ask(rig, who, 'GET', '/v1/runs/' + run).json
        rig.equal('all in the words of the run itself', (live['actions'], page['actions'], shown['actions']),
                  (whole['actions'],) * 3)
        w = next(w for w in ask(rig, who, 'GET', '/v1/workflows').json['workflows'] if w['name'] == 'mine-four-eyes')
        rig.equal('and whether he may start it', w['actions']['start'] is True, 'rerun' in want)
    own = next(d for d in rig.get('/v1/runs').json['runs'] if d['id'] == run)
    rig.check('who started it may not approve it', own['actions']['approve'] == 'it is your own run: somebody else must decide',
              own['actions'])
    rig.post('/v1/runs/%s/cancel' % run)


def audit(rig):
    ask(rig, 'viewer-everywhere', 'POST', '/v1/runs/%s/cancel' % rig.ids['mine'], {'reason': 'no'})
    c = http.client.HTTPConnection('127.0.0.1', rig.port, timeout=PATIENCE)
    c.request('GET', '/v1/audit', None, {'Authorization': 'Bearer wrong'})
    rig.equal('a wrong token', c.getresponse().status, 401)
    c.close()
    rows = rig.get('/v1/audit').json['audit']
    rig.check('what was refused is in the audit trail', any(
        a['by'] == 'viewer-everywhere' and a['what'] == 'POST /v1/runs/%s/cancel' % rig.ids['mine'] and
        a['why'].startswith('refused: ') and 'CANCEL_RUN' in a['why'] for a in rows), rows[:3])
    rig.check('who was not let in, too', any(a['by'] == 'tcp' and a['what'] == 'GET /v1/audit' for a in rows), rows[:3])


def revoked(rig):
    token = rig.post('/v1/tokens', {'name': 'short-lived', 'roles': 'viewer'}).json['token']
    c = http.client.HTTPConnection('127.0.0.1', rig.port, timeout=PATIENCE)
    c.request('GET', '/v1/events?snapshot=1', headers={'Authorization': 'Bearer ' + token})
    stream = Stream(c)
    stream.until('snapshot_end')
    rig.equal('a token is taken away', rig.post('/v1/tokens/short-lived/revoke', {}).status, 200)
    rig.equal('its stream ends', [f[0] for f in stream], [])
    stream.close()


def beyond_loopback(rig):
    for address in ('0.0.0.0:8420', '[::]:8420', '192.0.2.1:8420'):
        p = subprocess.run([BUILD + '/runboardd', '--foreground', '--state', rig.path('state2'), '--listen', address],
                           env=rig.env, capture_output=True, text=True, timeout=PATIENCE)
        rig.check('%s is not listened on, and why' % address, p.returncode == 2 and 'loopback' in p.stderr and
                  'ssh' in p.stderr.lower(), (p.returncode, p.stderr))


def strange_heads(rig):
    """What a web page or a rebound name sends, with a right token."""
    good = 'GET /v1/info HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer secret of viewer-everywhere\r\n' % rig.port
    for what, head, status in (
            ('plain', good, 200),
            ('another host', good.replace('127.0.0.1:', 'evil.example:'), 421),
            ('another port', good.replace(':%d' % rig.port, ':1'), 421),
            ('two hosts', good + 'Host: 127.0.0.1:%d\r\n' % rig.port, 400),
            ('an origin', good + 'Origin: http://evil.example\r\n', 403),
            ('a null origin', good + 'Origin: null\r\n', 403),
            ('a fetch of a page', good + 'Sec-Fetch-Site: cross-site\r\n', 403),
            ('two tokens', good + 'Authorization: Bearer x\r\n', 400)):
        s = socket.create_connection(('127.0.0.1', rig.port), PATIENCE)
        s.sendall((head + '\r\n').encode())
        got = b''
        while True:
            part = s.recv(65536)
            if not part:
                break
            got += part
        s.close()
        rig.equal('%s: one answer' % what, (got[9:12].decode(), got.count(b'HTTP/1.1 ')), (str(status), 1))


if __name__ == '__main__':
    play('access', open_on_tcp, matrix, leaks, actions, rows, audit, revoked, beyond_loopback, strange_heads, engine=None)
