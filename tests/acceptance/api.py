#!/usr/bin/env python3
# The HTTP API from outside: fields of a run and of a task, versions and preconditions,
# idempotency, orders, gates, lists, logs, errors.
import re
import threading
import urllib.parse

from rig import play

TIME = re.compile(r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$')
UUID7 = re.compile(r'^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$')
VERBS = {'approve', 'reject', 'answer', 'retry', 'skip', 'advance', 'cancel', 'pause', 'resume', 'rerun', 'start', 'edit'}


def text(v): return isinstance(v, str) and v != ''
def maybe(f): return lambda v: v is None or f(v)
def whole(v): return isinstance(v, int) and not isinstance(v, bool)
def time(v): return isinstance(v, str) and bool(TIME.match(v))
def flag(v): return isinstance(v, bool)
def share(v): return isinstance(v, (int, float)) and not isinstance(v, bool) and 0 <= v <= 1
def has(*names): return lambda v: isinstance(v, dict) and all(n in v for n in names)
def is_list(v): return isinstance(v, list)
def anything(v): return True


def is_actions(v):
    return isinstance(v, dict) and v and set(v) <= VERBS and all(a is True or text(a) for a in v.values())


ERROR = has('type', 'message', 'stack', 'causes', 'task')
GATE = has('task', 'kind', 'prompt', 'since', 'deadline', 'required', 'given', 'roles', 'not_own', 'schema')
RUN = {
    'id': lambda v: bool(UUID7.match(v)), 'short': text, 'workflow': text, 'title': maybe(text),
    'status': text, 'lane': text, 'trigger': has('kind', 'by', 'source'), 'labels': has(), 'params': has(),
    'environment': maybe(text), 'recovered': flag, 'progress': maybe(share), 'tasks_done': whole, 'tasks_total': whole,
    'current': maybe(has('task', 'status')), 'waiting': maybe(GATE), 'waiting_gates': whole,
    'pending': maybe(has('reason', 'detail', 'since')),
    'cancel_requested': maybe(has('by', 'at', 'reason')), 'error': maybe(ERROR), 'queue': maybe(text),
    'worker': maybe(text), 'parent': maybe(text), 'debug': flag, 'created_at': time, 'started_at': maybe(time),
    'ended_at': maybe(time), 'version': whole, 'seq': whole, 'actions': is_actions,
}
DETAIL = {**RUN, 'result': anything, 'tasks': is_list, 'gates': is_list, 'children': is_list}
TASK = {
    'id': text, 'step': text, 'item': anything, 'status': text, 'attempt': whole, 'attempts': is_list, 'needs': is_list,
    'args': anything, 'result': anything, 'error': maybe(ERROR), 'progress': maybe(share), 'started_at': maybe(time),
    'ended_at': maybe(time), 'queued_at': maybe(time), 'worker': maybe(text), 'pid': maybe(whole),
    'exit_code': maybe(whole), 'signal': maybe(whole),
    'usage': maybe(has('cpu_ms', 'max_rss_kb', 'read_bytes', 'write_bytes')), 'version': whole, 'actions': is_actions,
    'gate': maybe(GATE), 'log': has('stdout_bytes', 'stderr_bytes'),
}


def shaped(rig, what, got, shape):
    bad = ['%s=%r' % (k, got.get(k, 'missing')) for k, good in shape.items() if k not in got or not good(got[k])]
    rig.check('%s has all its fields' % what, not bad, bad)


def steps(rig):
    rig.workflow('plain', '''
        title: A plain one
        labels: {team: web, environment: prod}
        params: {n: {type: integer, default: 2}, token: {type: string, secret: true}}
        steps:
          - {id: one, run: 'echo out; echo err >&2; echo "k=v" >"$RUNBOARD_OUTPUT"'}
          - {id: two, run: exit 4}
        ''')
    rig.workflow('gate', '''
        steps:
          - {id: build, run: echo evidence}
          - {id: review, approve: {prompt: "Ship?", timeout: 1h, roles: [admin]}}
          - {id: after, run: "true"}
        ''')
    rig.workflow('sleeps', '''
        steps:
          - {id: nap, run: 'trap "sleep 0.3; exit 1" TERM; echo up; sleep 60 & wait'}
          - {id: after, run: "true"}
        ''')


def fields(rig):
    reply = rig.post('/v1/workflows/plain/runs', {'params': {'token': 'hush-hush-7'}})
    rig.equal('a start is created', reply.status, 201)
    shaped(rig, 'a started run', reply.json, DETAIL)
    fresh = reply.json
    rig.equal('tasks are listed from the start', [t['id'] for t in fresh['tasks']], ['one', 'two'])
    rig.check('none has begun before', fresh['tasks'][1]['status'] == 'pending', fresh['tasks'][1]['status'])
    run = rig.done(fresh['id'])
    shaped(rig, 'an ended run', run, DETAIL)
    for t in run['tasks'] + fresh['tasks']:
        shaped(rig, 'task ' + t['id'], t, TASK)
    rig.equal('its title', run['title'], 'A plain one')
    rig.equal('labels', run['labels'], {'team': 'web', 'environment': 'prod'})
    rig.equal('the environment is the label', run['environment'], 'prod')
    rig.equal('lane', run['lane'], 'failed')
    rig.equal('kind of the trigger', run['trigger']['kind'], 'manual')
    rig.check('who started it', text(run['trigger']['by']), run['trigger'])
    rig.equal('progress of the ended', run['tasks_total'], 2)
    rig.equal('params keep types, secrets are masked', run['params'].get('n'), 2)
    rig.check('secrets are not told', 'hush-hush-7' not in str(run))
    one, two = run['tasks']
    rig.equal('log sizes', one['log'], {'stdout_bytes': 4, 'stderr_bytes': 4})
    rig.equal('exit code', [one['exit_code'], two['exit_code']], [0, 4])
    rig.check('usage', whole(one['usage']['max_rss_kb']) and one['usage']['max_rss_kb'] > 0, one['usage'])
    rig.equal('the error of the run names the task', run['error']['task'], 'two')
    rig.check('short is of the id', text(run['short']) and run['short'] in run['id'].replace('-', ''), run['short'])
    one = rig.get('/v1/runs/%s/tasks/one' % run['id'])
    rig.equal('one task with its ETag', one.headers['ETag'], '"%d"' % one.json['version'])
    reply = rig.get('/v1/runs/' + run['id'])
    rig.equal('ETag is the version', reply.headers['ETag'], '"%d"' % reply.json['version'])
    rig.check('JSON', reply.headers['Content-Type'].startswith('application/json'))


def preconditions(rig):
    run = rig.until_status(rig.start('gate'), 'waiting')
    at = '/v1/runs/%s/tasks/review/' % run['id']
    v = run['tasks'][1]['version']
    rig.equal('waiting names the gate', [run['waiting'][k] for k in ('task', 'kind', 'prompt', 'required')],
              ['review', 'approval', 'Ship?', 1])
    rig.check('with a deadline', time(run['waiting']['deadline']), run['waiting']['deadline'])
    rig.equal('who may', run['waiting']['roles'], ['admin'])
    rig.equal('lane of the waiting', run['lane'], 'running')
    rig.equal('gates', [g['task'] for g in run['gates']], ['review'])
    rig.equal('without version', (rig.post(at + 'approve').status), 428)
    rig.equal('its code', rig.post(at + 'approve').code, 'precondition_required')
    rig.equal('If-Match that fails', rig.post(at + 'approve', If_Match='"%d"' % (v + 5)).status, 412)
    rig.equal('another version', rig.post(at + 'approve', {'version': v + 5}).status, 409)
    rig.equal('another attempt', rig.post(at + 'approve', {'version': v, 'attempt': 9}).status, 409)
    rig.equal('what is not valid now', rig.post(at + 'answer', {'version': v, 'value': 1}).status, 409)
    rig.equal('a task that is not', rig.post(at.replace('review', 'none') + 'approve', {'version': 1}).status, 404)
    reply = rig.post(at + 'approve', {'comment': 'fine'}, If_Match='"%d"' % v)
    rig.equal('approved', reply.status // 100, 2)
    late = rig.post(at + 'approve', {'version': v})
    rig.equal('who comes late', (late.status, late.code), (409, 'conflict'))
    d = late.json['error']['detail']
    rig.check('is told what changed, who and when', d.get('by') and time(d.get('at', '')) and len(d) > 2, d)
    rig.equal('the run goes on', rig.done(run['id'])['status'], 'completed')
    history = rig.get('/v1/runs/%s/history' % run['id'])
    rig.equal('history answers', history.status, 200)
    entries = next(v for v in history.json.values() if isinstance(v, list))
    rig.check('history has the comment', any(e.get('comment') == 'fine' and e['by'] and time(e['at'])
                                             for e in entries), entries)
    for verb in ('pause', 'cancel', 'resume'):
        r = rig.post('/v1/runs/%s/%s' % (run['id'], verb))
        rig.equal('%s of an ended run' % verb, (r.status, r.code is not None), (409, True))
    r = rig.post('/v1/runs/%s/cancel' % run['id'], {'version': run['version'] + 77})
    rig.check('a wrong version of a run', r.status in (409, 412), r.status)


def rejecting(rig):
    run = rig.until_status(rig.start('gate'), 'waiting')
    r = rig.order(run['id'], 'review', 'reject', comment='no')
    rig.equal('rejected', r.status // 100, 2)
    run = rig.done(run['id'])
    rig.equal('the run is rejected', (run['status'], run['lane'], run['tasks'][2]['status']),
              ('rejected', 'failed', 'skipped'))
    run = rig.until_status(rig.start('gate'), 'waiting')
    rig.equal('advance by an administrator', rig.order(run['id'], 'review', 'advance').status // 100, 2)
    rig.equal('goes on', rig.done(run['id'])['status'], 'completed')


def cancelling(rig):
    run = rig.until(rig.start('sleeps'), lambda r: r['tasks'][0]['log']['stdout_bytes'] > 0)
    r = rig.post('/v1/runs/%s/cancel' % run['id'], {'reason': 'enough'})
    rig.equal('cancel is accepted', r.status, 202)
    c = r.json['cancel_requested']
    rig.check('cancel_requested', c and c['by'] and time(c['at']) and c['reason'] == 'enough', c)
    rig.equal('but it is not cancelled yet', r.json['status'], 'running')
    run = rig.done(run['id'])
    rig.equal('cancelled', (run['status'], run['lane']), ('cancelled', 'cancelled'))
    rig.equal('tasks', [t['status'] for t in run['tasks']], ['cancelled', 'cancelled'])


def keys(rig):
    body = {'params': {'n': 3}}
    a = rig.post('/v1/workflows/plain/runs', body, Idempotency_Key='k-1')
    b = rig.post('/v1/workflows/plain/runs', body, Idempotency_Key='k-1')
    rig.equal('the same key answers the same', (b.status, b.body), (a.status, a.body))
    first = a.json
    rig.equal('with another body', rig.post('/v1/workflows/plain/runs', {'params': {'n': 4}}, Idempotency_Key='k-1').status, 422)
    c = rig.post('/v1/workflows/gate/runs', body={}, Idempotency_Key='k-1')
    rig.equal('a key is of its route', c.status, 201)
    run = rig.until_status(c.json['id'], 'waiting')
    at = '/v1/runs/%s/tasks/review/approve' % run['id']
    body = {'version': run['tasks'][1]['version']}
    a, b = (rig.post(at, body, Idempotency_Key='k-2') for _ in range(2))
    rig.equal('a decision is replayed', (b.status, b.body), (a.status, a.body))
    r = [None] * 8

    def one(i):
        r[i] = rig.post('/v1/workflows/plain/runs', {}, Idempotency_Key='k-3').json['id']
    threads = [threading.Thread(target=one, args=(i,)) for i in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    rig.equal('eight at once start one', len(set(r)), 1)
    for id in (first['id'], run['id'], r[0]):
        rig.done(id)


def lists(rig):
    ids = [rig.done(rig.start('plain', n=i))['id'] for i in range(5)]
    page = rig.get('/v1/runs?limit=2&filter=workflow:plain').json
    rig.equal('newest first', [r['id'] for r in page['runs']], ids[:2:-1])
    rig.check('with a cursor', text(page['next_cursor']), page['next_cursor'])
    shaped(rig, 'a listed run', page['runs'][0], RUN)
    newcomer = rig.start('plain', n=99)
    more = rig.get('/v1/runs?limit=2&filter=workflow:plain&cursor=' + urllib.parse.quote(page['next_cursor'])).json
    rig.equal('the cursor is stable under newcomers', [r['id'] for r in more['runs']], ids[2:0:-1])
    seen, cursor = [], ''
    while cursor is not None:
        page = rig.get('/v1/runs?limit=3' + ('&cursor=' + urllib.parse.quote(cursor) if cursor else '')).json
        seen += [r['id'] for r in page['runs']]
        cursor = page['next_cursor']
    rig.equal('all of them once', (len(seen), sorted(seen, reverse=True)), (len(set(seen)), seen))
    rig.done(newcomer)          # a page ordered by what moves may tell of it twice
    for sort, key in (('created', lambda r: r['id']), ('-ended', lambda r: r['ended_at'] or ''), ('workflow', lambda r: r['workflow']),
                      ('-status', lambda r: r['status'])):
        seen, cursor = [], ''
        while cursor is not None:
            page = rig.get('/v1/runs?limit=2&sort=%s' % sort + ('&cursor=' + urllib.parse.quote(cursor) if cursor else '')).json
            seen += page['runs']
            cursor = page['next_cursor']
        keys = [key(r) for r in seen]
        rig.equal('sorted by ' + sort, (len({r['id'] for r in seen}), keys), (len(seen), sorted(keys, reverse=sort[0] == '-')))
    for query, good in (('status:failed', lambda r: r['status'] == 'failed'), ('param.n=3', None),
                        ('param.n:3', lambda r: r['params']['n'] == 3), ('label.team:web', lambda r: r['labels']['team'] == 'web'),
                        ('-workflow:plain', lambda r: r['workflow'] != 'plain'), ('workflow:ga*,nothing', lambda r: r['workflow'] == 'gate'),
                        ('task:review', lambda r: r['workflow'] == 'gate'), ('since:1h', lambda r: True)):
        got = rig.get('/v1/runs?filter=' + urllib.parse.quote(query))
        if good:
            rig.check('filter ' + query, got.status == 200 and got.json['runs'] and all(map(good, got.json['runs'])), got.body[:300])
    for bad in ('filter=status:', 'filter=/[/', 'limit=0', 'limit=x', 'cursor=zz', 'limit=1&limit=2', 'sort=nothing', 'filter=%zz'):
        r = rig.get('/v1/runs?' + bad)
        rig.equal('refused: ' + bad, (r.status, r.code), (400, 'bad_request'))


def logs(rig):
    rig.workflow('logs', '''
        steps:
          - id: talk
            run: |
              echo "plain line"
              echo "ERROR: broken"
              echo '{"level":"warn","msg":"json"}'
              echo "level=debug key"
              echo "<3>syslog" >&2
              echo "[WARN] leading" >&2
              printf 'no end'
        ''')
    run = rig.done(rig.start('logs'))
    at = '/v1/runs/%s/tasks/talk/log' % run['id']
    out = rig.log(run['id'], 'talk')
    rig.check('octets', out.startswith('plain line\n') and out.endswith('no end'), out)
    rig.equal('a slice', rig.log(run['id'], 'talk', 'stream=stdout&offset=6&limit=4'), 'line')
    rig.equal('stderr apart', rig.log(run['id'], 'talk', 'stream=stderr'), '<3>syslog\n[WARN] leading\n')
    rig.equal('both by default', len(rig.get(at).body), len(out) + 25)
    lines = rig.lines(run['id'], 'talk')
    rig.equal('lines', len(lines), 7)
    rig.check('with time, stream, text', all(time(l['at']) and l['stream'] in ('stdout', 'stderr') and isinstance(l['text'], str)
                                             for l in lines), lines)
    rig.equal('the end', rig.get(at + '?format=lines&cursor=end').json['state'], 'eof')

    def texts(query):
        return sorted(l['text'] for l in rig.lines(run['id'], 'talk', query))
    rig.equal('search', texts('search=broken'), ['ERROR: broken'])
    rig.equal('level error', texts('level=error'), ['<3>syslog', 'ERROR: broken'])
    rig.equal('level warn and above', texts('level=warn'), ['<3>syslog', 'ERROR: broken', '[WARN] leading', '{"level":"warn","msg":"json"}'])
    rig.equal('a limit is one of a page', len(texts('limit=2')), 7)
    rig.equal('octets of the lines that fit', rig.log(run['id'], 'talk', 'search=broken'), 'ERROR: broken\n')
    rig.equal('and of a level', rig.log(run['id'], 'talk', 'level=error&stream=stderr'), '<3>syslog\n')
    first = rig.get(at + '?format=lines&limit=2').json
    rig.check('no more than the limit', len(first['lines']) <= 2 and first['state'] == 'more', first)
    rest = rig.lines(run['id'], 'talk', begin='cursor=' + urllib.parse.quote(first['next']))
    rig.equal('the cursor goes on', [l['text'] for l in first['lines'] + rest], [l['text'] for l in lines])
    for bad in ('attempt=0', 'attempt=9', 'stream=none', 'limit=-1', 'level=loud', 'format=xml'):
        r = rig.get(at + '?' + bad)
        rig.check('refused: ' + bad, r.status in (400, 404) and r.code, (r.status, r.body[:80]))
    s = rig.stream(at + '?follow=1&format=lines')
    rig.equal('following ends with eof', s.until('eof')[-1][0], 'eof')
    s.close()
    rig.equal('a followed stream of octets ends', rig.get(at + '?follow=1&stream=stdout').body.decode(), out)


def routes(rig):
    info = rig.get('/v1/info').json
    rig.check('info', text(info['version']) and is_list(info['capabilities']) and
              any(time(v) for v in info.values()), info)
    for name in ('workflows', 'inbox', 'schedules', 'queues', 'workers', 'stats', 'audit'):
        r = rig.get('/v1/' + name)
        rig.equal('/v1/' + name, (r.status, name in r.json), (200, True))
    wf = rig.get('/v1/workflows/plain').json
    rig.equal('parameters in order', list(wf['params']), ['n', 'token'])
    rig.equal('graph', [s['needs'] for s in wf['steps']], [[], ['one']])
    run = rig.until_status(rig.start('gate'), 'waiting')
    inbox = rig.get('/v1/inbox').json['inbox']
    rig.check('the inbox has it', any(i['run'] == run['id'] and i['task'] == 'review' for i in inbox), inbox)
    again = rig.post('/v1/runs/%s/rerun' % run['id'], {'debug': True})
    rig.check('rerun', again.status in (201, 202) and again.json['id'] != run['id'] and again.json['debug'] is True, again.body[:200])
    rig.equal('pause', rig.post('/v1/runs/%s/pause' % run['id']).status, 202)
    rig.check('waiting comes before paused', rig.run(run['id'])['status'] == 'waiting', rig.run(run['id'])['status'])
    rig.order(run['id'], 'review', 'approve')
    now = rig.until_status(run['id'], 'paused')
    rig.equal('paused: nothing begins', now['tasks'][2]['status'] in ('pending', 'queued'), True)
    rig.equal('resume', rig.post('/v1/runs/%s/resume' % run['id']).status, 202)
    rig.equal('goes on', rig.done(run['id'])['status'], 'completed')
    later = rig.post('/v1/workflows/plain/runs', {'delay': '1h', 'priority': 5}).json
    rig.equal('a delayed start is planned', (later['status'], later['lane']), ('planned', 'planned'))


def refusals(rig):
    where = '/v1/workflows/plain/runs'
    none = '/v1/runs/018f0000-0000-7000-8000-000000000000'
    for what, got, status in (
            ('no path', rig.get('/v1/nothing'), 404), ('no run', rig.get(none), 404),
            ('no such run to cancel', rig.post(none + '/cancel'), 404), ('no such workflow', rig.get('/v1/workflows/none'), 404),
            ('no workflow to start', rig.post('/v1/workflows/none/runs'), 404), ('a wrong method', rig.call('DELETE', '/v1/runs'), 405),
            ('not JSON', rig.post(where, '{'), 400), ('no object', rig.post(where, '[]'), 400),
            ('an unknown name', rig.post(where, {'parms': {}}), 400), ('twice a name', rig.post(where, '{"debug":true,"debug":false}'), 400),
            ('another type', rig.post(where, '{}', Content_Type='text/plain'), 415), ('too large', rig.post(where, 'x' * (2 << 20)), 413),
            ('a bad id', rig.get('/v1/runs/..%2f..'), 404)):
        rig.equal(what, (got.status, got.code is not None), (status, True))
    rig.workflow('broken', 'steps: [{id: a}]\n')
    r = rig.post('/v1/workflows/broken/runs')
    rig.check('a workflow with errors says which', r.status == 422 and r.code == 'bad_definition' and ':1:' in r.json['error']['message'],
              (r.status, r.body))
    for params in ({'n': 'two'}, {'n': 2.5}, {'none': 1}, {'n': None}):
        r = rig.post(where, {'params': params})
        rig.check('parameters that do not fit: %r' % params, r.status in (400, 422) and r.code, (r.status, r.body[:200]))
    for what, raw, status in (
            ('no Host', b'GET /v1/info HTTP/1.1\r\n\r\n', 400), ('not HTTP', b'hello\r\n\r\n', 400),
            ('two lengths', b'POST /v1/info HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400),
            ('chunks', b'POST /v1/info HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 501),
            ('a long head', b'GET / HTTP/1.1\r\nHost: x\r\nA: ' + b'a' * 70000 + b'\r\n\r\n', 431)):
        got = rig.octets(raw).split(b'\r\n')[0]
        rig.check(what, b' %d ' % status in got + b' ', got)


if __name__ == '__main__':
    play('api', steps, fields, preconditions, rejecting, cancelling, keys, lists, logs, routes, refusals)
