#!/usr/bin/env python3
# Notices from outside: a real HTTP server that fails first, an engine that is killed between
# tries, signatures, filters, what takes too long.
import hashlib
import hmac
import http.server
import json
import os
import queue
import threading

from rig import PATIENCE, guard, play

KEY = 'hook-key-4711'


class Ear(http.server.ThreadingHTTPServer):
    """Keeps what is posted; answers what it was told to, per path, then 204."""

    def __init__(self):
        self.heard = queue.Queue()
        self.answers = {}
        ear = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                todo = ear.answers.get(self.path, [])
                answer = todo.pop(0) if todo else 204
                if answer == 'silence':
                    self.close_connection = True
                else:
                    self.send_response(answer)
                    if answer == 302:
                        self.send_header('Location', '/elsewhere')
                    self.send_header('Content-Length', '0')
                    self.end_headers()
                ear.heard.put((self.path, answer, self.headers, body))

            do_GET = do_POST

            def log_message(self, *_):
                pass
        super().__init__(('127.0.0.1', 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return 'http://127.0.0.1:%d' % self.server_port

    def next(self):
        return self.heard.get(timeout=PATIENCE)


guard('notices')     # before there are threads
EAR = Ear()
NOTICES = '''
[notice ops]
on = failed, waiting
filter = label.team:web
url = {url}/ops
secret = HOOK_KEY
[notice late]
on = long_running
filter = workflow:gate,lasting
after = 300ms
url = {url}/late
[notice any]
filter = workflow:quiet* status:completed
url = {url}/any
'''.format(url=EAR.url)


def silence(rig, what):
    """Nothing more comes: a run that tells only at its end comes after all before it."""
    rig.workflow('quiet-mark', 'steps: [{id: a, run: "true"}]\n')
    run = rig.done(rig.start('quiet-mark'))
    path, _, _, body = EAR.next()
    rig.equal(what + ': nothing else was sent', (path, json.loads(body)['run']['id']), ('/any', run['id']))
    rig.get('/v1/info')     # answered after what came before was taken in
    rig.get('/v1/info')


def signed(rig):
    rig.config('secrets/HOOK_KEY', KEY + '\n')
    rig.workflow('web', 'labels: {team: web}\nsteps: [{id: a, run: exit 3}]\n')
    rig.workflow('other', 'labels: {team: db}\nsteps: [{id: a, run: exit 3}]\n')
    rig.done(rig.start('other'))
    run = rig.done(rig.start('web'))
    path, _, headers, body = EAR.next()
    told = json.loads(body)
    rig.equal('where it goes', path, '/ops')
    rig.equal('what happened', (told['on'], told['run']['id'], told['run']['status']), ('failed', run['id'], 'failed'))
    rig.equal('the event is a header', headers['X-Runboard-Event'], 'failed')
    rig.equal('the delivery too', headers['X-Runboard-Delivery'], told['delivery'])
    rig.equal('and a key against doubles', headers['Idempotency-Key'], told['delivery'])
    rig.equal('JSON', headers['Content-Type'], 'application/json')
    wanted = 'sha256=' + hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
    rig.equal('signed', headers['X-Hub-Signature-256'], wanted)
    rig.check('the key is not sent', KEY not in body.decode() and KEY not in str(headers))
    silence(rig, 'the filter')


def fails_first(rig):
    EAR.answers['/flow'] = [500, 'silence', 302]
    rig.workflow('flow', 'notify: [{on: completed, url: "%s/flow"}]\nsteps: [{id: a, run: "true"}]\n' % EAR.url)
    run = rig.done(rig.start('flow'))
    first = EAR.next()
    rig.equal('the first try', first[:2], ('/flow', 500))
    rig.engine.kill()
    rig.engine.wait()
    rig.up()
    second, third, fourth = EAR.next(), EAR.next(), EAR.next()
    rig.equal('tried again, also by the next engine; a redirect is not followed',
              [t[:2] for t in (second, third, fourth)], [('/flow', 'silence'), ('/flow', 302), ('/flow', 204)])
    rig.equal('each time the same delivery', len({t[2]['X-Runboard-Delivery'] for t in (first, second, third, fourth)}), 1)
    rig.equal('and the same words', len({t[3] for t in (first, second, third, fourth)}), 1)
    said = open(rig.path('engine.err')).read()
    rig.check('the log names the host, not the path, which may be a secret', EAR.url in said and '/flow' not in said, said)
    rig.equal('about this run', json.loads(fourth[3])['run']['id'], run['id'])
    silence(rig, 'an acknowledged delivery')
    rig.down()
    rig.up()
    silence(rig, 'nor after another start')


def waits_and_lasts(rig):
    rig.workflow('gate', '''
        labels: {team: web}
        steps: [{id: go, approve: {prompt: Go?}}]
        ''')
    run = rig.until_status(rig.start('gate'), 'waiting')
    told = [EAR.next(), EAR.next()]
    by_path = {t[0]: json.loads(t[3]) for t in told}
    rig.equal('that it waits, and that it lasts', sorted(by_path), ['/late', '/ops'])
    rig.equal('with the question', by_path['/ops']['run']['waiting']['prompt'], 'Go?')
    rig.equal('past its limit', by_path['/late']['on'], 'long_running')
    rig.equal('approved', rig.order(run['id'], 'go', 'approve').status, 200)
    rig.done(run['id'])
    silence(rig, 'once each')


def late_over_restarts(rig):
    rig.workflow('lasting', '''
        notify: [{on: long_running, after: 2s, url: "%s/slow"}]
        steps: [{id: go, approve: {prompt: Go?}}]
        ''' % EAR.url)
    run = rig.until_status(rig.start('lasting'), 'waiting')

    def die():
        rig.get('/v1/info')
        rig.engine.kill()
        rig.engine.wait()
        rig.up()
    told = [EAR.next()[0]]
    die()
    told.append(EAR.next()[0])
    die()
    rig.equal('late by one limit, and by another for the next engine', sorted(told), ['/late', '/slow'])
    silence(rig, 'each once, whoever is the engine')
    rig.order(run['id'], 'go', 'approve')
    rig.done(run['id'])


def commands(rig):
    os.mkfifo(rig.path('told'))
    rig.workflow('mailed', '''
        notify:
          - {on: [failed, completed], command: 'printf "%%s\\n" "$RUNBOARD_NOTICE" >>%s; echo >%s'}
          - {filter: "status:failed", url: "%s/cmd"}
        steps: [{id: a, run: exit 1}]
        ''' % (rig.path('mail'), rig.path('told'), EAR.url))
    run = rig.done(rig.start('mailed'))
    path, _, _, body = EAR.next()
    rig.equal('a filter alone', (path, json.loads(body)['on']), ('/cmd', 'failed'))
    silence(rig, 'one of each')
    open(rig.path('told')).read()
    told = [json.loads(line) for line in open(rig.path('mail'))]
    rig.equal('a command is told the same', [(t['on'], t['run']['id']) for t in told], [('failed', run['id'])])


play('notices', signed, fails_first, waits_and_lasts, late_over_restarts, commands, config=NOTICES)
