#!/usr/bin/env python3
# The workflow file from outside: order of steps, failures and what catches them, finally,
# timeouts, retries, conditions, what a process is given and what it gives back.
import json
import time

from rig import PATIENCE, moment, play


def statuses(run):
    return {t['id']: t['status'] for t in run['tasks']}


def go(rig, name, text, **params):
    rig.workflow(name, text)
    return rig.done(rig.start(name, **params))


def ends(rig, what, run, status, **tasks):
    rig.equal(what + ': the run', run['status'], status)
    for name, wanted in tasks.items():
        rig.equal('%s: %s' % (what, name), statuses(run).get(name), wanted)


def chains(rig):
    run = go(rig, 'chain', '''
        steps:
          - {id: one, run: 'while ! test -e "$HOME/freed"; do sleep 0.02; done'}
          - {id: two, run: "true"}
          - {id: free, needs: [], run: 'touch "$HOME/freed"'}
          - {id: both, needs: [two, free], run: "true"}
        ''')
    ends(rig, 'a chain', run, 'completed', one='completed', both='completed')
    t = {t['id']: t for t in run['tasks']}
    rig.equal('the name is the file\'s', run['workflow'], 'chain')
    rig.equal('needs are shown, also implicit ones', [t[i]['needs'] for i in t],
              [[], ['one'], [], ['two', 'free']])
    rig.check('a step waits for the one before it', t['two']['started_at'] >= t['one']['ended_at'])
    rig.check('needs: [] starts at once', t['free']['started_at'] <= t['one']['ended_at'])
    rig.equal('tasks stand in file order', [t['id'] for t in run['tasks']], ['one', 'two', 'free', 'both'])


def failures(rig):
    run = go(rig, 'siblings', '''
        steps:
          - {id: bad, run: exit 7}
          - {id: after, run: "true"}
          - {id: later, run: "true"}
          - {id: side, needs: [], run: sleep 0.2}
        finally:
          - {id: clean, run: "true"}
        ''')
    ends(rig, 'a failure nobody caught', run, 'failed', bad='failed', after='skipped', later='skipped',
         side='completed', clean='completed')
    rig.equal('the error names its task', run['error']['task'], 'bad')
    rig.equal('the exit code', run['tasks'][0]['exit_code'], 7)
    run = go(rig, 'fast', '''
        fail_fast: true
        steps:
          - {id: bad, run: "sleep 0.1; exit 1"}
          - {id: side, needs: [], run: sleep 60}
          - {id: more, needs: [side], run: "true"}
        finally: [{id: clean, run: "true"}]
        ''')
    ends(rig, 'fail_fast', run, 'failed', bad='failed', side='cancelled', clean='completed')
    run = go(rig, 'skipped-if', '''
        params: {go: {type: boolean, default: false}}
        steps:
          - {id: maybe, if: params.go, run: "true"}
          - {id: after, run: "true"}
        ''')
    ends(rig, 'a step skipped by its if satisfies needs', run, 'completed', maybe='skipped', after='completed')


def catching(rig):
    run = go(rig, 'rollback', '''
        steps:
          - {id: ship, run: exit 3, on_error: undo}
          - {id: after, run: "true"}
          - {id: undo, only: on_error, run: "true"}
          - {id: last, run: "true"}
        finally: [{id: clean, run: "true"}]
        ''')
    ends(rig, 'a caught failure', run, 'completed', ship='failed', undo='completed', clean='completed')
    rig.equal('is marked recovered', run['recovered'], True)
    run = go(rig, 'unused', '''
        steps:
          - {id: ship, run: "true", on_error: undo}
          - {id: undo, only: on_error, run: "true"}
          - {id: after, run: "true"}
        ''')
    ends(rig, 'an error path nobody needs', run, 'completed', ship='completed', undo='skipped', after='completed')
    rig.equal('is not recovered', run['recovered'], False)
    rig.equal('after needs ship', run['tasks'][2]['needs'], ['ship'])
    run = go(rig, 'goes-on', '''
        steps:
          - {id: lint, run: exit 1, on_error: continue}
          - {id: after, run: "true"}
        ''')
    ends(rig, 'on_error: continue', run, 'completed', lint='failed', after='completed')
    rig.equal('is recovered', run['recovered'], True)
    run = go(rig, 'undo-fails', '''
        steps:
          - {id: ship, run: exit 3, on_error: undo}
          - {id: undo, only: on_error, run: exit 4}
        ''')
    ends(rig, 'an error path that fails', run, 'failed', ship='failed', undo='failed')


def pausing(rig):
    rig.workflow('pauses', '''
        steps:
          - {id: ship, run: 'test -e "$RUNBOARD_CHECKPOINT" && test -s "$RUNBOARD_CHECKPOINT" || { echo 1 >"$RUNBOARD_CHECKPOINT"; exit 3; }', on_error: pause}
          - {id: after, run: "true"}
        ''')
    run = rig.until_status(rig.start('pauses'), 'paused')
    ends(rig, 'on_error: pause', run, 'paused', ship='failed', after='pending')
    rig.equal('it says which step it is paused for', run['current'], {'task': 'ship', 'status': 'failed', 'attempt': 1})
    rig.equal('retry is allowed', run['tasks'][0]['actions'].get('retry'), True)
    rig.equal('skip is allowed', run['tasks'][0]['actions'].get('skip'), True)
    rig.equal('retry', rig.order(run['id'], 'ship', 'retry').status, 200)
    run = rig.done(run['id'])
    ends(rig, 'retried, with its checkpoint', run, 'completed', ship='completed', after='completed')
    rig.equal('attempts count from 1', [a['attempt'] for a in run['tasks'][0]['attempts']], [1, 2])
    run = rig.until_status(rig.start('pauses'), 'paused')
    rig.order(run['id'], 'ship', 'skip')
    ends(rig, 'skipped by an operator', rig.done(run['id']), 'completed', ship='skipped', after='completed')


def reopening(rig):
    run = go(rig, 'reopens', '''
        steps:
          - {id: bad, run: 'echo "$WHO"; test "$WHO" = you', env: {WHO: me}}
          - {id: after, run: "true"}
        ''')
    ends(rig, 'failed', run, 'failed', bad='failed', after='skipped')
    r = rig.order(run['id'], 'bad', 'retry', edit={'env': {'WHO': 'you'}})
    rig.equal('edit and retry reopens a failed run', r.status, 200)
    run = rig.done(run['id'])
    ends(rig, 'edited', run, 'completed', bad='completed', after='completed')
    rig.equal('each attempt has its log', rig.log(run['id'], 'bad', 'stream=stdout&attempt=1'), 'me\n')
    rig.equal('the last is the default', rig.log(run['id'], 'bad'), 'you\n')
    rig.equal('a completed run cannot be retried', rig.order(run['id'], 'bad', 'retry').status, 409)


def times(rig):
    run = go(rig, 'slow-step', '''
        steps:
          - {id: slow, run: sleep 60, timeout: 100ms}
        finally: [{id: clean, run: "true"}]
        ''')
    ends(rig, 'a step over its time', run, 'timed_out', slow='timed_out', clean='completed')
    run = go(rig, 'slow-run', '''
        timeout: 300ms
        steps:
          - {id: slow, run: sleep 60}
          - {id: after, run: "true"}
        finally: [{id: clean, run: "true"}]
        ''')
    ends(rig, 'a run over its time', run, 'timed_out', slow='cancelled', clean='completed')
    run = go(rig, 'again', '''
        steps:
          - {id: flaky, run: exit 1, retry: {attempts: 3, delay: 100ms, factor: 2, max_delay: 150ms}}
        ''')
    a = run['tasks'][0]['attempts']
    ends(rig, 'retries that do not help', run, 'failed', flaky='failed')
    rig.equal('as many attempts as asked for', [x['attempt'] for x in a], [1, 2, 3])
    gaps = [(moment(a[i + 1]['started_at']) - moment(a[i]['ended_at'])).total_seconds() for i in range(2)]
    rig.check('delays grow to their cap', 0.095 <= gaps[0] and 0.145 <= gaps[1], gaps)


def environment(rig):
    run = go(rig, 'gives', '''
        params:
          n: {type: integer, default: 2}
          list: {type: array, items: {type: string}, default: [a, b]}
          text: {type: string, default: "x; touch /tmp/never"}
        env: {LANG: C.UTF-8, BASE: base}
        steps:
          - id: typed
            run: echo '{"n":4,"ok":true,"deep":{"a":[1,null]}}' >"$RUNBOARD_OUTPUT"
          - id: lines
            run: printf 'a=1\\nb=two words=3\\n' >>"$RUNBOARD_OUTPUT"
          - id: shows
            env: {OWN: "${{ params.text }}", BASE: own}
            run: |
              printf '%s\\n' "$PARAM_n" "$PARAM_list" "$PARAM_text" "$RESULT_typed" "$RESULT_typed_n" "$RESULT_typed_ok"
              printf '%s\\n' "$RESULT_lines_b" "$OWN" "$BASE" "$LANG" "$RUNBOARD_RUN_ID" "$RUNBOARD_TASK_ID"
              printf '%s\\n' "$RUNBOARD_ATTEMPT" "$RUNBOARD_WORKFLOW"
          - id: args
            args: [printf, "%s|", "${{ params.text }}", "a b", "${{ params.n }}", "${{ steps.typed.result.deep }}"]
          - {id: dir, dir: /usr/share, run: pwd}
        result: ${{ steps.typed.result }}
        ''')
    ends(rig, 'what a process gets', run, 'completed')
    got = rig.log(run['id'], 'shows').splitlines()
    typed = run['tasks'][0]['result']
    rig.equal('a typed result', typed, {'n': 4, 'ok': True, 'deep': {'a': [1, None]}})
    rig.equal('lines are texts', run['tasks'][1]['result'], {'a': '1', 'b': 'two words=3'})
    rig.equal('the run\'s result keeps its type', run['result'], typed)
    rig.equal('PARAM_*', got[0:1] + got[2:3], ['2', 'x; touch /tmp/never'])
    rig.equal('PARAM_list', json.loads(got[1]), ['a', 'b'])
    rig.equal('RESULT_step', json.loads(got[3]), typed)
    rig.equal('RESULT_step_key', got[4:7], ['4', 'true', 'two words=3'])
    rig.equal('env', got[7:10], ['x; touch /tmp/never', 'own', 'C.UTF-8'])
    rig.equal('RUNBOARD_*', got[10:], [run['id'], 'shows', '1', 'gives'])
    rig.equal('args stay one argument each', rig.log(run['id'], 'args'),
              'x; touch /tmp/never|a b|2|{"deep":0}|'.replace('{"deep":0}', '{"a":[1,null]}'))
    rig.equal('dir', rig.log(run['id'], 'dir'), '/usr/share\n')


def items(rig):
    run = go(rig, 'each', '''
        params:
          hosts: {type: array, items: {type: string}, default: [a, b, c, d]}
        steps:
          - id: ship
            foreach: params.hosts
            batch: 2
            allow_failures: 1
            run: 'echo "$ITEM $ITEM_INDEX"; echo "was=$ITEM" >"$RUNBOARD_OUTPUT"; test "$ITEM" != b'
          - {id: after, run: "true"}
        ''')
    ends(rig, 'foreach', run, 'completed', **{'ship[0]': 'completed', 'ship[1]': 'failed', 'after': 'completed'})
    rig.equal('one task per item', [t['id'] for t in run['tasks'] if t['step'] == 'ship'][-4:],
              ['ship[%d]' % i for i in range(4)])
    t = {t['id']: t for t in run['tasks']}
    rig.equal('its item', t['ship[2]']['item'], 'c')
    rig.equal('ITEM', rig.log(run['id'], 'ship%5B2%5D'), 'c 2\n')
    rig.check('the second batch begins when the first has room',
              t['ship[2]']['started_at'] >= min(t['ship[0]']['ended_at'], t['ship[1]']['ended_at']))
    run = go(rig, 'each-fails', '''
        steps:
          - {id: ship, foreach: "[1, 2, 3]", allow_failures: 1, run: 'test "$ITEM" = 1'}
          - {id: after, run: "true"}
        ''')
    ends(rig, 'more failures than allowed', run, 'failed', after='skipped')
    run = go(rig, 'each-none', '''
        params: {l: {type: array, items: {type: string}, default: []}}
        steps:
          - {id: ship, foreach: params.l, run: "true"}
          - {id: after, run: "true"}
        ''')
    ends(rig, 'no items', run, 'completed', after='completed')


def conditions(rig):
    run = go(rig, 'conds', '''
        params: {env: {type: string, default: prod}}
        steps:
          - {id: build, run: 'echo "{\\"ok\\":true,\\"n\\":3}" >"$RUNBOARD_OUTPUT"'}
          - {id: a, if: 'params.env == "prod" && steps.build.result.ok', run: "true"}
          - {id: b, if: 'steps.build.status == "completed" && steps.build.result.n >= 3', run: "true"}
          - {id: c, if: 'params.env in ["x", "y"] || !contains(params.env, "ro")', run: "true"}
          - {id: d, if: 'len(params.env) == 4 && starts_with(params.env, "pr") && matches(params.env, "^p.*d$")', run: "true"}
          - {id: e, if: 'default(steps.build.result.none, 5) > 4 && steps.build.result.none == null', run: "true"}
        ''')
    ends(rig, 'conditions', run, 'completed', a='completed', b='completed', c='skipped', d='completed', e='completed')


def progress(rig):
    rig.workflow('reports', '''
        steps:
          - {id: work, run: 'echo "3/10 files" >"$RUNBOARD_PROGRESS"; cat >/dev/null </proc/$$/fd/0; sleep 60'}
        ''')
    run = rig.until(rig.start('reports'), lambda r: r['tasks'][0]['progress'] is not None)
    rig.equal('progress', run['tasks'][0]['progress'], 0.3)
    rig.post('/v1/runs/%s/cancel' % run['id'])
    rig.equal('cancelled', rig.done(run['id'])['status'], 'cancelled')


def usage(rig):
    rig.write('work.py', '''
        import os, time
        os.mkfifo('go')
        block = bytearray(os.urandom(1 << 20)) * 60          # 60 MB
        with open('file', 'wb') as f:
            f.write(block[:16 << 20])
            os.fsync(f.fileno())
        while time.process_time() < 0.6:
            pass
        open('go').read()
        while time.process_time() < 0.9:
            pass
        ''')
    rig.workflow('works', 'steps: [{id: a, run: "python3 %s; true"}]' % rig.path('work.py'))
    run = rig.start('works')
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:       # a sample every 2 s is no event
        u = rig.task(run, 'a')['usage']
        if u and u['cpu_ms'] >= 550 and u['write_bytes']:
            break
    rig.equal('while it runs', rig.task(run, 'a')['status'], 'running')
    rig.check('time of the processor, also of its children', 550 <= u['cpu_ms'] < 20000, u)
    rig.check('peak memory', 60 << 10 <= u['max_rss_kb'] < 400 << 10, u)
    rig.check('written', u['write_bytes'] >= 16 << 20, u)
    rig.check('read', isinstance(u['read_bytes'], int), u)
    with open(rig.path('state/work/%s/go' % run), 'w'):
        pass
    last = rig.done(run)['tasks'][0]['usage']
    rig.check('at its end: no less', all(last[k] >= u[k] for k in u), (u, last))
    rig.check('all of it', last['cpu_ms'] >= 850 and last['max_rss_kb'] >= 60 << 10, last)


if __name__ == '__main__':
    play('steps', chains, failures, catching, pausing, reopening, times, environment, items, conditions, progress, usage)
