#!/usr/bin/env python3
# History from outside: rules of retention are taken up by HUP and by a start, errors in
# them are said and change nothing, what is removed is told.
import os
import signal
import sys

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
    rig.check('audited', any(a['by'] == 'retention' and a['what'] == 'remove 2 runs of quick' for a in audit), audit)
    rig.equal('counted on', rig.get('/v1/stats').json['total']['completed'], 4)
    until_gone(rig, [old[2]], lambda: rig.done(rig.start('quick')))
    rig.down()
    rig.config('engine', '[retention]\nage = 0s\nlogs_age = 0s\n')
    rig.up()
    until_gone(rig, [r['id'] for r in rig.get('/v1/runs').json['runs']])
    rig.equal('a start takes the rules, too', rig.get('/v1/runs').json['runs'], [])
    rig.config('engine', '')
    os.kill(rig.engine.pid, signal.SIGHUP)


def refused(rig):
    rig.down()
    rig.config('engine', '[retention]\nsize = big\ndays = 3\n')
    p = rig.run_engine()
    rig.check('an engine does not start with wrong rules', p.returncode == 6 and 'size: expected a size' in p.stderr and
              'days: retention has age' in p.stderr, (p.returncode, p.stderr))
    rig.config('engine', '')
    rig.up()


if __name__ == '__main__':
    lib.play('history', prepare, retention, refused)
