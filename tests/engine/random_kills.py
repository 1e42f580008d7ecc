#!/usr/bin/env python3
"""runboardd is killed by SIGKILL at random moments under load and started again, while
operators start, approve, reject and cancel runs and a reader follows the stream. After
it: nothing acknowledged is lost, nothing stands twice, no step ran twice, nothing is
left running.   random_kills.py [--kills N] [--seed N] [--operators N]"""
import argparse
import collections
import json
import os
import random
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from facts import fold  # noqa: E402
from lab import Count, Gone, Lab, UnixConnection, guard  # noqa: E402

WORKFLOW = """
title: "Order ${{ params.n }}"
params:
  n: {type: string, required: true}
  book: {type: string, required: true}
env: {BOOK: "${{ params.book }}"}
steps:
  - id: left
    needs: []
    run: echo "$RUNBOARD_RUN_ID $RUNBOARD_TASK_ID $RUNBOARD_ATTEMPT" >> "$BOOK"; echo n=1 > $RUNBOARD_OUTPUT
  - id: right
    needs: []
    run: echo "$RUNBOARD_RUN_ID $RUNBOARD_TASK_ID $RUNBOARD_ATTEMPT" >> "$BOOK"; sleep 0.1; echo err >&2
  - id: flaky
    needs: []
    retry: {attempts: 3, delay: 30ms}
    run: echo "$RUNBOARD_RUN_ID $RUNBOARD_TASK_ID $RUNBOARD_ATTEMPT" >> "$BOOK"; test $RUNBOARD_ATTEMPT = 2
  - id: review
    needs: [left, right, flaky]
    approve: {prompt: Ship it?}
  - id: ship
    foreach: ["a", "b", "c"]
    batch: 2
    run: echo "$RUNBOARD_RUN_ID $RUNBOARD_TASK_ID $RUNBOARD_ATTEMPT" >> "$BOOK"; sleep 0.0$ITEM_INDEX
finally:
  - {id: clean, run: 'echo "$RUNBOARD_RUN_ID $RUNBOARD_TASK_ID $RUNBOARD_ATTEMPT" >> "$BOOK"'}
"""
ENDED = ("completed", "failed", "cancelled", "rejected", "timed_out", "error")


class Operator(threading.Thread):
    """Starts runs one after another and decides on each. An order whose answer was
    lost is sent again with its key until it is answered."""

    def __init__(self, load, number):
        super().__init__(daemon=True)
        self.load, self.random = load, random.Random(load.seed * 1000 + number)
        self.number, self.starts, self.orders = number, {}, []
        self.problem = None

    def until_answered(self, path, body, key):
        while True:
            try:
                status, answer = self.load.lab.ask("POST", path, body, key)
                if status != 503:
                    return status, answer
            except Gone:
                self.load.up.wait()

    def look(self, run):
        while True:
            try:
                return self.load.lab.get("/v1/runs/" + run)
            except Gone:
                self.load.up.wait()

    def order(self, path, body, name):
        """Every order carries its name as a comment: by it the history is searched."""
        body = dict(body, **{"reason" if "cancel" in path else "comment": name})
        status, answer = self.until_answered(path, body, name)
        self.orders.append((name, status, path))
        return status

    def decide(self, run, name):
        gate = run["waiting"]
        path = "/v1/runs/%s/tasks/%s/" % (run["id"], gate["task"])
        task = [t for t in run["tasks"] if t["id"] == gate["task"]][0]
        verb = "reject" if self.random.random() < 0.1 else "approve"
        self.order(path + verb, {"version": task["version"]}, name + "-" + verb)

    def one_run(self, name):
        body = {"params": {"n": name, "book": self.load.book}}
        status, run = self.until_answered("/v1/workflows/kills/runs", body, name)
        if status != 201:
            raise RuntimeError("start: %d %s" % (status, run))
        self.starts[name] = run["id"]
        cancel = self.random.random() < 0.15
        for turn in range(100000):
            run = self.look(run["id"])
            if run["status"] in ENDED:
                return
            if run["status"] == "waiting":
                self.decide(run, "%s-%d" % (name, turn))
            elif cancel and run["tasks_done"] >= 1:
                cancel = False
                self.order("/v1/runs/%s/cancel" % run["id"], {}, name + "-cancel")
            time.sleep(0.02)

    def run(self):
        try:
            for i in range(1000000):
                if self.load.over:
                    return
                self.one_run("op%d-%d" % (self.number, i))
        except Exception as e:  # told at the end
            self.problem = repr(e)


class Follower(threading.Thread):
    """Reads the stream of changes across all deaths by Last-Event-ID."""

    def __init__(self, load):
        super().__init__(daemon=True)
        self.load, self.last, self.frames = load, None, {}
        self.resets = self.backward = self.connections = 0

    def read(self):
        c = UnixConnection(self.load.lab.socket, 30)
        headers = {"Last-Event-ID": self.last} if self.last else {}
        c.request("GET", "/v1/events?snapshot=1", headers=headers)
        answer = c.getresponse()
        self.connections += 1
        event = {}
        for line in answer:
            word, _, value = line.decode().rstrip("\n").partition(": ")
            if word:
                event[word] = value
            elif event:
                self.take(event)
                event = {}

    def take(self, event):
        self.resets += event["event"] == "reset"
        if event["event"] == "run":
            frame = json.loads(event["data"])
            self.frames[frame["id"]] = frame
        if "id" in event:
            if self.last and int(event["id"].split("-")[1]) <= int(self.last.split("-")[1]):
                self.backward += 1
            self.last = event["id"]

    def run(self):
        while not self.load.closed:
            try:
                self.read()
            except (OSError, Exception):
                self.load.up.wait(0.05)


class Load:
    def __init__(self, options):
        self.seed = options.seed
        self.lab = Lab("kills")
        self.lab.workflow("kills", WORKFLOW)
        self.book = self.lab.folder + "/book"
        self.up = threading.Event()
        self.over = self.closed = False
        self.operators = [Operator(self, i) for i in range(options.operators)]
        self.follower = Follower(self)

    def disturb(self, kills):
        dice = random.Random(self.seed)
        for _ in range(kills):
            # Short lives too: a death while it takes up what the last one left.
            time.sleep(dice.choice([0.0, 0.02, 0.1, 0.4]) + dice.random() * 0.25)
            self.up.clear()
            self.lab.kill()
            if not self.lab.start():
                raise RuntimeError("the engine does not start again")
            self.up.set()

    def settle(self):
        self.over = True
        for o in self.operators:
            o.join(300)

    def wait_frames(self, runs):
        """The follower has seen every run's end."""
        until = time.monotonic() + 120
        ended = 0
        while ended < len(runs) and time.monotonic() < until:
            ended = sum(self.follower.frames.get(r, {}).get("status") in ENDED for r in runs)
            time.sleep(0.01)
        return ended == len(runs)


# ---- after it ---------------------------------------------------------------------

def check_runs(count, db, book):
    stories = collections.defaultdict(list)
    for run, kind, data in db.execute("SELECT run, kind, data FROM events ORDER BY seq"):
        stories[run].append((kind, json.loads(data)))
    for num, run, status, frame in db.execute("SELECT num, id, status, frame FROM runs"):
        bad, end, tasks, attempts = fold(stories[num])
        count.check(not bad, "run %s: %s" % (run, "; ".join(bad)))
        count.check(end == status == json.loads(frame)["status"] and status in ENDED,
                    "run %s: its facts say %s, its row %s" % (run, end, status))
        for (kind, task, number), _ in attempts.items():
            if kind == "attempt_started":
                n = book[(run, task, str(number))]
                stopped = attempts[("attempt_stopping", task, number)]
                count.check(n == 1 or (stopped and n == 0),
                            "%s %s %s was executed %d times" % (run, task, number, n))
    return stories


def check_orders(count, load, stories, runs):
    said = collections.Counter()
    for events in stories.values():
        for kind, data in events:
            for name in {data.get("comment"), data.get("reason")} - {None}:
                said[(name, kind)] += 1
    titles = collections.Counter(r["params"]["n"] for r in runs.values())
    for o in load.operators:
        count.check(o.problem is None, "operator %d: %s" % (o.number, o.problem))
        count.check(not o.is_alive(), "operator %d did not come to an end" % o.number)
        for name, run in o.starts.items():
            count.check(titles[name] == 1 and run in runs, "start %s stands %d times" % (name, titles[name]))
        for name, status, path in o.orders:
            kind = "cancel_requested" if path.endswith("/cancel") else "gate_voted"
            wanted = 1 if status < 300 else 0
            count.check(said[(name, kind)] == wanted,
                        "%s was answered %d and stands %d times" % (name, status, said[(name, kind)]))


def check_all(count, load):
    lab = load.lab
    count.check(lab.childless(60), "left running: %s" % lab.children())
    count.check(lab.stop() == 0, "the engine does not end well")
    db = lab.journal()
    count.check(db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "the journal is damaged")
    n, last = db.execute("SELECT count(*), max(seq) FROM events").fetchone()
    count.check(n == last, "%d facts, the last has number %d" % (n, last))
    count.check(not db.execute("SELECT count(*) FROM runs WHERE open").fetchone()[0], "open runs")
    with open(load.book) as f:
        book = collections.Counter(tuple(line.split()) for line in f)
    twice = [line for line, times in book.items() if times > 1]
    count.check(not twice, "executed twice: %s" % twice[:5])
    stories = check_runs(count, db, book)
    runs = {r: json.loads(f) for r, f in db.execute("SELECT id, frame FROM runs")}
    check_orders(count, load, stories, runs)
    for run, frame in runs.items():
        seen = load.follower.frames.get(run, {})
        count.check(seen.get("seq") == frame["seq"], "run %s: the stream ended elsewhere" % run)
    count.check(not load.follower.backward, "the stream went back %d times" % load.follower.backward)
    return len(runs), n


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--kills", type=int, default=int(os.environ.get("KILLS", 40)))
    p.add_argument("--seed", type=int, default=int(os.environ.get("SEED", time.time_ns() % 1000000)))
    p.add_argument("--operators", type=int, default=5)
    options = p.parse_args()
    guard("random_kills")
    print("random_kills: seed %d, %d kills" % (options.seed, options.kills), flush=True)
    count, load = Count("random_kills"), Load(options)
    begin = time.monotonic()
    load.lab.start()
    load.up.set()
    load.follower.start()
    for o in load.operators:
        o.start()
    load.disturb(options.kills)
    load.settle()
    ids = [run for o in load.operators for run in o.starts.values()]
    count.check(load.wait_frames(ids), "the stream does not show every end")
    load.closed = True
    orders = sum(len(o.orders) for o in load.operators)
    runs, facts = check_all(count, load)
    print("random_kills: %d kills, %d runs, %d facts, %d decisions, %d stream connections, %.0f s"
          % (options.kills, runs, facts, orders, load.follower.connections, time.monotonic() - begin))
    sys.exit(count.tell())


main()
