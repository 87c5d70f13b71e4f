"""Work beside everything else that nobody waits for."""

import asyncio
import logging
from collections.abc import Coroutine

log = logging.getLogger("threadwell.tasks")

_LIMIT = 500
"""Most of these tasks at once: they are best effort, memory is not."""
_LONGEST = 600.0
"""Seconds after which one of them is given up."""
_END_SECONDS = 5.0


class SmallTasks:
    """Owns best-effort tasks: bounded in number and time, their failures logged, cancelled at the end."""

    def __init__(self, limit: int = _LIMIT, longest: float = _LONGEST) -> None:
        self._limit = limit
        self._longest = longest
        self._tasks: dict[asyncio.Task[None], asyncio.TimerHandle] = {}

    def start(self, work: Coroutine[object, object, None], name: str) -> bool:
        """Run `work` beside everything else; false (and nothing run) when too many run already."""
        if len(self._tasks) >= self._limit:
            work.close()
            return False
        task = asyncio.create_task(work, name=name)
        self._tasks[task] = asyncio.get_running_loop().call_later(self._longest, self._give_up, task)
        task.add_done_callback(self._ended)
        return True

    @staticmethod
    def _give_up(task: asyncio.Task[None]) -> None:
        log.error("small_task_given_up", extra={"task": task.get_name()})
        task.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task).cancel()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("small_task_crashed", extra={"task": task.get_name()}, exc_info=error)

    async def close(self) -> None:
        """Cancel what runs and wait for it."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=_END_SECONDS)
