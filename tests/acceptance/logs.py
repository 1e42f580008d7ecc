#!/usr/bin/env python3
# Logs from outside: what is kept of a flood, notes of the supervisor and of debug runs,
# levels, one place in a long log, several tasks followed at once.
import json
import os
import time

from rig import play

MIB = 1 << 20


def lines(rig, run, task, query=''):
    """All pages, forward."""
    at, got = '', []
    while True:
        page = rig.get('/v1/runs/%s/tasks/%s/log?format=lines%s%s' % (run, task, query, at)).json
        got += page['lines']
        if page['state'] != 'more':
            return got
        at = '&cursor=' + page['next']


def notes(rig, run, task):
    return [l['text'] for l in lines(rig, run, task) if l['stream'] == 'note']


def floods(rig):
    rig.workflow('flood', '''
        log_max: 3M
        steps:
          - {id: usual, run: 'head -c 67108864 /dev/zero | tr "\\0" "x" | fold -w 127; echo told >&2'}
          - {id: less, log_max: 100K, run: 'head -c 67108864 /dev/zero; echo done >>"$RUNBOARD_OUTPUT"'}
          - {id: small, run: echo ok}
        ''')
    begin = time.monotonic()
    run = rig.done(rig.start('flood'))
    took = time.monotonic() - begin
    tasks = {t['id']: t for t in run['tasks']}
    rig.equal('a flood is no failure', run['status'], 'completed')
    rig.check('the step is never blocked: 128 MiB in 20 s at most', took < 20, took)
    kept = {i: (t['log']['stdout_bytes'], t['log']['stderr_bytes'], t['log_truncated']) for i, t in tasks.items()}
    rig.equal('the workflow\'s limit', kept['usual'], (3 * MIB, 5, True))
    rig.equal('the step\'s limit', kept['less'], (100 << 10, 0, True))
    rig.equal('what fits is whole', kept['small'], (3, 0, False))
    said = notes(rig, run['id'], 'usual')
    rig.check('a note says where it is cut', any('stdout is cut here, at its limit of 3145728' in n for n in said), said)
    rig.check('and how much was dropped', any('octets were dropped' in n for n in said), said)
    rig.equal('stderr is kept', rig.log(run['id'], 'usual', 'stream=stderr'), 'told\n')
    rig.equal('octets have no notes', len(rig.get('/v1/runs/%s/tasks/usual/log' % run['id']).body), 3 * MIB + 5)
    rig.equal('notes alone', [l['stream'] for l in lines(rig, run['id'], 'usual', '&stream=note')], ['note'] * 2)
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

    def texts(level):
        return [l['text'] for l in lines(rig, run, 'a', '&level=' + level)]
    error = ['{"level":"error","msg":"json"}', 'level=error', 'ERROR: word', '<3>syslog error',
             '\033[31mERROR\033[0m: coloured']
    rig.equal('errors', texts('error'), error)
    rig.equal('warnings and worse', len(texts('warn')), len(error) + 3)
    rig.equal('information is what says nothing', len(texts('info')), len(error) + 3 + 3)
    rig.equal('debug is all', len(texts('debug')), 14)
    rig.equal('by the command', rig.cli('logs', run, '--level', 'error').stdout.count('\n'), len(error))
    rig.equal('as octets', rig.log(run, 'a', 'level=error').count('\n'), len(error))
    rig.equal('a word that is none', rig.get('/v1/runs/%s/tasks/a/log?format=lines&level=loud' % run).status, 400)


play('logs', floods, run_limit, debugging, levels,
     config='[logs]\nmax = 8M\nrun_max = 5M\n')
