"""Where pictures, files and vectors are worked on: in threads, so that the answers of other calls go on meanwhile."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

PLACES = 4  # jobs at once

Given = ParamSpec("Given")
Made = TypeVar("Made")


class Workshop:
    """Runs a few jobs at a time; the others wait for a place."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(PLACES)

    async def run(self, job: Callable[Given, Made], *args: Given.args, **kwargs: Given.kwargs) -> Made:
        """What `job` gives, or what it raises."""
        async with self._places:
            return await asyncio.to_thread(job, *args, **kwargs)
