"""What reached the model, and a house of one's own with other settings."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playground.model.asked import Asked, Role, read
from playground.model.journal import ModelCall
from playground.server import Playground
from tests.wire.harness import House, running_bot


@asynccontextmanager
async def own_house(
    folder: Path, mode: str, timings: dict[str, float] | None = None, **settings: str
) -> AsyncIterator[House]:
    """A playground and a bot for one test or module."""
    async with Playground() as playground, running_bot(playground, folder, mode, timings=timings, **settings) as bot:
        yield House(playground, bot, mode)


def asked(call: ModelCall) -> Asked:
    """The call as the model read it."""
    return read(call.api, call.body)


def answered_by(call: ModelCall) -> tuple[str, ...]:
    """The messages that this call was to answer, oldest first."""
    return asked(call).latest()


def told(call: ModelCall) -> list[str]:
    """Everything people and the bot said, as it stands in the request, oldest first."""
    return [turn.text for turn in asked(call).turns if turn.role in {Role.PERSON, Role.MODEL}]


class Calls:
    """The model calls since it was made."""

    def __init__(self, house: House) -> None:
        self._journal = house.playground.model.journal
        self._before = len(self._journal)

    def __call__(self) -> Sequence[ModelCall]:
        return self._journal[self._before :]

    def texts(self) -> list[str]:
        """The messages they answered, all in one list."""
        return [text for call in self() for text in answered_by(call)]


async def until(happened: Callable[[], bool], seconds: float = 15.0) -> None:
    """Wait for something that the workspace does not tell of."""
    async with asyncio.timeout(seconds):
        while not happened():
            await asyncio.sleep(0.01)


async def model_works(house: House, calls: int = 1) -> None:
    """Wait until the model is at work on so many calls."""
    await until(lambda: house.playground.model.active >= calls)


async def taken_in(house: House, *stamps: str) -> None:
    """Wait until these messages are stored and every delivery of them is acknowledged."""
    sent = house.playground.sockets.envelopes

    def acknowledged() -> bool:
        about = [envelope for envelope in sent if envelope.ts in stamps]
        return {envelope.ts for envelope in about} == set(stamps) and all(envelope.acked_at for envelope in about)

    await until(acknowledged)


async def everything_taken_in(house: House) -> None:
    """Wait until no delivery is left to acknowledge."""
    sent = house.playground.sockets.envelopes
    await until(lambda: all(envelope.acked_at for envelope in sent))
