"""A bot that kills itself, as the kernel would, right before or after a named step of its work."""

import os
import signal
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature

from database import Files, Store
from openai_client.base import ModelClient
from openai_client.images import Images
from slack_client.uploads import SlackUploads
from slack_client.web_api import WebApi

CRASH = "TEST_CRASH"
"""`before:STEP` or `after:STEP`, with `#2` for the second time. A step is a method of the store, of Slack's Web API, or
one of `model`, `draw`, `upload`."""

_STEPS = {"model": (ModelClient, "complete"), "draw": (Images, "draw"), "upload": (SlackUploads, "send")}


def arm(environment: Mapping[str, str]) -> None:
    """Lay the trap that the environment asks for; none where it asks for none."""
    wanted = environment.get(CRASH)
    if not wanted:
        return
    when, _, place = wanted.partition(":")
    step, _, times = place.partition("#")
    trap = _Trap(when, int(times or "1"))
    if "." in step:
        _lay(WebApi, "call", trap, lambda arguments: arguments[1] == step)
        return
    owner, name = _STEPS.get(step) or (Store if hasattr(Store, step) else Files, step)
    _lay(owner, name, trap, lambda _: True)


class _Trap:
    def __init__(self, when: str, times: int) -> None:
        self._when = when
        self._left = times

    def passed(self, when: str) -> None:
        """Something happens before or after the step: the end of the process, if it is the one."""
        if when == self._when:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def _lay(owner: type, name: str, trap: _Trap, applies: Callable[[tuple[object, ...]], bool]) -> None:
    original = getattr(owner, name)
    signature(original)  # a step that is none should fail here

    @wraps(original)
    async def guarded(*arguments: object, **named: object) -> object:
        if not applies(arguments):
            return await original(*arguments, **named)
        trap.passed("before")
        result = await original(*arguments, **named)
        trap.passed("after")
        return result

    setattr(owner, name, guarded)
