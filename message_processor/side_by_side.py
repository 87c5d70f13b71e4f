"""Work done at the same time, all of it ended when one piece fails."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import TypeVar

Result = TypeVar("Result")


async def side_by_side(name: str, work: Iterable[Coroutine[object, object, Result]]) -> list[Result]:
    """The results in the order of `work`. The first exception itself comes out, so that callers can name it."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each, name=name) for each in work]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    return [task.result() for task in tasks]
