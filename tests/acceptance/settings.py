#!/usr/bin/env python3
# The engine's file read again while it runs: slots, roles, notices, secrets are as it has
# them now; a file with errors changes nothing and is told.
import hashlib
import http.client
import json
import os
import signal

from rig import PATIENCE, Reply, Stream, free_port, play

QUEUE = '[queue default]\nslots = %d\n'
TOKEN = '[token ci]\nsha256 = ' + hashlib.sha256(b'of ci').hexdigest() + '\nroles = %s\n'


def reload(rig, text):
    rig.config('engine', text)
    return rig.cli('engine', 'reload')


def taken(rig, text):
    p = reload(rig, text)
    rig.equal('it is taken', (p.returncode, p.stderr), (0, ''))


def slots_of(rig, name='default'):
    return next(q['slots'] for q in rig.get('/v1/queues').json['queues'] if q['name'] == name)


def over_tcp(rig, method, path, body=None):
    c = http.client.HTTPConnection('127.0.0.1', rig.port, timeout=PATIENCE)
    h = {'Authorization': 'Bearer of ci', 'Content-Type': 'application/json'}
    c.request(method, path, json.dumps(body) if body is not None else None, h)
    if path.startswith('/v1/events'):
        return Stream(c)
    reply = Reply(c.getresponse())
    c.close()
    return reply


def begin(rig):
    rig.workflow('held', 'params: {until: {type: string}}\nsteps: [{id: a, run: "cat $PARAM_until"}]\n')
    rig.workflow('quick', 'steps: [{id: a, run: "true"}]\n')
    rig.workflow('other', 'steps: [{id: a, run: "true"}]\n')
    rig.workflow('secret', 'secrets: [KEY]\nsteps: [{id: a, run: "test \\"$KEY\\" = of-KEY-now && echo right"}]\n')
    rig.port = free_port()
    rig.config('engine', QUEUE % 1 + TOKEN % 'operator')
    rig.up('--listen', 'unix:' + rig.socket, '--listen', '127.0.0.1:%d' % rig.port)


def slots(rig):
    fifos = [rig.path('held%d' % i) for i in range(3)]
    for fifo in fifos:
        os.mkfifo(fifo)
    runs = [rig.start('held', until=fifo) for fifo in fifos]
    rig.until(runs[0], lambda r: r['tasks'][0]['status'] == 'running')
    rig.until(runs[2], lambda r: r['tasks'][0]['status'] == 'queued')
    taken(rig, QUEUE % 3 + TOKEN % 'operator')
    for run in runs:
        rig.until(run, lambda r: r['tasks'][0]['status'] == 'running')
    rig.equal('what waited has begun', slots_of(rig), 3)
    taken(rig, QUEUE % 1 + TOKEN % 'operator')
    rig.equal('what runs with fewer goes on', [rig.task(r, 'a')['status'] for r in runs], ['running'] * 3)
    for fifo in fifos:
        open(fifo, 'w').close()
    rig.equal('to its end', [rig.done(r)['status'] for r in runs], ['completed'] * 3)
    taken(rig, QUEUE % 1 + '[queue big]\nslots = 2\n' + TOKEN % 'operator')
    rig.equal('a new queue', slots_of(rig, 'big'), 2)
    taken(rig, QUEUE % 1 + TOKEN % 'operator')
    rig.equal('that goes again', [q['slots'] for q in rig.get('/v1/queues').json['queues'] if q['name'] == 'big'],
              [0])


def roles(rig):
    rig.equal('an operator starts', over_tcp(rig, 'POST', '/v1/workflows/quick/runs', {}).status, 201)
    run = rig.start('other')
    rig.done(run)
    s = over_tcp(rig, 'GET', '/v1/events?snapshot=1')
    seen = {d['workflow'] for n, _, d in s.until('snapshot_end') if n == 'run'}
    rig.check('and sees', {'quick', 'other'} <= seen, seen)
    taken(rig, QUEUE % 1 + TOKEN % 'viewer:qui*')
    s.until('reset')
    seen = {d['workflow'] for n, _, d in s.until('snapshot_end') if n == 'run'}
    rig.equal('a stream that is open shows from then on what he may see', seen, {'quick'})
    r = over_tcp(rig, 'POST', '/v1/workflows/quick/runs', {})
    rig.equal('the role that was taken away refuses the next order', (r.status, r.code), (403, 'forbidden'))
    rig.equal('what he does not see is not there', over_tcp(rig, 'GET', '/v1/runs/' + run).status, 404)
    taken(rig, QUEUE % 1)
    rig.equal('a token that is gone', over_tcp(rig, 'GET', '/v1/runs').status, 401)
    rig.equal('its stream ends and shows nothing more', [n for n, _, d in s if n == 'run'], [])
    s.close()
    p = rig.cli('engine', 'token', 'made', '--roles', 'operator')
    rig.equal('one made by command', p.returncode, 0)
    taken(rig, QUEUE % 1 + TOKEN % 'operator')
    rig.check('stays', 'made' in [t['name'] for t in rig.get('/v1/tokens').json['tokens']])
    rig.equal('and the other is back', over_tcp(rig, 'POST', '/v1/workflows/quick/runs', {}).status, 201)


def broken(rig):
    before = slots_of(rig)
    s = rig.stream('/v1/events', beats=True)
    for text, where in ((QUEUE % 7 + 'slotz = 1\n', 'engine:3: slotz: '),
                        (QUEUE % 7 + TOKEN % 'emperor', 'engine:4: '),
                        (QUEUE % 7 + '[notice x]\non = ended\n', 'engine:4: [notice x]')):
        p = reload(rig, text)
        rig.check('the command says where', p.returncode == 6 and where in p.stderr, (p.returncode, p.stderr))
        info = rig.get('/v1/info').json
        rig.check('info, too', where in info['trouble'] and info['trouble'] == info['settings_error'], info)
        rig.check('and the log', where in open(rig.path('engine.err')).read().splitlines()[-1], open(rig.path('engine.err')).read()[-300:])
        rig.equal('nothing has changed', slots_of(rig), before)
        rig.equal('no role, either', over_tcp(rig, 'POST', '/v1/workflows/quick/runs', {}).status, 201)
    told = next(d['trouble'] for n, _, d in s if n == 'heartbeat' and d['trouble'])
    rig.check('readers of the stream are told', 'engine:3: slotz' in told, told)
    board = rig.cli('snapshot', '--size', '150x12').stdout
    rig.check('the board says it in its footer', 'the settings stay as they were' in board, board[-300:])
    taken(rig, QUEUE % 2)
    rig.equal('mended', (rig.get('/v1/info').json['trouble'], slots_of(rig)), (None, 2))
    s.close()


def others(rig):
    os.mkfifo(rig.path('told'))
    r = rig.done(rig.start('secret'))
    rig.equal('without a command there is no secret', r['status'], 'error')
    taken(rig, '[secrets]\ncommand = printf of-$NAME-now\n'
               '[notice all]\non = completed\nfilter = workflow:secret\ncommand = printf %%s "$RUNBOARD_NOTICE" > %s\n' % rig.path('told'))
    run = rig.start('secret')
    with open(rig.path('told')) as f:
        told = json.load(f)
    rig.equal('the notice that is new is sent', (told['run']['id'], told['on']), (run, 'completed'))
    rig.equal('the command has the secret', rig.log(run, 'a'), 'right\n')
    rig.config('engine', '[queue default]\nslots = 5\n')
    os.kill(rig.engine.pid, signal.SIGHUP)
    p = rig.cli('engine', 'reload')
    rig.equal('by HUP, by word, again and again', p.stdout, 'the engine has read its settings and workflows again\n')
    rig.equal('as it stands there', slots_of(rig), 5)


if __name__ == '__main__':
    play('settings', begin, slots, roles, broken, others, engine=None)
