"""Walls around the child, up before a parser is imported or a foreign byte is read."""

import os
import resource
import signal
import sys

_NICENESS = 10
"""Chats come first."""
_PR_SET_PDEATHSIG = 1
_OPEN_FILES = 64


def confine(parent: int, memory: int, cpu_seconds: int) -> None:
    """Limits in bytes and seconds. No writing, no stop signals (the parent decides), no life after the parent's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    os.nice(_NICENESS)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        _die_with_parent(parent)


def _die_with_parent(parent: int) -> None:
    import ctypes  # noqa: PLC0415 the call is Linux's alone

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the call
        os._exit(0)
