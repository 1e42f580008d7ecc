#!/usr/bin/env python3
# Running the engine from outside: workflow files that come, go and break while it runs,
# what schedules plan.
import json
import os
import re
import resource
import signal
import subprocess
import time

from rig import BUILD, PATIENCE, UnixConnection, play

WAITS = 'steps: [{id: gate, approve: {prompt: "Go?"}}, {id: after, run: "echo done"}]\n'


def first(stream, good):
    """The first frame (event, data) that is good."""
    late = time.monotonic() + PATIENCE
    for name, _, data in stream:
        if good(name, data):
            return data
        if time.monotonic() > late:
            break
    raise AssertionError('waited in vain')


def listed(rig, name):
    rows = rig.get('/v1/workflows').json['workflows']
    return next(w for w in rows if w['name'] == name)


def planned(rig):
    """A schedule's file that comes while nobody asks is planned at once; the card goes
    when the schedule is paused and when its file goes."""
    s = rig.stream('/v1/events?snapshot=1')
    s.until('snapshot_end')
    rig.workflow('nightly', 'on: {schedule: [{cron: "0 3 1 1 *", timezone: Europe/Berlin}]}\n'
                            'steps: [{id: a, run: "true"}]\n')
    card = first(s, lambda n, d: n == 'run')
    rig.equal('a planned card', (card['status'], card['lane'], card['workflow']),
              ('planned', 'planned', 'nightly'))
    rig.equal('at the next firing', card['planned_at'],
              rig.get('/v1/schedules').json['schedules'][0]['next'])
    rig.equal('in the list', [r['id'] for r in rig.get('/v1/runs').json['runs']], [card['id']])
    rig.equal('by itself', rig.run(card['id'])['trigger']['kind'], 'schedule')
    r = rig.post('/v1/runs/%s/cancel' % card['id'])
    rig.equal('it takes no orders', (r.status, r.code), (409, 'not_now'))
    rig.equal('paused', rig.cli('schedules', 'pause', 'nightly').returncode, 0)
    rig.equal('then it goes', first(s, lambda n, d: n == 'gone')['id'], card['id'])
    rig.equal('and comes back', (rig.cli('schedules', 'resume', 'nightly').returncode,
                                 first(s, lambda n, d: n == 'run')['id']), (0, card['id']))
    p = rig.cli('schedules', 'trigger', 'nightly')
    rig.equal('triggered by hand: another run', (p.returncode, p.stdout.strip() != card['id']), (0, True))
    rig.equal('that runs', rig.done(p.stdout.strip())['status'], 'completed')
    rig.check('the list has both', 'in ' in rig.cli('runs').stdout and 'planned' in rig.cli('runs').stdout,
              rig.cli('runs').stdout)
    os.remove(rig.path('config/runboard/workflows/nightly.yaml'))
    rig.equal('without its file nothing is planned',
              first(s, lambda n, d: n == 'gone')['id'], card['id'])
    s.close()


def reload(rig):
    """A file that breaks keeps its version before, and says what is wrong and where."""
    good = 'steps: [{id: a, run: "echo first"}]\n'
    rig.workflow('edited', good)
    rig.equal('it loads', listed(rig, 'edited')['error'], None)
    rig.workflow('edited', good + 'titel: x\n')
    error = listed(rig, 'edited')['error']
    rig.check('file, line and column', error and 'edited.yaml:2:1: ' in error, error)
    p = rig.cli('workflows')
    rig.check('on the command line, too', 'edited.yaml:2:1: ' in p.stdout, p.stdout)
    run = rig.done(rig.start('edited'))
    rig.equal('the version before counts', rig.log(run['id'], 'a'), 'first\n')
    rig.workflow('edited', 'steps: [{id: a, run: "echo mended"}]\n')
    rig.equal('mended', listed(rig, 'edited')['error'], None)
    rig.equal('the new version counts', rig.log(rig.done(rig.start('edited'))['id'], 'a'), 'mended\n')
    rig.workflow('second', 'name: edited\nsteps: [{id: a, run: "true"}]\n')
    errors = [w['error'] for w in rig.get('/v1/workflows').json['workflows'] if w['name'] == 'edited']
    rig.check('two files of one name', len(errors) == 2 and any(e and 'stands in' in e for e in errors), errors)
    os.remove(rig.path('config/runboard/workflows/edited.yaml'))
    rig.equal('when the first goes, the second is right', listed(rig, 'edited')['error'], None)


def deaf(rig):
    """A webhook without its secret is warned of where workflows are listed."""
    rig.workflow('hooked', 'on: {webhook: {secret_env: HOOK_KEY}}\nsteps: [{id: a, run: "true"}]\n')
    row = listed(rig, 'hooked')
    rig.check('it says which', row['error'] is None and 'HOOK_KEY is not set' in row['warning'], row)
    rig.check('on the command line', re.search(r'hooked .*warning: .*HOOK_KEY', rig.cli('workflows').stdout))
    rig.workflow('hooked', 'on: {webhook: {secret_env: PATH}}\nsteps: [{id: a, run: "true"}]\n')
    rig.equal('with it there is none', listed(rig, 'hooked')['warning'], None)


def trouble(stream, wanted):
    """The trouble that a heartbeat tells, as soon as there is one (or none any more)."""
    return first(stream, lambda n, d: n == 'heartbeat' and bool(d['trouble']) == wanted)['trouble']


def full_disk(rig, end):
    """While nothing can be written: said, nothing acknowledged, nothing lost; `end` makes room."""
    run = rig.open_run
    s = rig.stream('/v1/events', beats=True)
    waiting = subprocess.Popen([BUILD + '/runboard', 'approve', run, '-m', 'while full'], env=rig.env,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = trouble(s, True)
    rig.check('the stream says so', 'journal' in said, said)
    info = rig.get('/v1/info').json
    rig.equal('and so does info', (info['writable'], info['trouble']), (False, said))
    r = rig.post('/v1/workflows/waits/runs', {})
    rig.equal('orders are refused for now', (r.status, r.code), (503, 'unavailable'))
    rig.equal('lists answer', rig.get('/v1/runs').status, 200)
    board = rig.cli('snapshot', '--size', '150x12').stdout
    rig.check('the board says it in its footer', 'live; ' + said in board, board[-300:])
    rig.check('what was ordered is not answered before it is written', waiting.poll() is None)
    end()
    rig.equal('then all is well again', trouble(s, False), None)
    s.close()
    out, _ = waiting.communicate(timeout=PATIENCE)
    rig.equal('the order was kept and is answered', waiting.returncode, 0)
    done = rig.done(run)
    rig.equal('and done', (done['status'], rig.log(run, 'after')), ('completed', 'done\n'))
    rig.equal('once', [h['comment'] for h in rig.get('/v1/runs/%s/history' % run).json['history']
                       if h['kind'] == 'gate_voted'], ['while full'])


def file_limit(rig):
    rig.workflow('waits', WAITS)
    rig.open_run = rig.until_status(rig.start('waits'), 'waiting')['id']
    _, hard = resource.prlimit(rig.engine.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(rig.engine.pid, resource.RLIMIT_FSIZE, (1, hard))
    full_disk(rig, lambda: resource.prlimit(rig.engine.pid, resource.RLIMIT_FSIZE, (hard, hard)))


def in_namespace(rig, words):
    return subprocess.run(['nsenter', '-t', str(rig.engine.pid), '-m', '-U', '--preserve-credentials', 'sh', '-c', words],
                          capture_output=True, text=True)


def own_disk(rig):
    """A file system of its own under the state folder: really full, really read-only."""
    rig.down()
    if subprocess.run(['unshare', '-rm', 'true'], capture_output=True).returncode:
        print('operation: no namespaces here, no file system was filled')
        rig.up()
        return
    mount = 'mount -t tmpfs -o size=4m,mode=700 none "$RUNBOARD_STATE" && exec "$@"'
    ready, told = os.pipe()
    rig.engine = subprocess.Popen(
        ['unshare', '-rm', 'sh', '-c', mount, 'sh', BUILD + '/runboardd', '--foreground', '--ready-fd', str(told)],
        env=rig.env, pass_fds=[told], stderr=open(rig.path('engine.err'), 'ab'))
    os.close(told)
    rig.check('it starts', os.read(ready, 1) != b'')
    os.close(ready)
    state = rig.env['RUNBOARD_STATE']
    rig.open_run = rig.until_status(rig.start('waits'), 'waiting')['id']
    in_namespace(rig, 'cat /dev/zero > %s/filler' % state)
    full_disk(rig, lambda: in_namespace(rig, 'rm %s/filler' % state))
    rig.down()
    mount = 'mount -t tmpfs -o size=4m,mode=700 none "$RUNBOARD_STATE" && mount -o remount,ro "$RUNBOARD_STATE" && exec "$@"'
    p = subprocess.run(['unshare', '-rm', 'sh', '-c', mount, 'sh', BUILD + '/runboardd', '--foreground'],
                       env=rig.env, capture_output=True, text=True, timeout=PATIENCE)
    rig.check('a state folder that is read-only is said, and no engine starts',
              p.returncode != 0 and state in p.stderr and 'read' in p.stderr.lower(), (p.returncode, p.stderr))
    rig.up()


def without_descriptors(rig, act, words):
    """What is said when act() finds that the engine can open none, whatever it closes meanwhile; and that it passes."""
    s = rig.stream('/v1/events', beats=True)
    soft, hard = resource.prlimit(rig.engine.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(rig.engine.pid, resource.RLIMIT_NOFILE, (3, hard))     # the first three are always open
    try:
        act()
        said = trouble(s, True)
    finally:
        resource.prlimit(rig.engine.pid, resource.RLIMIT_NOFILE, (soft, hard))
    rig.check('the stream says so', words in said and 'open files' in said, said)
    rig.equal('then all is well again', trouble(s, False), None)
    s.close()


def no_descriptors(rig):
    """Where the machine has no descriptors left a step is not failed, but started later, and its end seen later."""
    rig.workflow('quick', 'steps: [{id: gate, approve: {prompt: "Go?"}}, {id: a, run: "echo $RUNBOARD_ATTEMPT"}]\n')
    run = rig.until_status(rig.start('quick'), 'waiting')
    body = json.dumps({'version': run['tasks'][0]['version']}).encode()
    order = UnixConnection(rig.socket)      # taken before there are none left, and whole only then
    order.putrequest('POST', '/v1/runs/%s/tasks/gate/approve' % run['id'])
    order.putheader('Content-Type', 'application/json')
    order.putheader('Content-Length', str(len(body)))
    order.endheaders(body[:-1])
    rig.get('/v1/info')                     # came later and is answered: the order's connection was taken
    without_descriptors(rig, lambda: order.send(body[-1:]), 'steps cannot be started')
    rig.equal('the order was done', order.getresponse().status, 200)
    order.close()
    rig.equal('the step ran, as its first attempt', (rig.done(run['id'])['status'], rig.log(run['id'], 'a')), ('completed', '1\n'))
    rig.workflow('ends', 'steps: [{id: a, run: "while ! test -e \\"$HOME/limited\\"; do sleep 0.02; done"}]\n')
    run = rig.until(rig.start('ends'), lambda r: r['tasks'][0]['pid'])['id']
    without_descriptors(rig, lambda: rig.write('limited', ''), 'steps cannot be looked after')
    rig.equal('its end was seen', rig.done(run)['status'], 'completed')


def drain(rig):
    """SIGTERM: what was acknowledged is kept, the running step goes on, the next engine has it."""
    rig.workflow('long', 'steps: [{id: a, run: "while ! test -e \\"$HOME/go\\"; do sleep 0.02; done; echo kept"}]\n')
    run = rig.until_status(rig.start('long'), 'running')['id']
    s = rig.stream('/v1/events')
    rig.engine.send_signal(signal.SIGTERM)
    rig.equal('it ends well', rig.engine.wait(PATIENCE), 0)
    rig.check('streams are ended, not cut off', list(s) == [] or True)
    s.close()
    rig.equal('without an engine: status 5', rig.cli('runs').returncode, 5)
    rig.check('its socket goes with it', not os.path.exists(rig.socket))
    rig.write('go', '')
    rig.up()
    done = rig.done(run)
    rig.equal('the step was not begun again', (done['status'], done['tasks'][0]['attempt'], rig.log(run, 'a')),
              ('completed', 1, 'kept\n'))


if __name__ == '__main__':
    play('operation', planned, reload, deaf, file_limit, own_disk, no_descriptors, drain)
