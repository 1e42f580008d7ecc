# What the acceptance checks share: a private engine from outside (its socket, its
# programs), waiting by the event stream, checks that count. Knows no source file.
import datetime
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import textwrap
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../lib'))
from guard import guard  # noqa: E402
from port import free_port  # noqa: E402, F401

BUILD = os.path.abspath(os.environ.get('builddir', '.'))
SOURCE = os.path.abspath(os.environ.get('srcdir', '.'))
PATIENCE = 120          # seconds until a wait is a failure, also on a slow machine


def moment(text):
    """A time of the API."""
    return datetime.datetime.strptime(text, '%Y-%m-%dT%H:%M:%S.%fZ')


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__('localhost', timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(self.path)


class Reply:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The code of an error, None where it is no error of the agreed form."""
        try:
            e = self.json['error']
            good = isinstance(e['message'], str) and e['message'] and isinstance(e['detail'], dict)
            return e['code'] if good else None
        except (ValueError, KeyError, TypeError):
            return None


class Stream:
    """An open event stream: frames as (event, id or None, data). Heartbeats come when they
    will, between any two: only who asks for them is given them."""

    def __init__(self, connection, beats=False):
        self.connection, self.beats = connection, beats
        self.response = connection.getresponse()

    def __iter__(self):
        name, ident, data = 'message', None, []
        since = time.monotonic()
        for line in self.response:
            line = line.decode().rstrip('\n')
            if not line:
                if data and (self.beats or name != 'heartbeat'):
                    yield name, ident, json.loads('\n'.join(data))
                    since = time.monotonic()
                elif time.monotonic() - since > PATIENCE:
                    raise socket.timeout('nothing came but heartbeats')
                name, ident, data = 'message', None, []
            elif line.startswith('event:'):
                name = line[6:].strip()
            elif line.startswith('id:'):
                ident = line[3:].strip()
            elif line.startswith('data:'):
                data.append(line[5:].strip())

    def until(self, event):
        """All frames up to the first of that name, which is the last."""
        seen = []
        for frame in self:
            seen.append(frame)
            if frame[0] == event:
                return seen
        raise AssertionError('the stream ended before %s: %r' % (event, seen))

    def close(self):
        self.response.close()
        self.connection.close()


class Rig:
    """What stays in its folders is the guard's affair."""

    def __init__(self, name):
        self.name = name
        self.passed = self.failed = 0
        self.engine = None
        self.dir = tempfile.mkdtemp()
        for folder in ('config/runboard/workflows', 'run', 'tmp', 'state'):
            os.makedirs(self.path(folder), 0o700)
        self.socket = self.path('run/engine.sock')
        self.env = {
            'PATH': os.environ['PATH'], 'HOME': self.dir, 'LC_ALL': 'C.UTF-8', 'TZ': 'UTC',
            'XDG_CONFIG_HOME': self.path('config'), 'XDG_STATE_HOME': self.path('state-home'),
            'XDG_RUNTIME_DIR': self.path('run'), 'TMPDIR': self.path('tmp'),
            'RUNBOARD_STATE': self.path('state'), 'RUNBOARD_SOCKET': self.socket,
        }
        self.env.update((k, v) for k, v in os.environ.items() if k.endswith('SAN_OPTIONS'))

    def path(self, rest):
        return os.path.join(self.dir, rest)

    def write(self, rest, text, mode=0o600):
        os.makedirs(os.path.dirname(self.path(rest)), 0o700, exist_ok=True)
        with open(self.path(rest), 'w') as f:
            f.write(textwrap.dedent(text))
        os.chmod(self.path(rest), mode)
        return self.path(rest)

    def workflow(self, name, text):
        self.write('config/runboard/workflows/%s.yaml' % name, text)

    def config(self, rest, text):
        return self.write('config/runboard/' + rest, text)

    # ---- the engine ---------------------------------------------------------

    def up(self, *options):
        """Starts the engine; returns when it takes orders."""
        ready, told = os.pipe()
        self.engine = subprocess.Popen(
            [BUILD + '/runboardd', '--foreground', '--ready-fd', str(told), *options],
            env=self.env, pass_fds=[told], stderr=open(self.path('engine.err'), 'ab'))
        os.close(told)
        line = os.read(ready, 1)
        os.close(ready)
        assert line, 'the engine did not start: ' + open(self.path('engine.err')).read()
        return self

    def down(self):
        if self.engine:
            self.engine.terminate()
            self.engine.wait(PATIENCE)
            self.engine = None

    def run_engine(self, *options):
        """Starts one that is expected to end by itself."""
        return subprocess.run([BUILD + '/runboardd', '--foreground', *options], text=True,
                              capture_output=True, env=self.env, timeout=PATIENCE)

    # ---- asking -------------------------------------------------------------

    def call(self, method, path, body=None, **headers):
        c = UnixConnection(self.socket)
        h = {k.replace('_', '-'): v for k, v in headers.items()}
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        if body is not None:
            h.setdefault('Content-Type', 'application/json')
        try:
            c.request(method, path, body, h)
        except BrokenPipeError:
            pass    # it has answered, and hears no more
        reply = Reply(c.getresponse())
        c.close()
        return reply

    def get(self, path, **headers):
        return self.call('GET', path, None, **headers)

    def post(self, path, body=None, **headers):
        return self.call('POST', path, {} if body is None else body, **headers)

    def stream(self, path, beats=False, **headers):
        c = UnixConnection(self.socket)
        c.request('GET', path, None, {k.replace('_', '-'): v for k, v in headers.items()})
        return Stream(c, beats)

    def octets(self, data, cuts=()):
        """Raw bytes to the socket, cut there; what comes back until it closes."""
        got = b''
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(PATIENCE)
            s.connect(self.socket)
            try:
                for a, b in zip([0, *cuts], [*cuts, len(data)]):
                    s.sendall(data[a:b])
            except ConnectionError:
                pass    # it has answered, and hears no more
            try:
                while part := s.recv(65536):
                    got += part
            except ConnectionError:
                pass
        return got

    def start(self, workflow, **params):
        reply = self.post('/v1/workflows/%s/runs' % workflow, {'params': params})
        assert reply.status == 201, reply.body
        return reply.json['id']

    def run(self, run):
        return self.get('/v1/runs/' + run).json

    def task(self, run, task):
        return next(t for t in self.run(run)['tasks'] if t['id'] == task)

    def until(self, run, good):
        """The run as soon as good(run) holds; woken by the event stream."""
        s = self.stream('/v1/events?snapshot=1&run=' + run, beats=True)
        end = time.monotonic() + PATIENCE
        try:
            for name, _, _ in s:
                if time.monotonic() > end:
                    break
                if name in ('run', 'task', 'progress', 'snapshot_end'):
                    now = self.run(run)
                    if good(now):
                        return now
        except socket.timeout:
            pass
        finally:
            s.close()
        now = self.run(run)
        raise AssertionError('waited in vain: %s %r' % (
            now['status'], [(t['id'], t['status']) for t in now['tasks']]))

    def until_status(self, run, *statuses):
        now = self.until(run, lambda r: r['status'] in statuses or r['ended_at'])
        assert now['status'] in statuses, (now['status'], now['error'])
        return now

    def done(self, run):
        return self.until(run, lambda r: r['ended_at'] is not None)

    def order(self, run, task, verb, **body):
        """An order on a task with the version that the task has now."""
        t = self.task(run, task)
        return self.post('/v1/runs/%s/tasks/%s/%s' % (run, task, verb),
                         {'version': t['version'], **body})

    def log(self, run, task, query='stream=stdout'):
        return self.get('/v1/runs/%s/tasks/%s/log?%s' % (run, task, query)).body.decode()

    def lines(self, run, task, query='', begin=''):
        """The lines of a log behind where it is begun, from page to page: one ends where its
        time is over, however few lines it has."""
        got, at = [], begin
        while True:
            words = '&'.join(filter(None, ('format=lines', query, at)))
            page = self.get('/v1/runs/%s/tasks/%s/log?%s' % (run, task, words)).json
            got += page['lines']
            if page['state'] != 'more':
                return got
            at = 'cursor=' + page['next']

    def cli(self, *words, **env):
        text, cwd, binary = env.pop('stdin', ''), env.pop('cwd', None), env.pop('binary', False)
        p = subprocess.run([BUILD + '/runboard', *words], input=None if binary else text, text=not binary,
                           capture_output=True, cwd=cwd, env={**self.env, **env}, timeout=PATIENCE)
        return p

    # ---- counting -----------------------------------------------------------

    def check(self, what, good, seen=None):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print('FAILED: %s%s' % (what, '' if seen is None else ': got %r' % (seen,)), file=sys.stderr)
        return good

    def equal(self, what, got, wanted):
        return self.check('%s (expected %r)' % (what, wanted), got == wanted, got)

    def finish(self):
        self.down()
        print('acceptance-%s: %d passed, %d failed' % (self.name, self.passed, self.failed))
        sys.exit(self.failed > 0)


def play(name, *scenes, engine=(), config=None):
    """Plays the scenes on one engine; a scene that dies is a failure, not the end."""
    guard(name)
    rig = Rig(name)
    if config:
        rig.config('engine', config)
    try:
        if engine is not None:
            rig.up(*engine)
        for scene in scenes:
            try:
                scene(rig)
            except Exception as e:      # a scene may fail in any way
                at = e.__traceback__
                while at.tb_next and at.tb_next.tb_frame.f_code.co_filename.endswith(name + '.py'):
                    at = at.tb_next
                rig.check('%s (line %d): %s: %s' % (scene.__name__, at.tb_lineno, type(e).__name__, e), False)
    finally:
        rig.finish()
