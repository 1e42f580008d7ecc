#!/usr/bin/env python3
# Gates from outside: beside running branches, quorum, not one's own run, roles, deadlines,
# questions with a schema.
from rig import moment, play


def beside(rig):
    rig.workflow('beside', '''
        steps:
          - {id: review, approve: {prompt: "Go?"}}
          - {id: long, needs: [], run: 'while ! test -e "$HOME/stop"; do sleep 0.02; done; exit 1', on_error: pause}
          - {id: after, needs: [review], run: "true"}
          - {id: last, needs: [after, long], run: "true"}
        ''')
    run = rig.until(rig.start('beside'), lambda r: r['tasks'][1]['status'] == 'running' and r['waiting'])
    rig.equal('waiting comes before running', (run['status'], run['lane']), ('waiting', 'running'))
    id, version = run['id'], run['tasks'][0]['version']
    r = rig.post('/v1/runs/%s/tasks/review/approve' % id, {'version': version})
    rig.equal('a sibling does not raise the version', r.status, 200)
    run = rig.until(id, lambda r: r['tasks'][2]['status'] == 'completed')
    rig.equal('then running', run['status'], 'running')
    rig.write('stop', '')
    run = rig.until_status(id, 'paused')
    rig.order(id, 'long', 'skip')
    rig.equal('done', rig.done(id)['status'], 'completed')


def quorum(rig):
    rig.workflow('quorum', 'steps: [{id: ok, approve: {prompt: "Both?", required: 2}}]\n')
    run = rig.until_status(rig.start('quorum'), 'waiting')
    id, version = run['id'], run['tasks'][0]['version']
    at = '/v1/runs/%s/tasks/ok/' % id
    rig.equal('required', run['waiting']['required'], 2)
    rig.equal('the first vote', rig.post(at + 'approve', {'version': version, 'comment': 'one'}).status, 200)
    run = rig.run(id)
    rig.equal('is not enough', run['status'], 'waiting')
    given = run['waiting']['given']
    rig.equal('but given', [(g['verb'], g['comment']) for g in given], [('approve', 'one')])
    rig.check('by whom and when', given and given[0]['by'] and given[0]['at'], given)
    rig.equal('another\'s vote does not raise the version', run['tasks'][0]['version'], version)
    again = rig.post(at + 'approve', {'version': version})
    rig.check('one has one vote', again.status in (403, 409) and rig.run(id)['status'] == 'waiting', again.status)
    rig.equal('an administrator forces it', rig.post(at + 'advance', {'version': version}).status, 200)
    rig.equal('done', rig.done(id)['status'], 'completed')


def not_own(rig):
    rig.workflow('own', 'steps: [{id: ok, approve: {prompt: "Not yours?", not_own: true}}]\n')
    run = rig.until_status(rig.start('own'), 'waiting')
    r = rig.order(run['id'], 'ok', 'approve')
    rig.equal('not one\'s own run', (r.status, r.code), (403, 'forbidden'))
    rig.check('and it says why', isinstance(run['tasks'][0]['actions']['approve'], str), run['tasks'][0]['actions'])
    rig.equal('status 4 on the command line', rig.cli('approve', run['id']).returncode, 4)
    rig.equal('another may', rig.order(run['id'], 'ok', 'advance').status, 200)


def roles(rig):
    """An operator who is no approver: the engine's own file gives roles by user."""
    import pwd
    import os
    me = pwd.getpwuid(os.geteuid()).pw_name
    rig.workflow('roles', 'steps: [{id: ok, approve: {prompt: "Who?", roles: [approver]}}]\n')
    rig.down()
    rig.config('engine', '[user %s]\nroles = operator\n' % me)
    rig.up()
    run = rig.until_status(rig.start('roles'), 'waiting')
    r = rig.order(run['id'], 'ok', 'approve')
    rig.equal('a role that one has not', (r.status, r.code), (403, 'forbidden'))
    rig.equal('status 4 on the command line', rig.cli('approve', run['id']).returncode, 4)
    rig.equal('no administrator, no audit', rig.get('/v1/audit').status, 403)
    rig.down()
    rig.config('engine', '[user %s]\nroles = operator, approver\n' % me)
    rig.up()
    r = rig.order(run['id'], 'ok', 'approve')
    rig.check('what an approver may', r.status == 200, (r.status, r.body[:200]))


def deadlines(rig):
    for on_timeout, status, task in (('reject', 'rejected', 'rejected'), ('approve', 'completed', 'completed'),
                                     ('fail', 'timed_out', 'timed_out'), (None, 'rejected', 'rejected')):
        more = ', on_timeout: ' + on_timeout if on_timeout else ''
        rig.workflow('late', 'steps: [{id: ok, approve: {prompt: "?", timeout: 150ms%s}}]\n' % more)
        run = rig.done(rig.start('late'))
        rig.equal('on_timeout: %s' % on_timeout, (run['status'], run['tasks'][0]['status']), (status, task))


def run_deadline(rig):
    """A gate cannot be decided any longer than its run may take."""
    for name, own in ('long', ', timeout: 4h'), ('none', ''):
        rig.workflow(name, 'timeout: 30m\nsteps: [{id: ok, approve: {prompt: "Go?"%s}}]\n' % own)
        run = rig.until_status(rig.start(name), 'waiting')
        left = (moment(run['waiting']['deadline']) - moment(run['started_at'])).total_seconds()
        rig.check('%s: its deadline is the run\'s' % name, 1790 < left < 1810, left)
        rig.order(run['id'], 'ok', 'approve')
        rig.done(run['id'])


def questions(rig):
    rig.workflow('asks', '''
        steps:
          - {id: word, ask: {prompt: "Which ${{ run.workflow }}?", schema: {type: string, enum: ["5", "six"]}}}
          - {id: sum, ask: {prompt: "More?", schema: {type: object}}}
          - {id: shows, run: 'echo "$RESULT_word"'}
        result: ${{ steps.word.result }}
        ''')
    run = rig.until_status(rig.start('asks'), 'waiting')
    rig.equal('a question', (run['waiting']['kind'], run['waiting']['prompt']), ('question', 'Which asks?'))
    rig.equal('with its schema', run['waiting']['schema'], {'type': 'string', 'enum': ['5', 'six']})
    r = rig.order(run['id'], 'word', 'answer', value='seven')
    rig.check('an answer that is no choice', r.status in (400, 422) and r.code, (r.status, r.body))
    r = rig.order(run['id'], 'word', 'answer')
    rig.check('no answer at all', r.status in (400, 422) and r.code, (r.status, r.body))
    rig.equal('5 is a text where a text is wanted', rig.cli('answer', run['id'], '5').returncode, 0)
    run = rig.until(run['id'], lambda r: r['waiting'] and r['waiting']['task'] == 'sum')
    r = rig.order(run['id'], 'sum', 'answer', value='x')
    rig.check('an object that does not fit', r.status in (400, 422), (r.status, r.body))
    rig.equal('approve is no answer', rig.order(run['id'], 'sum', 'approve').status, 409)
    rig.equal('one that fits', rig.order(run['id'], 'sum', 'answer', value={'n': 3}).status, 200)
    run = rig.done(run['id'])
    rig.equal('results', [t['result'] for t in run['tasks'][:2]] + [run['result']], ['5', {'n': 3}, '5'])
    rig.equal('the process sees it as JSON', rig.log(run['id'], 'shows'), '"5"\n')


def urgent(rig):
    rig.workflow('two', '''
        steps:
          - {id: calm, needs: [], approve: {prompt: calm}}
          - {id: soon, needs: [], approve: {prompt: soon, timeout: 1h}}
        ''')
    run = rig.until(rig.start('two'), lambda r: len(r['gates']) == 2)
    rig.equal('waiting is the most urgent of gates', run['waiting']['task'], 'soon')
    p = rig.cli('approve', run['id'])
    rig.check('which of two is not guessed', p.returncode == 2 and 'calm' in p.stderr and 'soon' in p.stderr, (p.returncode, p.stderr))
    rig.post('/v1/runs/%s/cancel' % run['id'])


if __name__ == '__main__':
    play('gates', beside, quorum, not_own, deadlines, run_deadline, questions, urgent, roles)
