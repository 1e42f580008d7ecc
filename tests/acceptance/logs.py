#!/usr/bin/env python3
# Logs from outside: what is kept of a flood, notes of the supervisor and of debug runs,
# levels, one place in a long log, several tasks followed at once.
import json
import os
import re
import subprocess

from rig import BUILD, PATIENCE, play

MIB = 1 << 20


def texts(lines):
    return [l['text'] for l in lines]


def page(rig, at, begin):
    """The first page from there that has lines, or is the last: one ends where its time is over."""
    while True:
        p = rig.get(at + begin).json
        if p['lines'] or p['state'] != 'more':
            return p
        begin = 'cursor=' + p['next']


def notes(rig, run, task):
    return texts(l for l in rig.lines(run, task) if l['stream'] == 'note')


def floods(rig):
    rig.workflow('flood', '''
        log_max: 3M
        steps:
          - {id: usual, run: 'head -c 67108864 /dev/zero | tr "\\0" "x" | fold -w 127; echo told >&2'}
          - {id: less, log_max: 100K, run: 'head -c 67108864 /dev/zero; echo done >>"$RUNBOARD_OUTPUT"'}
          - {id: small, run: echo ok}
        ''')
    run = rig.done(rig.start('flood'))
    tasks = {t['id']: t for t in run['tasks']}
    rig.equal('a flood is no failure, and no step is blocked', run['status'], 'completed')
    kept = {i: (t['log']['stdout_bytes'], t['log']['stderr_bytes'], t['log_truncated']) for i, t in tasks.items()}
    rig.equal('the workflow\'s limit', kept['usual'], (3 * MIB, 5, True))
    rig.equal('the step\'s limit', kept['less'], (100 << 10, 0, True))
    rig.equal('what fits is whole', kept['small'], (3, 0, False))
    said = notes(rig, run['id'], 'usual')
    rig.check('a note says where it is cut', any('stdout is cut here, at its limit of 3145728' in n for n in said), said)
    rig.check('and how much was dropped', any('octets were dropped' in n for n in said), said)
    rig.equal('stderr is kept', rig.log(run['id'], 'usual', 'stream=stderr'), 'told\n')
    rig.equal('octets have no notes', len(rig.get('/v1/runs/%s/tasks/usual/log' % run['id']).body), 3 * MIB + 5)
    rig.equal('notes alone', [l['stream'] for l in rig.lines(run['id'], 'usual', 'stream=note')], ['note'] * 2)
    out = rig.cli('logs', run['id'], 'less').stdout
    rig.check('runboard logs shows the note', 'runboard: stdout is cut here' in out, out[-200:])
    size = sum(os.path.getsize(os.path.join(at, f)) for at, _, files in os.walk(rig.path('state/runs')) for f in files)
    rig.check('the disk holds the limits, not the flood', size < 4 * MIB, size)


def run_limit(rig):
    rig.workflow('many', '''
        steps:
          - {id: each, foreach: "[1, 2, 3, 4, 5, 6]", batch: 1, run: 'head -c 2000000 /dev/zero | tr "\\0" "y"'}
        ''')
    run = rig.done(rig.start('many'))
    kept = [t['log']['stdout_bytes'] for t in run['tasks'] if t['item'] is not None]
    rig.check('all logs of a run have a limit, too', sum(kept) <= 5 * MIB + 6 * 65536, kept)
    rig.equal('its last ones still have something to read', kept[-1], 65536)


def debugging(rig):
    rig.config('secrets/HIDDEN_KEY', 'hush-hush-debug-9\n')
    rig.workflow('debugged', '''
        params: {who: {type: string, default: me}}
        secrets: [HIDDEN_KEY]
        steps: [{id: a, run: 'echo "hello $PARAM_who"; echo here >trace.txt'}]
        ''')
    reply = rig.post('/v1/workflows/debugged/runs', {'debug': True})
    run = rig.done(reply.json['id'])
    said = notes(rig, run['id'], 'a')
    work = next((n.split(': ')[-1] for n in said if 'working folder' in n), '')
    rig.check('a debug run says where its working folder is', work.startswith(rig.path('state')), said)
    rig.check('and keeps it', os.path.exists(work + '/trace.txt'), work)
    rig.check('command', 'debug: arg echo "hello $PARAM_who"; echo here >trace.txt' in said, said)
    rig.check('folder', 'debug: dir ' + work in said, said)
    rig.check('environment', 'debug: env PARAM_who=me' in said, said)
    rig.check('secrets are masked', 'debug: env HIDDEN_KEY=***' in said, said)
    out = rig.cli('logs', run['id']).stdout
    rig.check('runboard logs shows the notes', 'runboard: debug: env PARAM_who=me\n' in out, out)
    rig.check('the shell traces', '+ echo hello me' in out, out)
    rig.check('in no answer stands the secret', 'hush-hush-debug-9' not in out + json.dumps(said))


def levels(rig):
    rig.workflow('levels', r'''
        steps:
          - id: a
            run: |
              printf '{"level":"error","msg":"json"}\n{"level": "debug"}\n'
              printf 'time=1 level=warn msg=logfmt\nlevel=error\n'
              printf 'ERROR: word\n[WARN] bracket\nDEBUG: low\nInfo: plain\nerrors are no level\n'
              printf '<3>syslog error\n<4>syslog warning\n<7>syslog debug\n<6>info\n'
              printf '\033[31mERROR\033[0m: coloured\n'
        ''')
    run = rig.done(rig.start('levels'))['id']

    def of(level):
        return texts(rig.lines(run, 'a', 'level=' + level))
    error = ['{"level":"error","msg":"json"}', 'level=error', 'ERROR: word', '<3>syslog error',
             '\033[31mERROR\033[0m: coloured']
    rig.equal('errors', of('error'), error)
    rig.equal('warnings and worse', len(of('warn')), len(error) + 3)
    rig.equal('information is what says nothing', len(of('info')), len(error) + 3 + 3)
    rig.equal('debug is all', len(of('debug')), 14)
    rig.equal('by the command', rig.cli('logs', run, '--level', 'error').stdout.count('\n'), len(error))
    rig.equal('as octets', rig.log(run, 'a', 'level=error').count('\n'), len(error))
    rig.equal('a word that is none', rig.get('/v1/runs/%s/tasks/a/log?format=lines&level=loud' % run).status, 400)


def follow(rig, *words):
    return subprocess.Popen([BUILD + '/runboard', 'logs', *words], env=rig.env, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ended(p):
    out, err = p.stdout.read(), p.stderr.read()
    return p.wait(PATIENCE), out, err


def follows(rig):
    rig.workflow('parts', '''
        steps:
          - {id: one, run: 'mkfifo go; echo early; read x <go; printf "two "; printf "halves\\n"; echo bad >&2'}
          - {id: side, needs: [], run: 'i=0; while [ $i -lt 50 ]; do echo "line $i"; i=$((i+1)); done'}
          - {id: ok, approve: {prompt: Go?}}
          - {id: flaky, retry: {attempts: 2, delay: 10ms}, run: 'echo "try $RUNBOARD_ATTEMPT"; test $RUNBOARD_ATTEMPT = 2'}
          - {id: each, foreach: "['a', 'b']", run: 'echo "item $ITEM"; echo "WARN: $ITEM" >&2'}
        finally: [{id: last, run: 'printf "no newline"'}]
        ''')
    run = rig.start('parts')
    rig.until(run, lambda r: r['tasks'][0]['log']['stdout_bytes'] > 0)
    p = follow(rig, run, '-f')
    first = p.stdout.readline()
    with open(rig.path('state/work/%s/go' % run), 'w'):
        pass
    rig.until_status(run, 'waiting')
    named = follow(rig, run, 'each', '-f')
    again = follow(rig, run, 'flaky', '-f')
    err = follow(rig, run, '-f', '--stream', 'stderr')
    rig.order(run, 'ok', 'approve')
    rig.done(run)
    status, out, _ = ended(p)
    out = (first + out).splitlines()
    rig.equal('following ends when the run ends', status, 0)
    rig.equal('each line says whose it is', [l for l in out if not re.match(r'^(one|side|flaky( \(2\))?|each\[\d\]|last) \| ', l)], [])
    wanted = {'one | early', 'one | two halves', 'one | bad', 'flaky | try 1', 'flaky (2) | try 2', 'each[0] | item a',
              'each[1] | WARN: b', 'last | no newline'}
    rig.equal('all tasks, also later ones, items, attempts', wanted - set(out), set())
    rig.equal('in their order, once', [l for l in out if l.startswith('side')], ['side | line %d' % i for i in range(50)])
    status, text, _ = ended(named)
    rig.equal('one step with all its items', sorted(text.splitlines()), sorted(
        'each[%d] | %s%s' % (i, w, c) for i, c in enumerate('ab') for w in ('item ', 'WARN: ')))
    status, text, _ = ended(again)      # the first attempt may have been over before it looked
    rig.check('one task alone has no prefix', text in ('try 1\ntry 2\n', 'try 2\n'), text)
    rig.equal('one stream', sorted(ended(err)[1].splitlines()), ['each[0] | WARN: a', 'each[1] | WARN: b', 'one | bad'])
    status, text, _ = ended(follow(rig, run, '-f'))
    rig.equal('an ended run is told whole', sorted(set(text.splitlines()) ^ set(out)), ['flaky | try 1'])
    rig.equal('warnings only', sorted(ended(follow(rig, run, '-f', '--level', 'warn'))[1].splitlines()),
              ['each[0] | WARN: a', 'each[1] | WARN: b'])


def options(rig):
    rig.workflow('plain', '''
        steps:
          - {id: a, retry: {attempts: 2, delay: 10ms}, run: 'echo "out $RUNBOARD_ATTEMPT"; echo "ERROR: err" >&2; test $RUNBOARD_ATTEMPT = 2'}
          - {id: gate, approve: {prompt: Go?}}
          - {id: later, run: echo late}
        ''')
    run = rig.until_status(rig.start('plain'), 'waiting')['id']

    def logs(*words):
        p = rig.cli('logs', run, *words)
        return p.returncode, p.stdout
    rig.equal('a task', sorted(logs('a')[1].splitlines()), ['ERROR: err', 'out 2'])
    rig.equal('--stream stdout', logs('a', '--stream', 'stdout'), (0, 'out 2\n'))
    rig.equal('--stream stderr', logs('a', '--stream=stderr'), (0, 'ERROR: err\n'))
    rig.equal('--attempt', logs('a', '--stream', 'stdout', '--attempt', '1'), (0, 'out 1\n'))
    rig.equal('an attempt that was not', logs('a', '--attempt', '9')[0], 3)
    rig.equal('an attempt that no task had', logs('--attempt', '9')[0], 3)
    rig.equal('tasks without that attempt are left out', logs('--stream', 'stdout', '--attempt', '2'), (0, 'out 2\n'))
    rig.equal('--attempt, followed', logs('a', '-f', '--stream', 'stdout', '--attempt', '1'), (0, 'out 1\n'))
    rig.equal('an attempt that was not, followed', logs('a', '-f', '--attempt', '9')[0], 3)
    rig.equal('--level', logs('--level', 'error'), (0, 'ERROR: err\n'))
    rig.equal('--since', logs('--since', '2099-01-01'), (0, ''))
    rig.equal('--since an hour ago', logs('--since', '1h', '--stream', 'stdout'), (0, 'out 2\n'))
    rig.check('--timestamps', re.match(r'^\d{4}-\d\d-\d\dT[\d:.]+Z   out 2\n$', logs('-t', '--stream', 'stdout')[1]), logs('-t'))
    rig.equal('a task that has not begun', logs('later'), (0, ''))
    rig.equal('a task that is none', logs('nobody')[0], 3)
    rig.equal('a task that is none, followed', logs('nobody', '-f')[0], 3)
    rig.equal('a run that is none', rig.cli('logs', 'ffffff').returncode, 3)
    for wrong in (['--level', 'loud'], ['--stream', 'x'], ['--since', 'soon'], ['--attempt', '0']):
        rig.equal('wrong: %s' % wrong, logs(*wrong)[0], 2)
    rig.post('/v1/runs/%s/cancel' % run)


def places(rig):
    rig.workflow('counted', '''
        steps: [{id: a, run: 'i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo "line $i"; done; echo "ERROR: last" >&2'}]
        ''')
    run = rig.done(rig.start('counted'))['id']
    at = '/v1/runs/%s/tasks/a/log?format=lines&' % run
    rig.equal('a line by its number', texts(rig.lines(run, 'a', 'stream=stdout', 'line=2000'))[:3],
              ['line 2000', 'line 2001', 'line 2002'])
    p = page(rig, at + 'stream=stdout&limit=3&', 'line=2000')
    n = len(p['lines'])
    rig.equal('the page says it', (p['line'], p['lines'][0]['text'], n <= 3), (2000, 'line 2000', True))
    rig.equal('and goes on', page(rig, at + 'stream=stdout&limit=1&', 'cursor=' + p['next'])['lines'][0]['text'],
              'line %d' % (2000 + n))
    rig.equal('of one stream', texts(page(rig, at + 'stream=stderr&', 'line=1')['lines']), ['ERROR: last'])
    p = page(rig, at, 'line=4000')
    rig.equal('behind the end', (p['lines'], p['state']), ([], 'eof'))
    rig.equal('the last ones', texts(rig.lines(run, 'a', 'stream=stdout', 'tail=2')), ['line 2999', 'line 3000'])
    rig.equal('more than there are', len(rig.lines(run, 'a', 'limit=10000', 'tail=9000')), 3001)
    s = rig.stream(at + 'stream=stdout&tail=2&follow=1')
    frames = s.until('eof')
    s.close()
    rig.equal('followed from there', texts(l for _, _, d in frames[:-1] for l in d['lines']), ['line 2999', 'line 3000'])
    for wrong in ('line=0', 'line=1&tail=1', 'line=1&cursor=end', 'tail=20000', 'line=2&backward=1', 'cursor=line.x'):
        rig.equal('refused: ' + wrong, rig.get(at + wrong).status, 400)
    rig.equal('octets have no lines', rig.get(at.replace('format=lines&', 'line=1')).status, 400)


def searches(rig):
    """In both directions, one hit after the other, and the lines around one."""
    rig.workflow('hay', '''
        steps:
          - {id: a, run: 'echo Needle 1; seq 1 30000 | sed "s/^/hay /"; echo needle 2; seq 30001 60000; echo "ERROR: x"; printf "\\tat y\\n"; echo end'}
        ''')
    run = rig.done(rig.start('hay'))['id']
    at = '/v1/runs/%s/tasks/a/log?format=lines&stream=stdout&' % run

    def hits(query, backward):
        found, cursor, pages = [], 'end' if backward else '', 0
        while pages < 10000:
            pages += 1
            p = rig.get(at + 'limit=1&%s&cursor=%s%s' % (query, cursor, '&backward=1' if backward else '')).json
            found += [(l['text'], p['next']) for l in p['lines']]
            cursor = p['prev'] if backward else p['next']
            if p['state'] != 'more' or not cursor:
                return found
        raise AssertionError('the search has no end')
    for backward in (False, True):
        def found(query):
            got = [t for t, _ in hits(query, backward)]
            return got[::-1] if backward else got
        rig.equal('each hit once', found('search=needle'), ['Needle 1', 'needle 2'])
        rig.equal('letters as they stand', found('search=Needle&exact=1'), ['Needle 1'])
        rig.equal('none', found('search=silver'), [])
        rig.equal('a level has its trace', found('level=error'), ['ERROR: x', '\tat y'])
        behind = 'cursor=' + dict(hits('search=needle', backward))['needle 2']
        before = page(rig, at + 'limit=2&backward=1&', behind)['lines']
        after = page(rig, at + 'limit=1&', behind)['lines']
        rig.equal('the lines around it', texts(before + after), ['hay 30000', 'needle 2', '30001'])


def killed(rig):
    rig.workflow('long', '''
        steps:
          - {id: a, run: 'mkfifo go; echo one; read x <go; echo two'}
          - {id: b, run: 'echo three'}
        ''')
    run = rig.start('long')
    rig.until(run, lambda r: r['tasks'][0]['log']['stdout_bytes'] > 0)
    p = follow(rig, run, '-f')
    first = p.stdout.readline()
    rig.engine.kill()
    rig.engine.wait()
    rig.up()
    with open(rig.path('state/work/%s/go' % run), 'w'):
        pass
    status, out, _ = ended(p)
    rig.equal('a restart of the engine loses and doubles nothing', (status, sorted((first + out).splitlines())),
              (0, ['a | one', 'a | two', 'b | three']))


play('logs', floods, run_limit, debugging, levels, follows, options, places, searches, killed,
     config='[logs]\nmax = 8M\nrun_max = 5M\n')
