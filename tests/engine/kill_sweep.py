#!/usr/bin/env python3
"""The engine is killed right before and right after a commit of a scenario with every
kind of step and order: condition, foreach with batch and allowed failures, retry,
checkpoint, a question from inside a step, quorum of two people, ask, sub-workflow,
on_error with a handler, edit, skip, pause, resume, cancel, delay, schedule, webhook, a
queue with few slots, finally. Another takes up what is left; the end is always the same.
kill_sweep.py [--every N]: each N-th commit, 1 for all of them."""
import argparse
import collections
import concurrent.futures
import hashlib
import hmac
import http.client
import json
import os
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from facts import fold  # noqa: E402
from lab import Count, Gone, Lab, free_port, guard  # noqa: E402

ENDED = ("completed", "failed", "cancelled", "rejected", "timed_out", "error")
SLOTS = 3
# Every attempt is a line in the book; more at a time than the queue has slots is another.
NOTE = """
mkdir "$PLACE/$RUNBOARD_RUN_ID.$RUNBOARD_TASK_ID" || echo "$RUNBOARD_TASK_ID twice at a time" >>"$BOOK"
trap 'rmdir "$PLACE/$RUNBOARD_RUN_ID.$RUNBOARD_TASK_ID"' EXIT
echo "$RUNBOARD_WORKFLOW $RUNBOARD_TASK_ID $RUNBOARD_ATTEMPT" >>"$BOOK"
test $(ls "$PLACE" | wc -l) -le %d || echo "over the limit" >>"$BOOK"
""" % SLOTS
WHOLE = """
params: {go: {type: string, required: true}}
on: {webhook: {secret_env: SWEEP_SECRET, params: {go: "${{ event.body.go }}"}}}
env: {BOOK: "@/book", PLACE: "@/place"}
queue: narrow
concurrency: 1
steps:
  - {id: skipped, needs: [], if: params.go == "yes", run: ". @/note; exit 9"}
  - {id: each, needs: [], foreach: "[1, 2, 3]", batch: 2, allow_failures: 1, run: ". @/note; test $ITEM != 2"}
  - {id: flaky, needs: [], retry: {attempts: 2, delay: 20ms}, run: ". @/note; test $RUNBOARD_ATTEMPT = 2"}
  - id: keeps
    needs: []
    retry: {attempts: 2, delay: 10ms}
    run: |
      . @/note
      test $RUNBOARD_ATTEMPT = 2 || { echo 41 >$RUNBOARD_CHECKPOINT; exit 1; }
      test "$(cat $RUNBOARD_CHECKPOINT)" = 41
  - id: asks
    needs: []
    run: ". @/note; echo which=$(%s/runboard ask 'Which?' --choices a,b) >$RUNBOARD_OUTPUT"
  - {id: quorum, needs: [each, flaky, keeps, asks], approve: {prompt: "Two?", required: 2}}
  - {id: count, ask: {prompt: "How many?", schema: {type: integer}}}
  - {id: child, workflow: inner}
  - {id: broken, run: '. @/note; test -n "$FIXED"', on_error: pause}
  - {id: lost, run: ". @/note; exit 3", on_error: pause}
  - {id: caught, run: ". @/note; exit 1", on_error: mend}
  - {id: mend, only: on_error, run: . @/note}
  - {id: last, needs: [lost], run: . @/note}
finally:
  - {id: clean, run: . @/note}
result: ${{ steps.asks.result.which }}
"""
INNER = """
env: {BOOK: "@/book", PLACE: "@/place"}
queue: narrow
steps: [{id: work, run: . @/note}]
"""
SMALL = """
on: {schedule: [{cron: "0 3 1 1 *"}]}
env: {BOOK: "@/book", PLACE: "@/place"}
queue: narrow
steps: [{id: gate, approve: {prompt: "Go?"}}, {id: work, run: . @/note}]
finally: [{id: clean, run: . @/note}]
"""


class Scene:
    """One engine with the scenario, and the operator who drives it to its end. An order
    is given with a key, again and again until it is answered."""

    def __init__(self):
        self.lab, self.deaths, self.done = Lab("sweep"), 0, set()
        at = self.lab.folder
        for name, text in (("whole", WHOLE % self.lab.build), ("inner", INNER), ("small", SMALL)):
            self.lab.workflow(name, text.replace("@", at))
        with open(at + "/note", "w") as f:
            f.write(NOTE)
        os.mkdir(at + "/place")
        with open(at + "/config/runboard/engine", "w") as f:
            f.write("[queue narrow]\nslots = %d\n[token bob]\nroles = administrator\nsha256 = %s\n"
                    % (SLOTS, hashlib.sha256(b"second").hexdigest()))
        self.port = free_port()
        self.lab.env["SWEEP_SECRET"] = "hush"

    def start(self, variable=None, commit=0):
        env = dict(self.lab.env)
        if variable:
            self.lab.env = dict(env, **{variable: str(commit)})
        good = self.lab.start(listen=["127.0.0.1:%d" % self.port])
        self.lab.env = env
        return good

    def up(self):
        """After a death: another engine, which nobody disturbs."""
        status = self.lab.daemon.wait(60)
        if status != -signal.SIGKILL or self.deaths:
            raise RuntimeError("the engine ended by itself: %d" % status)
        self.deaths += 1
        if not self.start():
            raise RuntimeError("the engine does not start again")

    def second(self, path, body, key):
        """As another person: over TCP, with a token."""
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            c.request("POST", path, json.dumps(body), {
                "Content-Type": "application/json", "Idempotency-Key": key, "Authorization": "Bearer second"})
            answer = c.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as e:
            raise Gone(str(e))
        finally:
            c.close()

    def hook(self):
        body = json.dumps({"go": "no"})
        sign = "sha256=" + hmac.new(b"hush", body.encode(), hashlib.sha256).hexdigest()
        return self.lab.ask("POST", "/v1/hooks/whole", {"go": "no"}, headers={
            "X-Hub-Signature-256": sign, "X-GitHub-Delivery": "d-1"})

    def answered(self, ask, *args):
        while True:
            try:
                return ask(*args)
            except Gone:
                self.up()

    def post(self, key, path, body, ask=None):
        ask = ask or (lambda p, b, k: self.lab.ask("POST", p, b, k))
        deaths = self.deaths
        status, answer = self.answered(ask, path, body, key)
        if status == 409 and self.deaths > deaths:
            return None     # what it is about was seen, but not yet written: it is looked at again
        if status >= 300:
            raise RuntimeError("%s: %d %s" % (key, status, answer))
        self.done.add(key)
        return answer

    def order(self, run, task, verb, key, ask=None, **more):
        if key in self.done:
            return
        version = [t["version"] for t in run["tasks"] if t["id"] == task][0]
        path = "/v1/runs/%s/tasks/%s/%s" % (run["id"], task, verb)
        self.post(key, path, dict(more, version=version, comment=key), ask)

    def look(self, run):
        return self.answered(self.lab.ask, "GET", "/v1/runs/" + run)[1]

    # ---- the operator ---------------------------------------------------------------

    def decide_whole(self, run):
        at = {t["id"]: t["status"] for t in run["tasks"]}
        run_at = "/v1/runs/" + run["id"]
        if at["asks"] == "waiting":
            self.order(run, "asks", "answer", "asks", value="b")
        if at["quorum"] == "waiting":
            self.order(run, "quorum", "approve", "quorum-1")
            self.order(run, "quorum", "approve", "quorum-2", self.second)
        if at["count"] == "waiting":
            for verb in ("pause", "resume"):
                if verb not in self.done:
                    self.post(verb, "%s/%s" % (run_at, verb), {"reason": verb})
            self.order(self.look(run["id"]), "count", "answer", "count", value=7)
        if at["broken"] == "failed":
            self.order(run, "broken", "retry", "edit", edit={"env": {"FIXED": "1"}})
        if at["lost"] == "failed":
            self.order(run, "lost", "skip", "skip")

    def decide_fired(self, run):
        if run["status"] == "waiting" and "cancel" not in self.done:
            self.post("cancel", "/v1/runs/%s/cancel" % run["id"], {"reason": "cancel"})

    def decide_late(self, run):
        if run["status"] == "waiting":
            self.order(run, "gate", "approve", "late")

    def drive(self):
        hooked = self.answered(self.hook)
        runs = {
            hooked[1]["id"]: self.decide_whole,
            self.post("fire", "/v1/schedules/small/trigger", {})["id"]: self.decide_fired,
            self.post("delay", "/v1/workflows/small/runs", {"delay": "100ms"})["id"]: self.decide_late,
        }
        until = time.monotonic() + 300
        while runs:
            for run, decide in list(runs.items()):
                seen = self.look(run)
                if seen["status"] in ENDED:
                    del runs[run]
                else:
                    decide(seen)
            if time.monotonic() > until:
                raise RuntimeError("it does not come to an end: %s" % [self.look(r)["status"] for r in runs])
            time.sleep(0.01)

    # ---- what became of it --------------------------------------------------------------

    def tell(self):
        """All that counts, whatever the ids: as one value to compare."""
        db = self.lab.journal()
        stories, bad, told = collections.defaultdict(list), [], []
        if db.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            bad.append("the journal is damaged")
        # What is planned for a schedule is a change without a fact.
        numbers = db.execute("SELECT seq FROM events UNION SELECT seq FROM changes").fetchall()
        if [n for n, in numbers] != list(range(1, len(numbers) + 1)):
            bad.append("%d numbers, the last is %s" % (len(numbers), numbers[-1:]))
        for run, kind, data in db.execute("SELECT run, kind, data FROM events ORDER BY seq"):
            stories[run].append((kind, json.loads(data)))
        for num, frame in db.execute("SELECT num, frame FROM runs"):
            frame = json.loads(frame)
            problems, end, tasks, attempts = fold(stories[num])
            bad += ["%s: %s" % (frame["workflow"], p) for p in problems]
            # Whether an attempt is heard of between its begin and its end is chance.
            kinds = collections.Counter(kind for kind, _ in stories[num] if kind != "attempt_started")
            told.append((frame["workflow"], frame["trigger"]["kind"], frame["status"], end,
                         sorted(tasks.items()), sorted((k[0], k[1], k[2], v) for k, v in attempts.items()
                                if k[0] != "attempt_started"),
                         sorted(kinds.items()), str(frame.get("tasks_done"))))
        with open(self.lab.folder + "/book") as f:
            told.append(sorted(f.read().splitlines()))
        db.close()
        return sorted(told, key=str), bad


def live(variable, commit):
    """(killed, told, bad, folder): one scenario, disturbed once or not at all."""
    scene = Scene()
    try:
        if not scene.start(variable, commit):
            scene.up()
        scene.drive()
        if scene.lab.stop():
            raise RuntimeError("the engine does not end well")
        told, bad = scene.tell()
    except Exception as e:
        told, bad = [], ["%s: %s" % (type(e).__name__, e)]
        if scene.lab.daemon and scene.lab.daemon.poll() is None:
            scene.lab.kill()
    if not bad:
        scene.lab.remove()
    return scene.deaths, told, bad, scene.lab.folder


def differences(wanted, told):
    if len(wanted) != len(told):
        return "%d things, not %d" % (len(told), len(wanted))
    for a, b in zip(wanted, told):
        if len(a) != len(b):
            return "%s, not %s" % (set(map(str, b)) - set(map(str, a)), set(map(str, a)) - set(map(str, b)))
        for x, y in zip(a, b):
            if x != y:
                return "%s: %s, not %s" % (a[0], y, x)
    return "nothing"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--every", type=int, default=int(os.environ.get("EVERY", 6)))
    p.add_argument("--jobs", type=int, default=3)
    options = p.parse_args()
    guard("kill_sweep")
    begin, count = time.monotonic(), Count("kill_sweep")
    deaths, wanted, bad, folder = live(None, 0)
    count.check(not bad and not deaths, "undisturbed: %s" % bad)
    last, kills = 0, 0

    def one(what):
        return what, live(*what)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for variable in ("RUNBOARD_TEST_KILL_AFTER", "RUNBOARD_TEST_KILL_BEFORE"):
            at = 1
            while at:
                batch = [(variable, at + i * options.every) for i in range(options.jobs)]
                at += options.jobs * options.every
                for (_, commit), (deaths, told, bad, folder) in pool.map(one, batch):
                    kills += deaths
                    last = max(last, commit if deaths else 0)
                    at = at if deaths else 0
                    what = "%s %d" % (variable, commit)
                    if count.check(not bad, "%s: %s, see %s" % (what, bad[:3], folder)):
                        count.check(told == wanted, "%s: %s" % (what, differences(wanted, told)))
    print("kill_sweep: %d kills, the last at commit %d, %.0f s" % (kills, last, time.monotonic() - begin))
    count.check(kills >= 4, "only %d kills" % kills)
    sys.exit(count.tell())


if __name__ == "__main__":
    main()
