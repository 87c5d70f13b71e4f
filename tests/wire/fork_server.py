"""Forks bots that have their modules loaded: importing the SDKs costs a second of processor time for every start.

Reads a JSON line for each bot from its input and answers with the process's id. How a bot ended stands in the file
that was asked for, once it has. When the input ends, so do all bots.
"""

import json
import os
import signal
import sys
from pathlib import Path

from tests.wire import run_bot
from tests.wire.processes import Wanted

_running: dict[int, str] = {}


def _reap(*_: object) -> None:
    # The next signal would interrupt the work of this one, and leave it nothing to wait for.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    while _running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            break
        _tell(_running.pop(pid), os.waitstatus_to_exitcode(status))
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _tell(file: str, code: int) -> None:
    """Whoever waits for the file finds it whole."""
    written = Path(f"{file}.new")
    written.write_text(str(code), encoding="ascii")
    written.rename(file)


def _become(wanted: Wanted) -> None:
    """Look like a process that was started with these."""
    os.environ.clear()
    os.environ.update(wanted["environment"])
    os.chdir(wanted["folder"])
    log = os.open(wanted["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    os.close(nothing)
    sys.argv = [run_bot.__file__]


def serve() -> None:
    """Until the input ends."""
    signal.signal(signal.SIGCHLD, _reap)
    for line in sys.stdin:
        wanted: Wanted = json.loads(line)
        # No bot may end before it is known whose it is.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        if not (pid := os.fork()):
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            _become(wanted)
            run_bot.run()
        _running[pid] = wanted["ended"]
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        print(pid, flush=True)
    for pid in list(_running):
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    serve()
