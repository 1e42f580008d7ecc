#!/usr/bin/env python3
# Secrets from outside: fifty of them through every channel, in every form; then every file
# of the state, every answer of the API, the board, the notices and the process table are
# searched. And secrets that a command gives, or does not.
import base64
import json
import os
import subprocess
import urllib.parse

from rig import BUILD, play

N = 50


def value(i):
    """Different lengths and alphabets; every fifth has several lines."""
    text = 'v%02dQ' % i + ''.join(chr(33 + (i * 37 + k * 11) % 94) for k in range(6 + i % 17)) + 'Z%02d' % i
    if i % 5 == 0:
        text += '\nsecond-line-%02d-%s\nthird line of %02d' % (i, 'xyz' * (i % 4), i)
    if i % 7 == 0:
        text += ' ümläut€%02d' % i
    return text.replace("'", 'q').replace('\\', 'b') if i % 2 else text.replace("'", 'q')


VALUES = [value(i) for i in range(N)]
STORED, PARAMS, COMMAND = VALUES[:20], VALUES[20:40], VALUES[40:]


def forms(text):
    raw = text.encode()
    yield raw
    for line in raw.split(b'\n'):
        if len(line) >= 6:
            yield line
    yield json.dumps(text)[1:-1].encode()
    yield json.dumps(text, ensure_ascii=False)[1:-1].encode()
    yield urllib.parse.quote(text, safe='').encode()
    yield urllib.parse.quote_plus(text).encode()
    for lead in (b'', b'a', b'ab'):
        # only what the secret alone decides
        encoded = base64.b64encode(lead + raw)
        first, last = (len(lead) * 8 + 5) // 6, (len(lead) + len(raw)) * 8 // 6
        yield encoded[first:last]
        yield encoded[first:last].replace(b'+', b'-').replace(b'/', b'_')


FORMS = sorted({f for v in VALUES for f in forms(v)})


def hits(data):
    return sorted({f for f in FORMS if f in data})


PRINT = r'''
import base64, json, os, sys, time, urllib.parse
os.mkfifo('go')
names = os.environ['NAMES'].split()
values = [os.environ[n] for n in names]
out, err = sys.stdout, sys.stderr
for v in values:
    print('plain', v, 'end', file=out, flush=True)
    print(json.dumps({'level': 'error', 'v': v}), file=err, flush=True)
    print(json.dumps(v, ensure_ascii=False), urllib.parse.quote(v, safe=''), urllib.parse.quote_plus(v), file=out)
    for lead in (b'', b'a', b'ab'):
        print(base64.b64encode(lead + v.encode()).decode(), base64.urlsafe_b64encode(lead + v.encode()).decode(), file=err)
# every border between two writes
for v in values[:6]:
    raw = ('<' + v + '>\n').encode()
    for i in range(1, len(raw)):
        os.write(1, raw[:i]); os.write(1, raw[i:])
# also while it runs
json.dump({'r%d' % i: v for i, v in enumerate(values)} | {v: 1 for v in values[:3]}, open(os.environ['RUNBOARD_OUTPUT'], 'w'))
open(os.environ['RUNBOARD_PROGRESS'], 'w').write('5/10 ' + ' '.join(values).replace('\n', ' '))
open('go').read()
'''


def read_state(rig):
    data = {}
    for at, _, files in os.walk(rig.path('state')):
        # the step's own: its working folder, what it keeps for its next attempt, and while
        # it runs what it is about to give
        ended = os.path.exists(at + '/exit') and open(at + '/exit').read(2) == 'v1'
        own = ['checkpoint'] if ended else ['checkpoint', 'output', 'progress']
        for f in files:
            if f not in own and '/work' not in at:
                path = os.path.join(at, f)
                if os.path.isfile(path):
                    data[path] = open(path, 'rb').read()
    return data


def processes(rig):
    """What everybody can see of the engine and the supervisors; what a step calls is its own affair."""
    seen = {}
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            line = open('/proc/%s/cmdline' % pid, 'rb').read()
            if os.path.basename(line.split(b'\0')[0]) in (b'runboardd', b'runboard-step'):
                seen['cmdline of ' + pid] = line
                seen['environ of ' + pid] = open('/proc/%s/environ' % pid, 'rb').read()
        except OSError:
            continue
    return seen


def answers(rig, run):
    paths = ['/v1/runs/' + run, '/v1/runs/%s/history' % run, '/v1/runs/%s/export' % run, '/v1/runs?limit=50', '/v1/inbox', '/v1/audit', '/v1/stats',
             '/v1/workflows', '/v1/workflows/many', '/metrics', '/v1/queues', '/v1/workers']
    for t in rig.run(run)['tasks']:
        at = '/v1/runs/%s/tasks/%s' % (run, t['id'])
        paths += [at, at + '/log', at + '/log?format=lines&limit=10000', at + '/log?stream=stderr', at + '/log?format=lines&stream=note&limit=10000']
    got = {p: rig.get(p).body for p in paths}
    s = rig.stream('/v1/events?snapshot=1&run=' + run)
    got['/v1/events'] = json.dumps(s.until('snapshot_end'), ensure_ascii=False).encode()
    s.close()
    for words in (['show', run], ['show', run, '--json'], ['logs', run], ['history', run], ['runs', '--json'], ['snapshot', '--size', '160x50']):
        p = rig.cli(*words)
        got[' '.join(words)] = (p.stdout + p.stderr).encode()
    return got


def nowhere(rig, what, run, more=None):
    found = {}
    for where, data in {**read_state(rig), **answers(rig, run), **processes(rig), **(more or {}),
                        'engine.err': open(rig.path('engine.err'), 'rb').read()}.items():
        h = hits(data)
        if h:
            found[where] = h[:3]
    rig.check('%s: %d forms of %d secrets are found nowhere' % (what, len(FORMS), N), not found, found)


def fifty(rig):
    for i, v in enumerate(STORED):
        rig.config('secrets/S%02d' % i, v + '\n')
    vault = rig.write('vault.json', json.dumps({'C%02d' % i: v for i, v in enumerate(COMMAND)}))
    rig.write('vault.py', 'import json, os, sys\nsys.stdout.write(json.load(open(%r))[os.environ["NAME"]])\n' % vault)
    rig.write('print.py', PRINT)
    os.mkfifo(rig.path('told'))
    told = os.open(rig.path('told'), os.O_RDWR)     # who writes does not wait for us
    names = ['S%02d' % i for i in range(len(STORED))] + ['C%02d' % i for i in range(len(COMMAND))]
    rig.workflow('many', '''
        title: "Deploy ${{ params.p00 }}"
        params: {%s}
        secrets: [%s]
        env: {DERIVED: "x ${{ params.p01 }} y", NAMES: "%s"}
        notify: [{on: [waiting, error, failed], command: 'printf "%%s\\n" "$RUNBOARD_NOTICE" >>%s; echo >%s'}]
        steps:
          - {id: print, run: 'python3 %s'}
          - {id: ask, run: '%s ask "Is it $S01 or $C01, $PARAM_p02?" --choices "yes,$S02"'}
          - {id: review, approve: {prompt: "Ship ${{ params.p03 }}?"}}
          - {id: bad, run: 'echo "no $S03 $PARAM_p04 $C02" >&2; exit 3'}
        ''' % (', '.join('p%02d: {type: string, secret: true, required: true}' % i for i in range(len(PARAMS))),
               ', '.join(names), ' '.join(names + ['PARAM_p%02d' % i for i in range(len(PARAMS))]),
               rig.path('mail'), rig.path('told'), rig.path('print.py'), BUILD + '/runboard'))
    params = {'p%02d' % i: v for i, v in enumerate(PARAMS)}
    reply = rig.post('/v1/workflows/many/runs', {'params': params, 'debug': True}, Idempotency_Key='fifty')
    rig.equal('started', reply.status, 201)
    run = reply.json['id']
    work = rig.path('state/work/' + run)
    rig.until(run, lambda r: r['ended_at'] or r['tasks'][0]['progress'] not in (None, 0))
    nowhere(rig, 'while it runs', run, {'start': reply.body})
    rig.engine.kill()
    rig.engine.wait()
    rig.up()
    nowhere(rig, 'and after the engine was killed', run)
    with open(work + '/go', 'w'):
        pass
    waits = rig.until_status(run, 'waiting')
    rig.equal('a step may use them', waits['tasks'][0]['status'], 'completed')
    rig.check('it asks', waits['waiting']['task'] == 'ask', waits['waiting'])
    rig.equal('without its secrets', waits['waiting']['prompt'], 'Is it *** or ***, ***?')
    nowhere(rig, 'a question', run)
    rig.equal('answered', rig.order(run, 'ask', 'answer', value='yes', comment='I know ' + STORED[4]).status, 200)
    rig.until(run, lambda r: r['waiting'] and r['waiting']['task'] == 'review')
    r = rig.order(run, 'review', 'approve', comment='so %s and %s' % (PARAMS[5], COMMAND[3]))
    rig.equal('approved', r.status, 200)
    ended = rig.done(run)
    rig.equal('it fails as it should', ended['status'], 'failed')
    rig.check('with its words', 'no *** *** ***' in ended['error']['stack'], ended['error'])
    for _ in ('it asks', 'it waits', 'it has failed'):
        os.read(told, 1)
    os.close(told)
    mail = open(rig.path('mail'), 'rb').read()
    rig.equal('notices were sent', mail.count(b'\n'), 3)
    nowhere(rig, 'at the end', run, {'mail': mail, 'approve': r.body})
    rig.down()
    nowhere_on_disk = {p: hits(d)[:3] for p, d in read_state(rig).items() if hits(d)}
    rig.check('the database at rest, too', not nowhere_on_disk, nowhere_on_disk)
    rig.up()
    nowhere(rig, 'after another start', run)
    again = rig.post('/v1/runs/%s/rerun' % run)
    rig.equal('it can run again: the parameters are sealed, not lost', again.status, 201)
    rig.until(again.json['id'], lambda r: r['tasks'][0]['progress'] not in (None, 0))
    rig.post('/v1/runs/%s/cancel' % again.json['id'])
    rig.done(again.json['id'])
    nowhere(rig, 'of the second', again.json['id'])


def ends(rig, what, name, status, *words):
    rig.workflow('one', 'secrets: [%s]\nsteps: [{id: a, run: "test -n \\"$%s\\""}]\n' % (name, name))
    run = rig.done(rig.start('one'))
    rig.equal(what + ': the run', run['status'], status)
    rig.equal(what + ': the task', run['tasks'][0]['status'], status)
    message = (run['error'] or {}).get('message', '')
    rig.check(what + ': says ' + ', '.join(words), all(w in message for w in words), message)
    return run


def patience(rig, span):
    """How long a command may take: from the next reading on."""
    rig.config('engine', CONFIG % span)


def commands(rig):
    ends(rig, 'one that is there', 'FINE', 'completed')
    bad = ends(rig, 'one whose command fails', 'LOCKED', 'error', 'LOCKED', 'exit status 7')
    rig.equal('its type', bad['error']['type'], 'secret')
    rig.check('nothing that the command printed is shown', 'half-a-value' not in json.dumps(bad)
              and 'words-on-stderr' not in json.dumps(bad), bad['error'])
    patience(rig, '1s')
    rig.equal('it is taken', rig.cli('engine', 'reload').returncode, 0)
    ends(rig, 'one that takes too long', 'SLOW', 'error', 'SLOW', 'took longer than 1s')
    patience(rig, '5m')
    rig.equal('and back', rig.cli('engine', 'reload').returncode, 0)
    ends(rig, 'one that is silent', 'SILENT', 'error', 'SILENT', 'printed nothing')
    ends(rig, 'one that is killed', 'SHOT', 'error', 'SHOT', 'signal 9')
    rig.config('secrets/LOOSE', 'whatever-12345\n')
    os.chmod(rig.path('config/runboard/secrets/LOOSE'), 0o640)
    ends(rig, 'a file that others may read is refused, not passed over', 'LOOSE', 'error', 'LOOSE', 'chmod 600')
    os.chmod(rig.path('config/runboard/secrets/LOOSE'), 0o600)
    ends(rig, 'and taken when it is private', 'LOOSE', 'completed')


def is_ours(rig, pid):
    """Others may run the same test beside us."""
    try:
        with open('/proc/%s/environ' % pid, 'rb') as f:
            return b'HOME=%s' % rig.dir.encode() in f.read().split(b'\0')
    except OSError:
        return False


def does_not_block(rig):
    rig.workflow('slow', 'secrets: [SLOW]\nsteps: [{id: a, run: "true"}]\n')
    rig.workflow('quick', 'steps: [{id: a, run: "true"}]\n')
    slow = rig.start('slow')
    rig.until(slow, lambda r: r['tasks'][0]['status'] == 'running')
    rig.equal('others go on meanwhile', rig.done(rig.start('quick'))['status'], 'completed')
    rig.equal('it is still being fetched', rig.run(slow)['status'], 'running')
    rig.post('/v1/runs/%s/cancel' % slow, {'reason': 'enough'})
    rig.equal('cancelled at once', rig.done(slow)['status'], 'cancelled')
    slow = rig.start('slow')
    rig.until(slow, lambda r: r['tasks'][0]['status'] == 'running')
    rig.engine.kill()
    rig.engine.wait()
    patience(rig, '1s')
    rig.up()
    rig.equal('a kill while it is fetched: fetched again', rig.done(slow)['error']['type'], 'secret')
    found = subprocess.run(['pgrep', '-f', '^sleep 7654321'], capture_output=True, text=True).stdout
    left = [pid for pid in found.split() if is_ours(rig, pid)]
    rig.check('no command is left over but that of the killed engine', len(left) <= 1, left)


CONFIG = '''
[queue default]
slots = 8
[secrets]
timeout = %s
command = case $NAME in C*) exec python3 $HOME/vault.py ;; FINE) echo a-fine-value ;; LOCKED) echo half-a-value; echo words-on-stderr >&2; exit 7 ;; SLOW) exec sleep 7654321 ;; SHOT) kill -9 $$ ;; esac
'''

play('secrets', fifty, commands, does_not_block, config=CONFIG % '5m')
