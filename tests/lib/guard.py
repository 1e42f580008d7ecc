"""What tests leave behind is taken care of: a folder for all their folders, which goes
unless one failed, and processes, which are ended. Knows nothing of what is tested."""
import ctypes
import os
import shutil
import signal
import sys
import tempfile

PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG = 36, 1


def prctl(option, value):
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def children():
    with open('/proc/self/task/%d/children' % os.getpid()) as f:
        return [int(pid) for pid in f.read().split()]


def end_leftovers():
    """One that is killed leaves its own children to us: until there are no more."""
    for pid in iter(lambda: next(iter(children()), None), None):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def wait_for(runner):
    """The runner's exit status; orphans that end meanwhile are buried at once."""
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == runner:
            return os.waitstatus_to_exitcode(status)


def guard(name):
    """The caller goes on in a process of its own, all of whose temporary folders stand in
    one; this one keeps it, ends with its status and takes care of what it leaves. Threads
    do not come along. Who is under a guard stays under that."""
    if tempfile.tempdir:
        return
    folder = tempfile.mkdtemp(prefix='rb-%s-' % name)
    sys.stdout.flush()
    runner = os.fork()
    if not runner:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        tempfile.tempdir = folder
        return
    stopped = []

    def stop(signum, _):
        stopped.append(signum)
        os.kill(runner, signal.SIGKILL)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(signum, stop)
    status = wait_for(runner)
    end_leftovers()
    if status == 0 or stopped:      # what was broken off is no failure to look at
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print('left for a look: ' + folder, file=sys.stderr)
    sys.stderr.flush()
    os._exit(status if status >= 0 else 128 - status)
