#!/usr/bin/env python3
# Decisions from outside: many operators at once and one winner, versions and keys, retry of
# each kind of end, pausing; and why a run is pending, each reason provoked.
import os
import re
import signal
import threading

from rig import play

WAIT = 'while ! test -e \\"$HOME/%s\\"; do sleep 0.02; done'


def at_once(n, fn):
    """fn(i) in n threads that begin together; what each returned."""
    out, gate = [None] * n, threading.Barrier(n)

    def go(i):
        gate.wait()
        out[i] = fn(i)
    threads = [threading.Thread(target=go, args=(i,)) for i in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return out


def race(rig):
    """Forty operators approve and reject the same gate: one decides, all others hear who."""
    rig.workflow('raced', 'steps: [{id: gate, approve: {prompt: "Go?"}}]\n')
    for _ in range(5):
        run = rig.until_status(rig.start('raced'), 'waiting')
        at, version = '/v1/runs/%s/tasks/gate/' % run['id'], run['tasks'][0]['version']
        replies = at_once(40, lambda i: rig.post(at + ('approve', 'reject')[i % 2], {'version': version, 'comment': str(i)}))
        won = [i for i, r in enumerate(replies) if r.status == 200]
        rig.equal('one wins', len(won), 1)
        lost = [r for r in replies if r.status != 200]
        rig.check('all others get 409 with who, what and when', all(
            r.status == 409 and r.code == 'conflict' and r.json['error']['detail']['by'] and
            r.json['error']['detail']['did'] == ('approved', 'rejected')[won[0] % 2] and
            r.json['error']['detail']['at'] for r in lost), [r.body for r in lost if r.code != 'conflict'][:1])
        done = rig.done(run['id'])
        rig.equal('the winner\'s word counts', done['status'], ('completed', 'rejected')[won[0] % 2])
        votes = [h for h in rig.get('/v1/runs/%s/history' % run['id']).json['history'] if h['kind'] == 'gate_voted']
        rig.equal('one vote, his', [v['comment'] for v in votes], [str(won[0])])


def same_key(rig):
    """The same order sent many times with one key is one order; another body is refused."""
    run = rig.until_status(rig.start('raced'), 'waiting')
    at, body = '/v1/runs/%s/tasks/gate/approve' % run['id'], {'version': run['tasks'][0]['version'], 'comment': 'once'}
    replies = at_once(20, lambda i: rig.post(at, body, Idempotency_Key='one'))
    rig.equal('each gets the first answer', {(r.status, r.body) for r in replies}, {(200, replies[0].body)})
    r = rig.post(at, {**body, 'comment': 'another'}, Idempotency_Key='one')
    rig.equal('the key with another body', (r.status, r.code), (422, 'key_reused'))
    starts = at_once(10, lambda i: rig.post('/v1/workflows/raced/runs', {}, Idempotency_Key='start'))
    rig.equal('one run', len({r.json['id'] for r in starts}), 1)
    rig.post('/v1/runs/%s/cancel' % starts[0].json['id'])


def versions(rig):
    run = rig.until_status(rig.start('raced'), 'waiting')
    at, version = '/v1/runs/%s/tasks/gate/approve' % run['id'], run['tasks'][0]['version']
    for what, body, headers, status in (
            ('no version', {}, {}, 428), ('an old version', {'version': version - 1}, {}, 409),
            ('If-Match that fails', {}, {'If_Match': '"%d"' % (version - 1)}, 412),
            ('two versions', {'version': version}, {'If_Match': '"%d"' % (version + 1)}, 400),
            ('another attempt', {'version': version, 'attempt': 7}, {}, 409),
            ('If-Match that fits', {}, {'If_Match': '"%d"' % version}, 200)):
        rig.equal(what, rig.post(at, body, **headers).status, status)


def reopen(rig):
    """Retry reopens what failed and what was too late, not what was cancelled."""
    rig.workflow('fails', 'steps: [{id: a, run: "test -e \\"$HOME/mended\\""}, {id: b, run: "echo b"}]\n')
    rig.workflow('slow', 'steps: [{id: a, timeout: 2s, run: "test -e \\"$HOME/mended\\" || sleep 60"}]\n')
    runs = {name: rig.done(rig.start(name)) for name in ('fails', 'slow')}
    rig.equal('as they ended', {n: r['status'] for n, r in runs.items()}, {'fails': 'failed', 'slow': 'timed_out'})
    rig.write('mended', '')
    for name, run in runs.items():
        rig.equal('retry %s' % name, rig.order(run['id'], 'a', 'retry', comment='again').status, 200)
        done = rig.done(run['id'])
        rig.equal('%s completes' % name, (done['status'], done['tasks'][0]['attempt']), ('completed', 2))
        rig.equal('who, with which comment', [(h['by'] is not None, h['comment']) for h in rig.get(
            '/v1/runs/%s/history' % run['id']).json['history'] if h['kind'] == 'run_reopened'], [(True, 'again')])
    os.remove(rig.path('mended'))
    run = rig.until_status(rig.start('raced'), 'waiting')['id']
    rig.post('/v1/runs/%s/cancel' % run)
    rig.done(run)
    r = rig.order(run, 'gate', 'retry')
    rig.equal('a cancelled run stays', (r.status, r.code), (409, 'not_now'))


def parent_of(pid):
    with open('/proc/%d/stat' % pid) as f:
        return int(f.read().rsplit(')', 1)[1].split()[1])


def reopen_error(rig):
    """A run that ended as an error goes on from the step that was the error: retried, edited or skipped."""
    after = '{id: after, run: "true"}'
    rig.workflow('no-child', 'steps: [{id: a, workflow: comes-later}, %s]\n' % after)
    rig.workflow('order', 'params: {n: {type: string, default: x}}\nsteps: [{id: a, if: "params.n < \\"b\\" || params.n > 3", run: "true"}, %s]\n' % after)
    rig.workflow('lost', 'steps: [{id: a, on_unknown: fail, run: "test $RUNBOARD_ATTEMPT = 2 || sleep 100"}, %s]\n' % after)
    rig.workflow('sum', 'steps: [{id: a, run: "true"}]\nresult: "${{ steps.a.result.n < 3 }}"\n')
    runs = {name: rig.start(name) for name in ('no-child', 'order', 'lost', 'sum')}
    task = rig.until(runs['lost'], lambda r: r['tasks'][0]['pid'])['tasks'][0]
    os.kill(parent_of(task['pid']), signal.SIGKILL)
    ends = {name: rig.done(run) for name, run in runs.items()}
    rig.equal('as they ended', {n: (r['status'], r['error']['type'], r['error']['task']) for n, r in ends.items()},
              {'no-child': ('error', 'workflow', 'a'), 'order': ('error', 'expression', 'a'),
               'lost': ('error', 'unknown_outcome', 'a'), 'sum': ('error', 'expression', None)})
    rig.equal('what needs it was skipped', {n: r['tasks'][1]['status'] for n, r in ends.items() if n != 'sum'},
              {'no-child': 'skipped', 'order': 'skipped', 'lost': 'skipped'})
    rig.workflow('comes-later', 'steps: [{id: x, run: "true"}]\n')
    for name, body in (('no-child', {}), ('lost', {}), ('order', {'edit': {'params': {'n': 'a'}}})):
        rig.equal('%s is retried' % name, rig.order(runs[name], 'a', 'retry', **body).status, 200)
        done = rig.done(runs[name])
        rig.equal('%s completes' % name, (done['status'], done['error'], [t['status'] for t in done['tasks']]),
                  ('completed', None, ['completed', 'completed']))
    rig.equal('an attempt that was lost is not counted again', [a['attempt'] for a in rig.task(runs['lost'], 'a')['attempts']], [1, 2])
    skipped = rig.done(rig.start('order'))['id']
    rig.equal('skip', rig.order(skipped, 'a', 'skip').status, 200)
    rig.equal('it goes on behind it', [t['status'] for t in rig.done(skipped)['tasks']], ['skipped', 'completed'])
    rig.equal('where no step was the error there is none to retry', rig.order(runs['sum'], 'a', 'retry').code, 'not_now')
    rig.equal('it can be run again', rig.post('/v1/runs/%s/rerun' % runs['sum']).status, 201)


def pausing(rig):
    rig.workflow('two', 'steps: [{id: a, run: "%s"}, {id: b, run: "echo b"}]\n' % (WAIT % 'go'))
    run = rig.until_status(rig.start('two'), 'running')['id']
    rig.equal('pause', rig.post('/v1/runs/%s/pause' % run, {'reason': 'a look first'}).status, 202)
    long = rig.start('two')
    rig.post('/v1/runs/%s/pause' % long, {'reason': 'é' * 300})
    rig.check('a long reason is cut between characters', re.fullmatch('paused by [^:]+: é+', rig.until_status(long, 'paused')['pending']['detail']))
    rig.post('/v1/runs/%s/cancel' % long)
    rig.done(long)                  # else its step keeps a slot, where it does not see in time that it may go
    rig.write('go', '')
    now = rig.until(run, lambda r: r['tasks'][0]['status'] == 'completed')
    rig.equal('what runs finishes, nothing begins', (now['status'], now['tasks'][1]['status'] in ('pending', 'queued')), ('paused', True))
    rig.check('who paused it and why', now['pending'] and now['pending']['reason'] == 'paused' and
              re.fullmatch('paused by .+: a look first', now['pending']['detail']) and now['pending']['since'], now['pending'])
    rig.equal('twice is too much', rig.post('/v1/runs/%s/pause' % run).status, 409)
    rig.equal('resume', rig.post('/v1/runs/%s/resume' % run).status, 202)
    rig.equal('it goes on', rig.done(run)['status'], 'completed')
    os.remove(rig.path('go'))


def pending(rig):
    """Every reason why a run is pending, with what it waits for and since when."""
    rig.down()
    rig.config('engine', '[queue default]\nslots = 1\n[queue own]\nslots = 1\n')
    rig.up()
    rig.workflow('holds', 'concurrency: 1\nsteps: [{id: a, run: "%s"}]\n' % (WAIT % 'free'))
    rig.workflow('other', 'steps: [{id: first, run: "true"}]\n')
    rig.workflow('flaky', 'queue: own\nsteps: [{id: build, run: "test $RUNBOARD_ATTEMPT = 2", retry: {attempts: 2, delay: 1h}},'
                          ' {id: ship, run: "true"}]\n')
    rig.workflow('nobody', 'queue: far\nsteps: [{id: first, run: "true"}]\n')
    holder = rig.until_status(rig.start('holds'), 'running')['id']
    runs = {'concurrency': rig.start('holds'), 'slots': rig.start('other'), 'no_worker': rig.start('nobody'), 'needs': rig.start('flaky'),
            'schedule': rig.post('/v1/workflows/other/runs', {'delay': '1h'}).json['id']}
    words = {'concurrency': ('holds', '1 run'), 'slots': ('first', 'default', '1 slot'),
             'no_worker': ('first', 'far'), 'needs': ('ship', 'build', 'again'), 'schedule': ('begins at',)}
    for reason, run in runs.items():
        now = rig.until(run, lambda r: r['pending'] and r['pending']['reason'] == reason)['pending']
        rig.check('%s: says what' % reason, all(w in now['detail'] for w in words[reason]), now)
        rig.check('%s: and since when' % reason, now['since'] is not None, now)
        rig.equal('%s: in lists, too' % reason, [r['pending'] for r in rig.get('/v1/runs?filter=id:' + run).json['runs']], [now])
    rig.post('/v1/runs/%s/pause' % runs['slots'])
    rig.write('free', '')
    rig.done(holder)
    rig.equal('the next of its workflow goes', rig.done(runs['concurrency'])['status'], 'completed')
    rig.post('/v1/runs/%s/resume' % runs['slots'])
    rig.equal('a slot became free', rig.done(runs['slots'])['status'], 'completed')
    rig.equal('nobody serves the other', rig.run(runs['no_worker'])['status'], 'pending')
    for run in (runs['no_worker'], runs['needs'], runs['schedule']):
        rig.equal('cancelled at once', rig.post('/v1/runs/%s/cancel' % run).status, 202)
        rig.equal('for good', rig.done(run)['status'], 'cancelled')


if __name__ == '__main__':
    play('decisions', race, same_key, versions, reopen, reopen_error, pausing, pending)
