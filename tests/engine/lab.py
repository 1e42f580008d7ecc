"""An engine of its own under test, seen from outside: runboardd as a program, its
API over the socket, its journal as a file once it has stopped. Used by the random
kills and the nasty steps."""
import http.client
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from guard import PR_SET_CHILD_SUBREAPER, guard, prctl  # noqa: E402, F401
from port import free_port  # noqa: E402, F401


class Gone(Exception):
    """The engine died before it answered."""


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Lab:
    """The state folder, the programs, and whatever they leave running: orphans
    become children of this process, so none can hide."""

    def __init__(self, name, slots=8):
        self.build = os.path.abspath(os.environ.get("builddir", "."))
        self.folder = tempfile.mkdtemp(prefix=name + "-")
        self.state = self.folder + "/state"
        self.workflows = self.folder + "/workflows"
        self.socket = self.folder + "/s"
        self.daemon = None
        os.makedirs(self.workflows)
        os.makedirs(self.folder + "/config/runboard")
        with open(self.folder + "/config/runboard/engine", "w") as f:
            f.write("[queue default]\nslots = %d\n" % slots)
        self.env = dict(os.environ, HOME=self.folder, LC_ALL="C.UTF-8", TZ="UTC",
                        XDG_CONFIG_HOME=self.folder + "/config", XDG_RUNTIME_DIR=self.folder)
        for name in ("RUNBOARD_STATE", "RUNBOARD_SOCKET", "RUNBOARD_CONFIG"):
            self.env.pop(name, None)
        prctl(PR_SET_CHILD_SUBREAPER, 1)

    def workflow(self, name, text):
        with open("%s/%s.yaml" % (self.workflows, name), "w") as f:
            f.write(text)

    def start(self, limits=None, wait=True, listen=()):
        ready, tell = os.pipe()
        self.log = open(self.folder + "/engine.log", "a")
        self.daemon = subprocess.Popen(
            [self.build + "/runboardd", "--foreground", "--state", self.state, "--workflows",
             self.workflows, "--listen", "unix:" + self.socket, "--ready-fd", str(tell)] +
            [word for place in listen for word in ("--listen", place)],
            pass_fds=[tell], env=self.env, stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, preexec_fn=limits)
        os.close(tell)
        said = b"ready\n"
        if wait:
            said = os.read(ready, 16)
        os.close(ready)
        self.log.close()
        return said == b"ready\n"

    def kill(self):
        self.daemon.kill()
        self.daemon.wait()

    def stop(self):
        self.daemon.terminate()
        return self.daemon.wait()

    def ask(self, method, path, body=None, key=None, headers=(), timeout=60):
        """(status, object). Gone if the answer did not come whole."""
        sent = dict(headers)
        if body is not None:
            sent["Content-Type"] = "application/json"
        if key:
            sent["Idempotency-Key"] = key
        c = UnixConnection(self.socket, timeout)
        try:
            c.request(method, path, None if body is None else json.dumps(body), sent)
            answer = c.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        except (OSError, http.client.HTTPException, ValueError) as e:
            raise Gone(str(e))
        finally:
            c.close()

    def get(self, path):
        return self.ask("GET", path)[1]

    def children(self):
        """Living processes of ours but the engine itself; the dead are reaped."""
        mine = int(self.daemon.pid) if self.daemon and self.daemon.poll() is None else 0
        while True:
            try:
                done = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                break
            if not done or done.si_pid == mine:
                break
            os.waitpid(done.si_pid, 0)
        with open("/proc/self/task/%d/children" % os.getpid()) as f:
            return [int(p) for p in f.read().split() if int(p) != mine]

    def childless(self, patience_s):
        """Waits until no supervisor and no step is left."""
        until = time.monotonic() + patience_s
        while self.children():
            if time.monotonic() > until:
                return False
            time.sleep(0.01)
        return True

    def journal(self):
        return sqlite3.connect(self.state + "/journal.db")

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Count:
    """Checks, counted; the first few failures are printed."""

    def __init__(self, name):
        self.name, self.passed, self.failed = name, 0, 0

    def check(self, good, what):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            if self.failed <= 20:
                print("FAILED: " + what)
        return good

    def tell(self):
        print("%s: %d passed, %d failed" % (self.name, self.passed, self.failed))
        return self.failed > 0
