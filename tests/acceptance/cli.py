#!/usr/bin/env python3
# The command line from outside: what each command prints, its JSON, its exit status, its
# one line of error; a short id, several that begin alike, prompts to a terminal only.
import http.server
import json
import os
import pty
import re
import subprocess
import threading

from rig import BUILD, PATIENCE, play

LINE = re.compile(r'^runboard: [^:\n]+: [^\n]+\n$')


def exits(rig, status, *words, **env):
    p = rig.cli(*words, **env)
    rig.check('runboard %s: status %d' % (' '.join(words), status), p.returncode == status,
              (p.returncode, p.stdout[:300], p.stderr[:300]))
    if status in (2, 3, 4, 5):
        rig.check('runboard %s: one line of error' % ' '.join(words), LINE.match(p.stderr), p.stderr)
        rig.check('runboard %s: nothing on stdout' % ' '.join(words), p.stdout == '', p.stdout)
    if status == 0:
        rig.check('runboard %s: no error' % ' '.join(words), p.stderr == '', p.stderr)
    return p


def unreachable(rig):
    for words in (['runs'], ['show', 'x'], ['logs', 'x'], ['approve', 'x'], ['cancel', 'x'], ['rerun', 'x'], ['watch', 'x'],
                  ['events'], ['workflows'], ['inbox'], ['stats'], ['history', 'x'], ['snapshot'], ['engine', 'status']):
        exits(rig, 5, *words)
    p = exits(rig, 5, 'engine', 'status')
    rig.check('a command that asks once promises no next try', 'next try' not in p.stderr, p.stderr)
    for words in (['start', 'x'], ['engine', 'start']):
        exits(rig, 5, *words, RUNBOARD_STATE='/proc/none', RUNBOARD_SOCKET='/proc/none/x.sock')


def usage(rig):
    with open('/dev/full', 'w') as full:
        for words in (['--help'], ['--version'], ['runs', '--help']):
            p = subprocess.run([BUILD + '/runboard', *words], env=rig.env, stdout=full, stderr=subprocess.PIPE, text=True)
            rig.check('%s that cannot be written is status 1' % words, p.returncode == 1 and LINE.match(p.stderr), (p.returncode, p.stderr))
    for words in (['runs', '--nothing'], ['nothing'], ['show'], ['show', 'a', 'b'], ['runs', '--limit', 'x'], ['runs', '--limit', '-1'],
                  ['runs', '--filter', 'status:'], ['start'], ['answer', 'x'], ['edit', 'x'], ['cancel'],
                  ['cancel', 'x', '--filter', 'y'], ['engine'], ['engine', 'nothing'], ['check'], ['snapshot', '--size', '5'], ['snapshot', '--filter', 'status:'],
                  ['logs', 'x', '--stream', 'none'], ['logs', 'x', '--level', 'loud'],
                  ['logs', 'x', '--since', 'never'], ['board', 'x'], ['-c', 'none', 'x']):
        exits(rig, 2, *words)
    for words in (['--help'], ['runs', '--help'], ['start', '-h'], ['--version'], ['runs', '--version'], ['help']):
        p = exits(rig, 0, *words)
        rig.check('%s says something' % words, p.stdout.strip())
    rig.check('--version names program and version', re.match(r'^runboard \d', rig.cli('--version').stdout))
    p = subprocess.run([BUILD + '/runboardd', '--version'], env=rig.env, capture_output=True, text=True)
    rig.check('runboardd --version', p.returncode == 0 and re.match(r'^runboardd \d', p.stdout), p)
    p = subprocess.run([BUILD + '/runboardd', '--nothing'], env=rig.env, capture_output=True, text=True)
    rig.check('runboardd refuses what it does not know', p.returncode == 2 and p.stderr.startswith('runboardd: '), p)


def workflows(rig):
    rig.workflow('hello', '''
        title: Hello
        params: {who: {type: string, default: world}, n: {type: integer, default: 1}, l: {type: array, items: {type: string}}}
        steps: [{id: greet, run: 'echo "hello $PARAM_who"; echo oops >&2; echo "ERROR: x"'}]
        ''')
    rig.workflow('bad', 'steps: [{id: one, run: "exit 3"}, {id: two, run: "true"}]\n')
    rig.workflow('gate', 'steps: [{id: review, approve: {prompt: "Go?"}}, {id: size, ask: {prompt: "Many?", schema: {type: integer}}}]\n')
    rig.workflow('slow', 'steps: [{id: nap, run: "exec sleep 60"}]\n')


def running(rig):
    p = exits(rig, 0, 'start', 'hello', '-p', 'who=you', '-p', 'n=3', '-p', 'l=["a","b"]')
    run = p.stdout.strip()
    rig.check('start prints the id alone', re.match(r'^[0-9a-f-]{36}\n$', p.stdout), p.stdout)
    exits(rig, 0, 'watch', run)
    shown = json.loads(exits(rig, 0, 'show', run, '--json').stdout)
    rig.equal('params typed by their schema', shown['params'], {'who': 'you', 'n': 3, 'l': ['a', 'b']})
    api = rig.run(run)
    rig.equal('show --json is the API\'s run', shown, api)
    rig.equal('runs --json is an array of them', [r['id'] for r in json.loads(exits(rig, 0, 'runs', '--json').stdout)], [run])
    rig.equal('runs --jsonl', json.loads(exits(rig, 0, 'runs', '--jsonl').stdout.splitlines()[0])['id'], run)
    listed = json.loads(rig.cli('runs', '--json').stdout)[0]
    rig.equal('a listed run is the API\'s', listed, rig.get('/v1/runs').json['runs'][0])
    rig.check('runs names short id and workflow', all(w in rig.cli('runs').stdout for w in (api['short'], 'hello', 'completed')))
    rig.equal('no match is an empty array', json.loads(exits(rig, 0, 'runs', '--filter', 'nothing', '--json').stdout), [])
    rig.equal('no match without json', exits(rig, 0, 'runs', '--filter', 'nothing').stdout, '')
    rig.equal('logs', exits(rig, 0, 'logs', run, 'greet', '--stream', 'stdout').stdout, 'hello you\nERROR: x\n')
    rig.equal('logs of a level', exits(rig, 0, 'logs', run, '--level', 'error').stdout, 'ERROR: x\n')
    rig.equal('logs since', exits(rig, 0, 'logs', run, '--since', '2099-01-01').stdout, '')
    rig.check('logs --follow ends with the task', 'hello you' in exits(rig, 0, 'logs', run, '-f').stdout)
    exits(rig, 3, 'logs', run, 'nothing')
    exits(rig, 3, 'show', 'ffffffffff')
    exits(rig, 3, 'show', '018f0000-0000-7000-8000-000000000000')
    exits(rig, 3, 'start', 'nothing')
    for words in (['-p', 'n=x'], ['-p', 'nothing=1'], ['-p', 'n'], ['--param-file', 'who']):
        exits(rig, 2, 'start', 'hello', *words)
    p = exits(rig, 0, 'start', 'hello', '--param-file', 'who=-', '--json', '--wait', stdin='from stdin')
    rig.equal('--param-file', json.loads(p.stdout)['params']['who'], 'from stdin')
    rig.equal('--wait --json is the run as it ended', json.loads(p.stdout)['status'], 'completed')
    rig.equal('--key', exits(rig, 0, 'start', 'hello', '--key', 'k').stdout, rig.cli('start', 'hello', '--key', 'k').stdout)
    p = exits(rig, 0, 'rerun', run, '-p', 'who=me', '--debug')
    again = rig.done(p.stdout.strip())
    rig.equal('rerun with other parameters', (again['params'], again['debug'], again['trigger']['source']),
              ({'who': 'me', 'n': 3, 'l': ['a', 'b']}, True, run))
    rig.equal('history --json', [e['kind'] for e in json.loads(exits(rig, 0, 'history', run, '--json').stdout)][-1:] != [], True)
    exits(rig, 1, 'start', 'bad', '--wait')
    failed = json.loads(rig.cli('runs', '--filter', 'workflow:bad', '--json').stdout)[0]['id']
    exits(rig, 1, 'watch', failed)
    exits(rig, 4, 'cancel', failed)
    p = exits(rig, 0, 'edit', failed, 'one', '--run', 'true')
    rig.equal('edit and retry', rig.done(failed)['status'], 'completed')


def reading(rig):
    step = 'compare-with-the-figures-of-last-night'
    rig.workflow('night', 'steps: [{id: %s, run: "true"}, {id: go, approve: {prompt: "Go?"}}]\n' % step)
    run = rig.until_status(rig.start('night'), 'waiting')['id']
    shown = exits(rig, 0, 'show', run).stdout
    rig.check('show names a step as orders need it', re.search(r'^  %s +completed ' % step, shown, re.M), shown)
    rig.check('show says nothing of arguments that there are not', '{}' not in shown, shown)
    exits(rig, 0, 'approve', run)
    rig.done(run)


def deciding(rig):
    run = rig.until_status(rig.start('gate'), 'waiting')['id']
    exits(rig, 4, 'answer', run, 'review', '5')
    exits(rig, 3, 'approve', run, 'nothing')
    exits(rig, 0, 'approve', run, '-m', 'fine')
    rig.until(run, lambda r: r['waiting'] and r['waiting']['task'] == 'size')
    p = rig.cli('answer', run, 'many')
    rig.check('an answer that does not fit', p.returncode == 4 and LINE.match(p.stderr), (p.returncode, p.stderr))
    exits(rig, 0, 'answer', run, '5')
    rig.equal('the answer is typed', rig.done(run)['tasks'][1]['result'], 5)
    exits(rig, 4, 'approve', run)
    run = rig.until_status(rig.start('gate'), 'waiting')['id']
    rows = exits(rig, 0, 'inbox').stdout
    rig.check('inbox: how long it waits, and for what', re.search(r'review +approval +\d+m?s +(\d+-\d+-\d+ [\d:]+ +)?Go\?', rows), rows)
    rig.check('inbox --json', isinstance(json.loads(exits(rig, 0, 'inbox', '--json').stdout), list))
    exits(rig, 0, 'reject', run, '-m', 'no')
    exits(rig, 1, 'watch', run)


def reasons(rig):
    """Each refusal says why, and what was never begun can be ordered about, too."""
    rig.workflow('own', 'steps: [{id: g, approve: {prompt: "Go?", not_own: true}}]\n')
    rig.workflow('broken', 'steps: [{id: a, run: x, frobnicate: 1}, {id: a, run: y}]\n')
    rig.workflow('needy', 'params: {who: {type: string, required: true}}\nsteps: [{id: a, run: "true"}]\n')
    rig.workflow('stuck', 'steps: [{id: a, run: "exit 1", on_error: pause}, {id: b, run: "true"}]\n')
    run = rig.until_status(rig.start('gate'), 'waiting')['id']
    p = exits(rig, 4, 'answer', run, 'size', '5')
    rig.check('a question that is not asked yet', 'nothing waits for an answer' in p.stderr, p.stderr)
    exits(rig, 0, 'skip', run, 'size')
    rig.equal('a step that was never begun is skipped', rig.task(run, 'size')['status'], 'skipped')
    exits(rig, 0, 'approve', run)
    rig.done(run)
    run = rig.until_status(rig.start('own'), 'waiting')['id']
    p = exits(rig, 4, 'approve', run)
    rig.check('one\'s own run: the reason, not that nothing waits', 'own' in p.stderr and 'no task' not in p.stderr, p.stderr)
    exits(rig, 0, 'cancel', run)
    run = rig.until_status(rig.start('stuck'), 'paused')['id']
    p = exits(rig, 0, 'skip', run)
    rig.check('of a failed and a pending step the failed one is meant', p.stdout.startswith('skipped a '), p.stdout)
    p = rig.cli('start', 'broken')
    rig.check('a broken workflow file is status 6, in one line', p.returncode == 6 and LINE.match(p.stderr) and 'frobnicate' in p.stderr,
              (p.returncode, p.stderr))
    p = exits(rig, 2, 'start', 'needy')
    rig.check('a required parameter is named', 'who' in p.stderr, p.stderr)
    rows = [l for l in exits(rig, 0, 'workflows').stdout.splitlines() if l.startswith('broken')]
    rig.check('workflows: the first error, and that there are more', len(rows) == 1 and '\\n' not in rows[0] and 'more' in rows[0], rows)


def orders_as_json(rig):
    run = rig.until_status(rig.start('gate'), 'waiting')['id']
    r = json.loads(exits(rig, 0, 'approve', run, '--json').stdout)
    rig.check('approve --json: the run', r['id'] == run and r['tasks'][0]['status'] == 'completed', r)
    rig.until(run, lambda r: r['waiting'] and r['waiting']['task'] == 'size')
    rig.equal('answer --json', json.loads(exits(rig, 0, 'answer', run, '5', '--json').stdout)['id'], run)
    two = [rig.start('slow') for _ in range(2)]
    for verb in ('pause', 'resume', 'cancel'):
        got = json.loads(exits(rig, 0, verb, *two, '--yes', '--dry-run', '--json').stdout)
        rig.equal('%s --dry-run --json' % verb, [r['id'] for r in got], two)
        got = json.loads(exits(rig, 0, verb, *two, '--yes', '--json').stdout)
        rig.equal('%s --json: an array of the runs' % verb, [r['id'] for r in got], two)
    rig.check('what was requested stands there', all(r['cancel_requested'] for r in got), got)
    for id in two:
        rig.done(id)
    rig.equal('none: an empty array', json.loads(exits(rig, 0, 'cancel', '--filter', 'workflow:none', '--json').stdout), [])
    p = rig.cli('cancel', rig.done(run)['id'], '--json')
    rig.check('refused: the array is whole', p.returncode == 4 and json.loads(p.stdout) == [], (p.returncode, p.stdout, p.stderr))


def short_ids(rig):
    runs = json.loads(rig.cli('runs', '--json').stdout)
    for r in runs:
        rig.equal('a short id names its run', json.loads(rig.cli('show', r['short'], '--json').stdout)['id'], r['id'])
        for word in (r['id'][:30], r['id'][-12:], r['id'][-12:-3].upper()):
            rig.equal('so do the id as far as it is its own, and more of its random part (%s)' % word,
                      json.loads(rig.cli('show', word, '--json').stdout or '{}').get('id'), r['id'])
    exits(rig, 3, 'show', 'ffffff')
    exits(rig, 3, 'show', 'f' * 19)
    rig.equal('short ids are unique', len({r['short'] for r in runs}), len(runs))
    seen, twin = set(), None
    while not twin:         # by the sixteenth two begin alike
        tail = json.loads(rig.cli('start', 'slow', '--json').stdout)['short'][0]
        twin = tail if tail in seen else None
        seen.add(tail)
    p = rig.cli('show', twin)
    rig.check('ambiguous: status 2', p.returncode == 2, (p.returncode, p.stderr))
    rig.check('candidates listed', p.stderr.startswith('runboard: ') and len(re.findall(r'[0-9a-f]{8}-[0-9a-f]{4}-7', p.stderr)) >= 2, p.stderr)


def many(rig):
    exits(rig, 2, 'cancel', '--filter', 'workflow:slow')
    p = exits(rig, 0, 'cancel', '--filter', 'workflow:slow', '--dry-run')
    n = len(p.stdout.splitlines())
    rig.check('a dry run lists and does nothing', n > 1 and 'cancelled' not in p.stdout, p.stdout)
    exits(rig, 2, 'cancel', '--filter', 'workflow:slow', stdin='y\n')
    master, slave = pty.openpty()
    p = subprocess.Popen([BUILD + '/runboard', 'cancel', '--filter', 'workflow:slow'], env=rig.env,
                         stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    said = b''
    while b'[y/N]' not in said:
        said += os.read(master, 4096)
    os.write(master, b'n\n')
    p.wait(PATIENCE)
    rig.check('on a terminal it asks; no does nothing', p.returncode != 0, p.returncode)
    rig.equal('nothing was done', len(rig.cli('cancel', '--filter', 'workflow:slow', '--dry-run').stdout.splitlines()), n)
    exits(rig, 0, 'cancel', '--filter', 'workflow:slow', '--yes', '-m', 'over')
    for r in json.loads(rig.cli('runs', '--filter', 'workflow:slow', '--json').stdout):
        rig.equal('cancelled', rig.done(r['id'])['status'], 'cancelled')
    exits(rig, 0, 'cancel', '--filter', 'workflow:slow', '--yes')
    ended = json.loads(rig.cli('runs', '--filter', 'workflow:slow', '--json').stdout)[:2]
    p = rig.cli('cancel', ended[0]['id'], ended[1]['short'], '--yes')
    rig.check('of several each refusal names its run', p.returncode == 4 and [line.split(': ')[2] for line in p.stderr.splitlines()] ==
              ['slow ' + ended[0]['id'], 'slow ' + ended[1]['short']], p.stderr)


def comparing(rig):
    """A run beside the last good one of its workflow, or beside another."""
    rig.workflow('twice', 'params: {n: {type: integer, default: 0}}\nsteps: [{id: a, run: exit "$PARAM_n"}]\n')
    first = rig.start('twice', n=3)
    rig.done(first)
    p = exits(rig, 3, 'compare', first)
    rig.check('none has completed', 'no other run of twice' in p.stderr, p.stderr)
    good, bad = rig.start('twice', n=0), rig.start('twice', n=4)
    rig.done(good), rig.done(bad)
    newer = rig.start('twice', n=0)
    rig.done(newer)
    got = json.loads(exits(rig, 0, 'compare', bad, '--json').stdout)
    rig.equal('with the last good one before it', got['runs'], [bad, good])
    rows = {r['what']: (r['values'], r['differs']) for r in got['rows']}
    rig.equal('parameters', rows['param n'], (['4', '0'], True))
    rig.check('steps', rows['a'][0][0].startswith('failed, exit 4') and rows['a'][1], rows['a'])
    rig.equal('how many differ', got['differing'], sum(r['differs'] for r in got['rows']))
    rig.equal('with a newer one where none is older', json.loads(exits(rig, 0, 'compare', first, '--json').stdout)['runs'], [first, newer])
    rig.equal('with the one that is named', json.loads(exits(rig, 0, 'compare', good, first, '--json').stdout)['runs'], [good, first])
    lines = exits(rig, 0, 'compare', bad, good).stdout.splitlines()
    rig.check('what differs is marked', any(re.match(r'! param n +4 +0$', s) for s in lines), lines)
    refused = [rig.until_status(rig.start('gate'), 'waiting')['id'] for _ in range(2)]
    for run in refused:
        exits(rig, 0, 'reject', run, '-m', 'not yet\n' + run)
        rig.done(run)
    lines = exits(rig, 0, 'compare', *refused).stdout.splitlines()
    rig.check('of several lines the first', any(re.match(r'! status +rejected.*not yet \(and 1 more\) +rejected.*not yet \(and 1 more\)$', s)
                                               for s in lines), lines)
    rig.workflow('often', 'params: {n: {type: integer, default: 0}}\nsteps: [{id: a, if: params.n > 0, run: exit 1}]\n')
    good, bad = rig.start('often'), rig.start('often', n=1)
    for run in [bad] + [rig.start('often') for _ in range(101)]:
        rig.done(run)
    rig.equal('however many are newer', json.loads(exits(rig, 0, 'compare', bad, '--json').stdout)['runs'], [bad, good])
    exits(rig, 3, 'compare', 'ffffff')
    exits(rig, 2, 'compare')


def families(rig):
    """Parents are cancelled before their children: both are cancelled, none fails of it."""
    rig.workflow('unserved', 'queue: nobody\nsteps: [{id: a, run: "true"}]\n')          # nothing of it is to be stopped first
    rig.workflow('nested', 'steps: [{id: sub, workflow: unserved}]\n')

    def family():
        parent = rig.start('nested')
        return parent, rig.until(parent, lambda r: r['children'])['children'][0]
    for choose in (lambda p, c: ['--filter', 'workflow:nested,unserved', '--yes'], lambda p, c: [c, p, '--yes']):
        parent, child = family()
        p = exits(rig, 0, 'cancel', *choose(parent, child))
        rig.check('each is told of', parent in p.stdout and child in p.stdout, p.stdout)
        rig.equal('both are cancelled', [rig.done(r)['status'] for r in (parent, child)], ['cancelled', 'cancelled'])


def words(rig):
    """What the local engine does not have is refused in words, not guessed."""
    run = rig.start('gate')
    for order in (('signal', run, 'go'), ('update', run, 'go', '1'), ('query', run), ('stack', run), ('terminate', run)):
        p = exits(rig, 4, *order)
        rig.check('%s says so' % order[0], 'no such order' in p.stderr or 'unsupported' in p.stderr, p.stderr)
    exits(rig, 2, 'signal', run, 'go', 'no json')
    exits(rig, 2, 'stack', run, '--timeout', 'soon')
    exits(rig, 2, 'schedules', 'pause')
    exits(rig, 3, 'schedules', 'pause', 'nothing')
    exits(rig, 0, 'cancel', run)


def retried(rig):
    """What needed a retry is found also when it has completed."""
    rig.workflow('flaky', 'steps: [{id: a, run: \'test "$RUNBOARD_ATTEMPT" = 2\', retry: {attempts: 2, delay: 10ms}}, {id: b, run: "true"}]\n')
    run = rig.start('flaky')
    rig.equal('it completes', rig.done(run)['status'], 'completed')
    got = json.loads(exits(rig, 0, 'runs', '--json', '--filter', 'workflow:flaky retries>0').stdout)
    rig.equal('retries>0', [(r['id'], r['retries']) for r in got], [(run, 1)])
    rig.equal('retries=0', json.loads(exits(rig, 0, 'runs', '--json', '--filter', 'workflow:flaky retries=0').stdout), [])


def backends(rig):
    """The engine knows itself as local."""
    n = len(json.loads(exits(rig, 0, 'runs', '--json').stdout))
    rig.equal('backend:local is every run', len(json.loads(exits(rig, 0, 'runs', '--json', '--filter', 'backend:loc*').stdout)), n)
    rig.equal('another backend is none', json.loads(exits(rig, 0, 'runs', '--json', '--filter', 'backend:far').stdout), [])
    rig.equal('nor in the events', exits(rig, 0, 'events', '--filter', '-backend:local').stdout, '')


def tables(rig):
    for name in ('workflows', 'schedules', 'queues', 'workers', 'stats', 'inbox'):
        exits(rig, 0, name)
        v = json.loads(exits(rig, 0, name, '--json').stdout)
        rig.check('%s --json' % name, isinstance(v, (list, dict)), v)
    text = exits(rig, 0, 'stats').stdout
    rig.check('stats: success, percentiles, waiting, slots, throughput',
              all(w in text for w in ('SUCCESS', 'P50', 'P95', 'P99', 'WAIT P95', 'SLOTS', 'COMPLETED')), text)
    total = json.loads(exits(rig, 0, 'stats', '--json', '--window', '24h', '--bucket', '1h').stdout)
    rig.equal('a window in buckets', (len(total['buckets']), total['bucket_ms']), (24, 3600000))
    none = json.loads(exits(rig, 0, 'stats', '--json', '-w', 'nobody').stdout)
    rig.equal('of one workflow', (none['total']['started'], none['workflows']), (0, []))
    exits(rig, 2, 'stats', '--window', 'long')
    p = exits(rig, 0, 'snapshot', '--size', '100x20')
    rows = p.stdout.splitlines()
    rig.check('a snapshot is as large as asked', len(rows) <= 20 and max(map(len, rows)) <= 100, (len(rows), max(map(len, rows))))
    rig.check('and text', '\x1b' not in p.stdout)
    p = exits(rig, 0, 'events')
    rig.check('events are JSON lines', all(json.loads(l) for l in p.stdout.splitlines()) and p.stdout)
    exits(rig, 0, 'engine', 'status')
    exits(rig, 2, 'runboard')


def pages(rig):
    """A list that comes in pages is read to its end."""
    def answer(ticket, cursor, ids, following):
        yield {'t': 0, 'ask': 'catalog schedules| ' + cursor, 'ticket': ticket}
        yield {'t': 0, 'tell': 'catalog', 'ticket': ticket, 'kind': 1, 'next_cursor': following,
               'json': {'schedules': [{'id': i, 'workflow': 'w'} for i in ids]}}
        yield {'t': 0, 'tell': 'done', 'ticket': ticket, 'outcome': 0, 'text': ''}
    lines = [{'recording': 1, 'at': '2026-11-20T03:00:00.000Z'}, *answer(1, '', ['one', 'two'], 'more'), *answer(2, 'more', ['three'], '')]
    film = rig.write('film', ''.join(json.dumps(line) + '\n' for line in lines))
    config = rig.write('films', '[context film]\nbackend = replay\nurl = %s\n' % film)
    p = exits(rig, 0, 'schedules', '-c', 'film', RUNBOARD_CONFIG=config)
    rig.equal('its rows', [l.split()[0] for l in p.stdout.splitlines()], ['ID', 'one', 'two', 'three'])
    rig.equal('no word of more', p.stderr, '')
    p = exits(rig, 0, 'schedules', '-c', 'film', '--json', RUNBOARD_CONFIG=config)
    rig.equal('one array', [s['id'] for s in json.loads(p.stdout)], ['one', 'two', 'three'])


class Circle(http.server.BaseHTTPRequestHandler):
    """A Temporal whose pages all lead to the same next one."""
    protocol_version = 'HTTP/1.1'
    run = '0189f000-0000-7000-8000-000000000001'

    def do_GET(self):
        path = self.path.split('?')[0].removeprefix('/api/v1/namespaces/default')
        row = {'execution': {'workflowId': 'round', 'runId': self.run}, 'type': {'name': 'T'}, 'historyLength': '99',
               'startTime': '2026-11-20T03:00:00Z', 'status': 'WORKFLOW_EXECUTION_STATUS_RUNNING', 'taskQueue': 'q'}
        event = {'eventId': '1', 'eventType': 'EVENT_TYPE_TIMER_STARTED', 'eventTime': '2026-11-20T03:00:00Z'}
        answer = {'/workflows': {'executions': [row]}, '/schedules': {'schedules': [{'scheduleId': 'nightly'}]},
                  '/workflows/round/history': {'history': {'events': [event]}},
                  '/workflows/round': {'workflowExecutionInfo': row}}.get(path, {})
        body = json.dumps({**answer, 'nextPageToken': 'c2FtZQ=='}).encode()
        self.send_response(404 if path == '/api/v1/settings' else 200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def circles(rig):
    """Pages without an end are read until that is noticed, and it is an error."""
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Circle)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    config = rig.write('circle', '[context far]\nbackend = temporal\nurl = http://127.0.0.1:%d\n' % server.server_port)
    for words in (['history', Circle.run], ['history', 'round'], ['show', Circle.run], ['logs', Circle.run], ['runs', '--limit', '0'],
                  ['schedules'], ['cancel', '--filter', 'status:running', '--yes']):
        p = rig.cli('-c', 'far', *words, RUNBOARD_CONFIG=config)
        rig.check('%s: says that it leads in a circle' % ' '.join(words), p.returncode == 5 and 'lead in a circle' in p.stderr,
                  (p.returncode, p.stdout[:200], p.stderr))
    server.shutdown()
    server.server_close()


def checking(rig):
    bad = rig.write('bad.yaml', 'name: bad\nstepz: []\nsteps:\n  - {id: a, run: x, needs: [none]}\n  - {id: a, run: y, timeout: soon}\n')
    p = rig.cli('check', bad)
    rig.equal('check: status 6', p.returncode, 6)
    found = re.findall(r'bad\.yaml:(\d+):(\d+): .+', p.stdout + p.stderr)
    rig.check('every error with line and column', {'2', '4', '5'} <= {l for l, _ in found}, p.stdout + p.stderr)
    for text, line in (('name: a\nname: b\nsteps: [{id: a, run: x}]\n', '2'), ('steps:\n\t- x\n', '2'), ('steps: [\n', None),
                       ('steps: [{id: a, run: x, retry: {attempts: 0}}]\n', '1'), ('steps: [{id: a, run: x, needs: [a]}]\n', '1'),
                       ('steps: [{id: a, run: x, needs: [b]}, {id: b, run: y}]\n', '1'), ('steps: [{id: a, if: "1 +", run: x}]\n', '1'),
                       ('steps: [{id: a, run: x, args: [y]}]\n', '1'), ('steps: []\n', None), ('', None), ('on: {schedule: [{cron: "61 * * * *"}]}\nsteps: [{id: a, run: x}]\n', '1')):
        p = rig.cli('check', rig.write('one.yaml', text))
        at = re.search(r'one\.yaml:(\d+):(\d+): .+', p.stdout + p.stderr)
        rig.check('check refuses %r' % text, p.returncode == 6 and at and (line is None or at.group(1) == line), (p.returncode, p.stdout, p.stderr))
    good = rig.write('good.yaml', 'title: "a\\u001b[31mred"\nsteps: [{id: a, approve: {prompt: "b\\u0007"}}]\n')
    exits(rig, 0, 'check', good)
    p = rig.cli('check', '/does/not/exist.yaml')
    rig.check('a file that is not there', p.returncode in (3, 6) and p.stderr.startswith('runboard: '), (p.returncode, p.stderr))


def configuration(rig):
    rig.config('config', '[context local]\nbackend = nothing\n[context x\nnonsense = 1\n')
    p = rig.cli('runs')
    rig.equal('a wrong configuration is status 6', p.returncode, 6)
    rig.check('with file and line, all at once', re.search(r'config:2:', p.stderr) and re.search(r'config:3:', p.stderr), p.stderr)
    os.remove(rig.path('config/runboard/config'))
    other = rig.write('other', '[context far]\nbackend = temporal\n')
    p = rig.cli('runs', '-c', 'nowhere', RUNBOARD_CONFIG=other)
    rig.check('a context that is not there', p.returncode in (2, 6) and 'nowhere' in p.stderr, (p.returncode, p.stderr))
    rig.config('engine', '[queue default]\nslots = many\n[nonsense]\na = 1\n')
    p = subprocess.run([BUILD + '/runboardd', '--foreground', '--state', rig.path('state2')], env=rig.env, capture_output=True, text=True)
    rig.check('the engine\'s own, too', p.returncode == 6 and re.search(r'engine:2:', p.stderr) and re.search(r'engine:[34]:', p.stderr),
              (p.returncode, p.stderr))
    os.remove(rig.path('config/runboard/engine'))


def engine(rig):
    rig.down()
    exits(rig, 5, 'engine', 'status')
    p = exits(rig, 0, 'start', 'hello', '--wait')
    rig.check('start starts an engine', p.stdout, p.stderr)
    exits(rig, 0, 'engine', 'stop')
    exits(rig, 5, 'runs')
    exits(rig, 0, 'engine', 'start')
    exits(rig, 0, 'engine', 'start')
    exits(rig, 0, 'runs')
    exits(rig, 0, 'engine', 'stop')
    rig.equal('folders are private', oct(os.stat(rig.path('state')).st_mode & 0o777), '0o700')


def begin(rig):
    rig.up()


if __name__ == '__main__':
    play('cli', unreachable, usage, workflows, begin, running, reading, deciding, reasons, orders_as_json, short_ids, many, comparing, families, words, backends, retried, tables, pages, circles, checking, configuration,
         engine, engine=None)
