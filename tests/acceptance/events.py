#!/usr/bin/env python3
# The event stream from outside: a snapshot and then changes without a gap, ids that
# increase and replay identically, filters, resets.
import threading

from rig import play

PLAIN = '''
    steps:
      - {id: one, run: "true"}
      - {id: two, run: "true"}
    '''


def split(ident):
    epoch, _, seq = ident.rpartition('-')
    return epoch, int(seq)


def snapshots(rig):
    rig.workflow('plain', PLAIN)
    rig.workflow('gate', 'steps: [{id: ok, approve: {prompt: "Go on?"}}]\n')
    old = [rig.done(rig.start('plain'))['id'] for _ in range(3)]
    s = rig.stream('/v1/events?snapshot=1')
    rig.check('its type', s.response.headers['Content-Type'].startswith('text/event-stream'))
    frames = s.until('snapshot_end')
    rig.check('the snapshot has no id but its end', all(i is None for _, i, _ in frames[:-1]) and frames[-1][1])
    rig.equal('it has every run', sorted(d['id'] for n, _, d in frames if n == 'run'), sorted(old))
    end = frames[-1][1]
    run = rig.start('plain')
    live = []
    for name, ident, data in s:
        if name == 'run':
            live.append((ident, data))
            if data['status'] == 'completed':
                break
    s.close()
    rig.check('then changes with ids', live and all(i for i, _ in live))
    seqs = [split(i)[1] for i, _ in live]
    rig.check('that increase', seqs == sorted(set(seqs)) and seqs[0] > split(end)[1], (end, seqs))
    rig.check('of one epoch', len({split(i)[0] for i, _ in live} | {split(end)[0]}) == 1)
    rig.check('a frame\'s seq is its id', all(d['seq'] == split(i)[1] for i, d in live), [(i, d['seq']) for i, d in live])
    rig.check('of the started run', all(d['id'] == run for _, d in live))
    rig.check('from its beginning', live[0][1]['tasks_done'] == 0, live[0][1])
    s = rig.stream('/v1/events', Last_Event_ID=end)
    again = []
    for name, ident, data in s:
        again.append((ident, data))
        if ident == live[-1][0]:
            break
    s.close()
    rig.check('a replay is the same frames', again == live, (again, live))
    half = live[len(live) // 2]
    s = rig.stream('/v1/events', Last_Event_ID=half[0])
    rig.equal('and goes on from any of them', next(iter(s))[1], live[len(live) // 2 + 1][0])
    s.close()


def foreign(rig):
    now = rig.stream('/v1/events?snapshot=1')
    end = now.until('snapshot_end')[-1][1]
    now.close()
    epoch, seq = split(end)
    for ident in ('deadbeef-1', 'nonsense', '%s-%d' % (epoch, seq + 1000), '-', '0'):
        s = rig.stream('/v1/events', Last_Event_ID=ident)
        frames = s.until('snapshot_end')
        rig.equal('an id that is foreign is reset: ' + ident, frames[0][0:2], ('reset', None))
        rig.check('and a snapshot follows', any(n == 'run' for n, _, _ in frames))
        s.close()


def filters(rig):
    s = rig.stream('/v1/events?snapshot=1&filter=status:waiting')
    s.until('snapshot_end')
    run = rig.until_status(rig.start('gate'), 'waiting')['id']
    name, ident, data = next(iter(s))
    rig.equal('what comes into the filter', (name, data['id'], data['status']), ('run', run, 'waiting'))
    rig.order(run, 'ok', 'approve')
    frames = s.until('gone')
    rig.equal('what leaves it is gone', frames[-1][2], {'id': run})
    rig.check('with an id', frames[-1][1])
    rig.check('and nothing else was told', all(d['id'] == run for _, _, d in frames), frames)
    s.close()
    s = rig.stream('/v1/events?snapshot=1&filter=workflow:gate')
    got = [d['workflow'] for n, _, d in s.until('snapshot_end') if n == 'run']
    rig.check('a snapshot keeps to its filter', got and set(got) == {'gate'}, got)
    s.close()
    rig.equal('a bad filter', rig.get('/v1/events?filter=status:').status, 400)


def without_gap(rig):
    """Starts while a snapshot is being read: each run is in it or behind it, once at least."""
    ids, before = [], {r['id'] for r in rig.get('/v1/runs?limit=1000').json['runs']}
    t = threading.Thread(target=lambda: ids.extend(rig.start('plain') for _ in range(15)))
    t.start()
    seen, backward, s = {}, [], rig.stream('/v1/events?snapshot=1&filter=workflow:plain')
    for name, ident, data in s:
        if name == 'run' and data['id'] not in before:
            old = seen.get(data['id'])
            backward += [data] if old and old['seq'] > data['seq'] else []
            seen[data['id']] = data
        if [r['status'] for r in seen.values()] == ['completed'] * 15:
            break
    t.join()
    s.close()
    rig.equal('nobody was missed', sorted(seen), sorted(ids))
    rig.equal('nothing came late', backward, [])


def restart(rig):
    s = rig.stream('/v1/events?snapshot=1')
    end = s.until('snapshot_end')[-1][1]
    s.close()
    run = rig.done(rig.start('plain'))
    s = rig.stream('/v1/events', Last_Event_ID=end)
    before = []
    for f in s:
        before.append(f)
        if f[1] and f[0] == 'run' and f[2]['status'] == 'completed':
            break
    s.close()
    rig.down()
    rig.up()
    s = rig.stream('/v1/events', Last_Event_ID=end)
    after = []
    for f in s:
        after.append(f)
        if len(after) == len(before):
            break
    s.close()
    rig.check('a replay after a restart is the same', after == before)
    rig.equal('the run is kept', rig.run(run['id'])['status'], 'completed')


def killed(rig):
    """Killed while a step runs: the step goes on, the engine takes it up again."""
    rig.workflow('survives', '''
        steps:
          - {id: long, run: 'echo begun; while ! test -e "$HOME/go"; do sleep 0.05; done; echo ended'}
          - {id: after, run: "true"}
        ''')
    run = rig.until(rig.start('survives'), lambda r: r['tasks'][0]['log']['stdout_bytes'] > 0)
    rig.engine.kill()
    rig.engine.wait()
    rig.up()
    rig.write('go', '')
    run = rig.done(run['id'])
    rig.equal('a step survives its engine', (run['status'], len(run['tasks'][0]['attempts'])), ('completed', 1))
    rig.equal('with its whole log', rig.log(run['id'], 'long'), 'begun\nended\n')


if __name__ == '__main__':
    play('events', snapshots, foreign, filters, without_gap, restart, killed)
