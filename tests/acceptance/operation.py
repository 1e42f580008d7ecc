#!/usr/bin/env python3
# Running the engine from outside: workflow files that come, go and break while it runs,
# what schedules plan.
import os

from rig import play


def first(stream, good):
    """The first frame (event, data) that is good."""
    for name, _, data in stream:
        if good(name, data):
            return data
    raise AssertionError('the stream ended')


def listed(rig, name):
    rows = rig.get('/v1/workflows').json['workflows']
    return next(w for w in rows if w['name'] == name)


def planned(rig):
    """A schedule's file that comes while nobody asks is planned at once; the card goes
    when the schedule is paused and when its file goes."""
    s = rig.stream('/v1/events?snapshot=1')
    s.until('snapshot_end')
    rig.workflow('nightly', 'on: {schedule: [{cron: "0 3 * * *", timezone: Europe/Berlin}]}\n'
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


if __name__ == '__main__':
    play('operation', planned, reload)
