"""The bot's process under test: `main.py`, with a guard that raises when something blocks the event loop."""

import atexit
import os
import sys
import threading
from typing import NoReturn

from blockbuster import BlockBuster

from tests.wire import machine

# isort: split
import main
from tests.wire import crashes


def run() -> NoReturn:
    """Be the bot until it ends."""
    crashes.arm(os.environ)
    machine.let_disk_fill(os.environ)
    BlockBuster().activate()
    try:
        code = main.main()
    except SystemExit as asked:
        code = asked.code if isinstance(asked.code, int) else 1
    # The guard has patched built-in types, on which the interpreter's own clean-up crashes. What a process does at its
    # end is done here instead: threads are waited for, exit functions run, streams are flushed.
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(30)
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
