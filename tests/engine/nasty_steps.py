#!/usr/bin/env python3
"""Steps of nasty shapes under the real engine, each left alone, cancelled and timed out:
nothing of them survives, every run has the right state, memory stays bounded and the
logs are what was printed.   nasty_steps.py [TIMES]"""
import json
import os
import statistics
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import Count, Lab, guard  # noqa: E402

MIB = 1 << 20


def room():
    """A build with sanitizers needs several times the memory."""
    build = os.path.abspath(os.environ.get("builddir", "."))
    with open(os.path.join(build, "runboardd"), "rb") as program:
        return 6 if b"__asan_init" in program.read() else 1


ROOM = room()
ENDED = ("completed", "failed", "cancelled", "rejected", "timed_out", "error")
HELPER = """
import os, signal, sys, time
what = sys.argv[1]
def for_ever():
    while True:
        signal.pause()
if what == 'double':            # a daemon by the book
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for fd in range(3):
                os.close(fd)
            for_ever()
        os._exit(0)
    os.wait()
elif what == 'deaf':
    for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(s, signal.SIG_IGN)
elif what == 'family':          # one generation a second group
    for _ in range(20):
        if os.fork() == 0:
            os.setpgid(0, 0)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            for_ever()
elif what == 'bomb':            # a tree that grows again wherever it is cut
    def grow(depth):
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            if os.fork() == 0:
                if depth < 5:
                    grow(depth + 1)
                for_ever()
            if depth and os.fork() == 0:
                for_ever()
            os.wait()
    if os.fork() == 0:
        grow(0)
elif what == 'traced':          # stands still under a tracer that lets nothing through
    import ctypes
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).ptrace(0, 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
    os.waitpid(child, os.WUNTRACED)
elif what == 'frozen':          # a daemon that is stopped
    if os.fork() == 0:
        os.setsid()
        os.kill(os.getpid(), signal.SIGSTOP)
elif what == 'zombies':         # never asks what became of its children
    for _ in range(50):
        if os.fork() == 0:
            os._exit(0)
elif what == 'parent':          # keeps having children
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        if os.fork() == 0:
            os.setsid()
            time.sleep(5)
            os._exit(0)
        time.sleep(0.01)
print('up', flush=True)
for_ever()
"""
# name, command, what it does when it is left alone (None: never ends by itself)
SHAPES = [
    ("plain", "echo up; exec sleep 600", None),
    ("setsid", "echo up; setsid sleep 600", None),
    ("nohup", "nohup sleep 600 & echo up; wait", None),
    ("double", "exec python3 $HELPER double", None),
    ("deaf", "exec python3 $HELPER deaf", None),
    ("family", "exec python3 $HELPER family", None),
    ("parent", "echo up; exec python3 $HELPER parent", None),
    ("bomb", "exec python3 $HELPER bomb", None),
    ("traced", "exec python3 $HELPER traced", None),
    ("frozen", "exec python3 $HELPER frozen", None),
    ("zombies", "exec python3 $HELPER zombies", None),
    ("nameless", "env -i setsid sh -c 'sleep 600 & wait' & echo up; exec env -i sleep 600", None),
    ("subshells", "( ( (trap '' TERM HUP; sleep 600) & ) & ) & echo up; wait; exec sleep 600", None),
    ("terminal", "script -qc 'sleep 600' /dev/null & echo up; exec sleep 600", None),
    ("stopped", "echo up; kill -STOP $$; echo never", None),
    ("closed", "exec >&- 2>&-; exec sleep 600", None),
    ("holder", "(setsid sleep 600) & echo out", "completed"),
    ("silent", "exec >&- 2>&-; exit 3", "failed"),
    ("left", "nohup sleep 600 >/dev/null 2>&1 & setsid sleep 600 & exit 0", "completed"),
    ("suicide", "kill -KILL $$", "failed"),
    ("killer", "kill -KILL -- -$$", "failed"),
]


def yaml(lab, command, limit):
    return "env: {NASTY: '%s', HELPER: '%s/helper.py'}\nsteps:\n  - id: s\n    %srun: |\n      %s\n" % (
        lab.folder, lab.folder, "timeout: %s\n    " % limit if limit else "", command)


def marked(lab):
    """Processes that carry the lab's mark in their environment, the engine not."""
    mark = ("NASTY=" + lab.folder).encode()
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/environ" % pid, "rb") as f:
                if mark in f.read() and int(pid) != lab.daemon.pid:
                    found.append(int(pid))
        except OSError:
            pass
    return found


def memory_mib(pid):
    try:
        with open("/proc/%d/status" % pid) as f:
            for line in f:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0


def supervisors_mib(lab):
    pid = lab.daemon.pid
    with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
        return max([memory_mib(int(p)) for p in f.read().split()] or [0])


class Bench:
    def __init__(self, times):
        self.times = times
        self.count, self.lab = Count("nasty_steps"), Lab("nasty", slots=100)
        with open(self.lab.folder + "/helper.py", "w") as f:
            f.write(HELPER)

    def begin(self, name, command, limit=None):
        self.lab.workflow(name, yaml(self.lab, command, limit))
        status, run = self.lab.ask("POST", "/v1/workflows/%s/runs" % name, {})
        if status != 201:
            raise RuntimeError("%s: %s" % (name, run))
        return run["id"]

    def until(self, run, good, patience_s=300):
        end = time.monotonic() + patience_s
        while True:
            seen = self.lab.get("/v1/runs/" + run)
            if good(seen) or time.monotonic() > end:
                return seen
            time.sleep(0.02)

    def ended(self, run):
        return self.until(run, lambda r: r["status"] in ENDED)

    def log(self, run, query):
        return self.lab.get("/v1/runs/%s/tasks/s/log?format=lines&%s" % (run, query))

    def shapes(self):
        """All at once: alone, cancelled when it is up, timed out."""
        runs = []
        for name, command, alone in SHAPES * self.times:
            if alone:
                runs.append((name, alone, self.begin(name, command)))
                continue
            runs.append((name + " timed out", "timed_out", self.begin(name + "-t", command, "1s")))
            run = self.begin(name + "-c", command)
            runs.append((name + " cancelled", "cancelled", run))
        for name, wanted, run in runs:
            if wanted == "cancelled":
                self.until(run, lambda r: r["tasks"][0]["log"]["stdout_bytes"] or
                           "closed" in name and r["tasks"][0]["pid"])
                self.lab.ask("POST", "/v1/runs/%s/cancel" % run, {"reason": "enough"})
        for name, wanted, run in runs:
            seen = self.ended(run)
            self.count.check(seen["status"] == wanted,
                             "%s: %s, not %s" % (name, seen["status"], wanted))
        self.count.check(self.lab.childless(60), "left running: %s" % self.lab.children())
        self.count.check(not marked(self.lab), "survivors: %s" % marked(self.lab))

    def floods(self):
        """Output beyond all measure beside little: all of it kept, and nobody's memory grows."""
        engine = self.lab.daemon.pid
        runs = {
            "line": self.begin("line", "head -c 100M /dev/zero | tr '\\0' x"),
            "binary": self.begin("binary", "head -c 20M /dev/urandom"),
            "flood": self.begin("flood", "yes 'a line that comes again and again' | head -c 300M; echo last >&2"),
            "drip": self.begin("drip", "i=0; while [ $i -lt 300 ]; do printf .; i=$((i+1)); done; echo"),
        }
        most, took = 0.0, []
        open_runs = set(runs)
        while open_runs:
            most = max(most, supervisors_mib(self.lab))
            for name in list(open_runs):
                asked = time.monotonic()
                if self.lab.get("/v1/runs/" + runs[name])["status"] in ENDED:
                    open_runs.remove(name)
                took.append(time.monotonic() - asked)
            time.sleep(0.02)
        for name, run in runs.items():
            seen = self.lab.get("/v1/runs/" + run)
            self.count.check(seen["status"] == "completed", "%s: %s" % (name, seen["status"]))
            page = self.log(run, "cursor=end&backward=1&limit=50")
            self.count.check(page["lines"], "%s: its log has no end" % name)
            page = self.log(run, "limit=20")
            self.count.check(page["lines"], "%s: its log has no begin" % name)
        kept = self.lab.get("/v1/runs/" + runs["flood"])["tasks"][0]["log"]["stdout_bytes"]
        self.count.check(kept == 300 * MIB, "of the flood %d octets are kept" % kept)
        dots = self.log(runs["drip"], "limit=5")["lines"]
        self.count.check(dots and dots[0]["text"] == "." * 300, "the drip is not what was printed")
        self.count.check(most < 16 * ROOM, "a supervisor took %.0f MiB" % most)
        self.count.check(memory_mib(engine) < 64 * ROOM, "the engine took %.0f MiB" % memory_mib(engine))
        # One may wait for the disk, which has the flood to write; not most of them.
        usual = statistics.median(took)
        self.count.check(usual < 1, "an answer usually took %.2f s under the flood" % usual)
        print("nasty_steps: engine %.1f MiB, supervisor %.1f MiB at most, an answer %.1f ms, the slowest %.0f, flood kept %d MiB"
              % (memory_mib(engine), most, usual * 1000, max(took) * 1000, kept / MIB))

    def run(self):
        self.lab.start()
        for part in (self.shapes, self.floods):
            begin = time.monotonic()
            part()
            print("nasty_steps: %s: %.1f s" % (part.__name__, time.monotonic() - begin), flush=True)
        self.count.check(self.lab.stop() == 0, "the engine does not end well")
        return self.count.tell()


guard("nasty_steps")
begin = time.monotonic()
failed = Bench(int(sys.argv[1]) if len(sys.argv) > 1 else 1).run()
print("nasty_steps: %.0f s" % (time.monotonic() - begin))
sys.exit(failed)
