"""What the facts of one run say, by a fold of our own that knows nothing of the engine's."""
import collections


def fold(events):
    """events: (kind, data) in order. Problems, how the run ended (None: never created,
    "open"), how its tasks ended, how often each (kind, task, attempt) stands."""
    bad, tasks, attempts = [], {}, collections.Counter()
    run = None
    for kind, data in events:
        task, number = data.get("task"), data.get("attempt")
        if run and run != "open" and kind != "run_reopened":
            bad.append("%s after the run's end" % kind)
        if kind == "run_created":
            bad += ["created twice"] if run else []
            run = "open"
        elif kind == "run_reopened":
            run = "open"
        elif kind == "run_ended":
            run = data.get("run_status", data.get("status"))
        elif kind == "task_reset":
            tasks.pop(task, None)
        elif kind == "task_ended":
            # A step that failed and is held may be skipped by an operator.
            bad += ["%s ended twice" % task] if task in tasks and not data.get("by") else []
            tasks[task] = data.get("task_status", data.get("status"))
        elif kind.startswith("attempt_"):
            attempts[(kind, task, number)] += 1
    for (kind, task, number), n in attempts.items():
        if n > 1 and kind != "attempt_stopping":
            bad.append("%s %s %s stands %d times" % (kind, task, number, n))
        if kind == "attempt_unknown":
            bad.append("%s %s is unknown though the machine never died" % (task, number))
        if kind == "attempt_starting" and not attempts[("attempt_ended", task, number)]:
            bad.append("%s %s has no end" % (task, number))
    return bad, run, tasks, attempts
