#!/usr/bin/env python3
# History from outside: rules of retention are taken up by HUP and by a start, errors in
# them are said and change nothing, what is removed is told; a run as one file.
import io
import json
import os
import signal
import sys
import tarfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rig as lib


def prepare(rig):
    rig.workflow('quick', '''
        labels: {team: web}
        params: {word: {type: string, default: hello}, token: {type: string, secret: true, default: s3cret-s3cret}}
        steps:
          - {id: one, run: 'echo $PARAM_word $PARAM_token; echo oops >&2; touch made'}
          - {id: two, run: 'echo "{\\"n\\": 2}" > $RUNBOARD_OUTPUT'}
        ''')
    rig.workflow('kept', "steps: [{id: one, run: 'true'}]")


def until_gone(rig, runs, act=lambda: None):
    """Acts, and waits until the stream has told that all of those that it shows are gone."""
    s = rig.stream('/v1/events?snapshot=1')
    shown = {data['id'] for name, _, data in s.until('snapshot_end') if name == 'run'}
    left = set(runs) & shown
    act()
    while left:
        name, ident, data = next(iter(s))
        if name == 'gone':
            assert ident, data
            left.discard(data['id'])
    s.close()


def retention(rig):
    old = [rig.done(rig.start('quick'))['id'] for _ in range(3)]
    other = rig.done(rig.start('kept'))['id']
    rig.config('engine', '[retention]\nage = soon\n')
    os.kill(rig.engine.pid, signal.SIGHUP)
    rig.equal('still an engine', rig.get('/v1/info').status, 200)
    rig.config('engine', '[retention]\ncount = 1\n[retention kep*]\ncount = none\n')
    until_gone(rig, old[:2], lambda: os.kill(rig.engine.pid, signal.SIGHUP))
    rig.check('what was wrong is said', 'engine:2: age: expected a span' in open(rig.path('engine.err')).read())
    rig.equal('the newest stays', [rig.get('/v1/runs/' + r).status for r in old + [other]], [404, 404, 200, 200])
    listed = rig.get('/v1/runs').json['runs']
    rig.equal('so does the list', [r['id'] for r in listed], [other, old[2]])
    rig.equal('its folders are gone', [r in os.listdir(rig.path('state/runs')) for r in old], [False, False, True])
    audit = rig.get('/v1/audit').json['audit']
    removed = [a['what'] for a in audit if a['by'] == 'retention' and a['what'].endswith(' of quick')]
    rig.check('audited, in one slice or in two', sorted(removed) in (['remove 2 runs of quick'], ['remove 1 run of quick'] * 2), audit)
    rig.equal('counted on', rig.get('/v1/stats').json['total']['completed'], 4)
    until_gone(rig, [old[2]], lambda: rig.done(rig.start('quick')))
    rig.down()
    rig.config('engine', '[retention]\nage = 0s\nlogs_age = 0s\n')
    rig.up()
    until_gone(rig, [r['id'] for r in rig.get('/v1/runs').json['runs']])
    rig.equal('a start takes the rules, too', rig.get('/v1/runs').json['runs'], [])
    rig.config('engine', '')
    os.kill(rig.engine.pid, signal.SIGHUP)


def unpack(octets):
    """Names without their folder to contents; all in one folder."""
    with tarfile.open(fileobj=io.BytesIO(octets)) as t:
        members = {m.name: t.extractfile(m).read() for m in t.getmembers()}
    folders = {name.split('/')[0] for name in members}
    assert len(folders) == 1, folders
    return folders.pop(), {name.split('/', 1)[1]: content for name, content in members.items()}


def export(rig):
    run = rig.done(rig.start('quick', word='a' * 100000))
    r = rig.get('/v1/runs/%s/export' % run['id'])
    rig.equal('a tar file', (r.status, r.headers['Content-Type']), (200, 'application/x-tar'))
    folder, files = unpack(r.body)
    rig.equal('named by the run', folder, 'quick-' + run['short'])
    rig.equal('all of it', sorted(files), ['history.json', 'logs/one/1/stderr', 'logs/one/1/stdout', 'run.json', 'workflow.yaml'])
    rig.equal('the run', json.loads(files['run.json']), rig.run(run['id']))
    rig.equal('its history', json.loads(files['history.json']), rig.get('/v1/runs/%s/history' % run['id']).json)
    rig.equal('its log', files['logs/one/1/stdout'].decode(), 'a' * 100000 + ' ***\n')
    rig.check('its definition', b'echo $PARAM_word' in files['workflow.yaml'] and b'default: ***' in files['workflow.yaml'], files['workflow.yaml'])
    rig.check('no secret', not any(b's3cret' in content for content in files.values()))
    rig.equal('none', (rig.get('/v1/runs/018f0000-0000-7000-8000-000000000000/export').status), 404)


def export_many_tasks(rig):
    name = 'a' * 90
    rig.workflow('wide', '''
        steps:
          - {id: %s, foreach: [1, 2, "x/y"], run: 'echo $ITEM'}
          - {id: fails, run: 'echo no >&2; exit 3', retry: {attempts: 2, delay: 1ms}}
          - {id: never, run: echo}
        ''' % name)
    run = rig.done(rig.start('wide'))
    files = unpack(rig.get('/v1/runs/%s/export' % run['id']).body)[1]
    rig.equal('every attempt, names as long as they are', sorted(n for n in files if n.startswith('logs/')), sorted(
        ['logs/%s%%5B%d%%5D/1/stdout' % (name, i) for i in range(3)] + ['logs/fails/%d/stderr' % i for i in (1, 2)]))


def export_running(rig):
    rig.workflow('slow', "steps: [{id: one, run: 'echo begun; touch $HOME/begun; while [ ! -e $HOME/go ]; do sleep 0.02; done; echo over'}]")
    run = rig.start('slow')
    rig.until(run, lambda r: r['tasks'][0]['log']['stdout_bytes'] > 0)
    files = unpack(rig.get('/v1/runs/%s/export' % run).body)[1]
    rig.equal('as it is now', (json.loads(files['run.json'])['status'], files['logs/one/1/stdout']), ('running', b'begun\n'))
    rig.write('go', '')
    rig.done(run)


def command(rig):
    run = rig.done(rig.start('quick'))
    p = rig.cli('export', run['id'], cwd=rig.path('tmp'))
    file = 'quick-%s.tar' % run['short']
    rig.equal('says the file', (p.returncode, p.stdout), (0, file + '\n'))
    whole = unpack(open(rig.path('tmp/' + file), 'rb').read())[1]
    rig.equal('the log is in it', whole['logs/one/1/stdout'], b'hello ***\n')
    p = rig.cli('export', run['id'], cwd=rig.path('tmp'))
    rig.check('never over a file', p.returncode == 4 and 'is there already' in p.stderr, (p.returncode, p.stderr))
    p = rig.cli('export', '--force', '-o', file, run['short'], cwd=rig.path('tmp'))
    rig.equal('unless told to', (p.returncode, p.stderr), (0, ''))
    p = rig.cli('export', run['id'], '-o', '-', binary=True)
    rig.equal('to a pipe', (p.returncode, unpack(p.stdout)[1]['logs/one/1/stdout']), (0, b'hello ***\n'))
    p = rig.cli('export', '018f0000-0000-7000-8000-000000000000', '-o', rig.path('tmp/none.tar'))
    rig.equal('no such run', (p.returncode, os.path.exists(rig.path('tmp/none.tar'))), (3, False))
    rig.config('engine', '[retention]\nlogs_age = 0s\n')
    os.kill(rig.engine.pid, signal.SIGHUP)
    while rig.get('/v1/runs/%s/tasks/one/log' % run['id']).status == 200:
        pass
    files = unpack(rig.get('/v1/runs/%s/export' % run['id']).body)[1]
    rig.equal('without logs that were removed', sorted(files), ['history.json', 'logs-removed', 'run.json', 'workflow.yaml'])


def refused(rig):
    rig.down()
    rig.config('engine', '[retention]\nsize = big\ndays = 3\n')
    p = rig.run_engine()
    rig.check('an engine does not start with wrong rules', p.returncode == 6 and 'size: expected a size' in p.stderr and
              'days: retention has age' in p.stderr, (p.returncode, p.stderr))
    rig.config('engine', '')
    rig.up()


if __name__ == '__main__':
    lib.play('history', prepare, retention, export, export_many_tasks, export_running, command, refused)
