"""What reached the model, and a house of one's own with other settings."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playground.model.asked import Asked, Role, read, spoken
from playground.model.journal import ModelCall
from playground.server import Playground
from playground.slack.journal import Envelope
from tests.wire.crashes import CRASH
from tests.wire.harness import GENERAL, Bot, House, environment, launch, running_bot


@asynccontextmanager
async def own_house(
    folder: Path, mode: str, timings: dict[str, float] | None = None, **settings: str
) -> AsyncIterator[House]:
    """A playground and a bot for one test or module."""
    async with (
        Playground() as playground,
        running_bot(playground, folder, mode, timings=timings, may_log_tracebacks=False, **settings) as bot,
    ):
        yield House(playground, bot, mode)


def asked(call: ModelCall) -> Asked:
    """The call as the model read it."""
    return read(call.api, call.body)


def to_answer(call: ModelCall) -> list[str]:
    """The messages that this call was to answer, without those that it was given as context only."""
    people = [turn.text for turn in asked(call).turns if turn.role is Role.PERSON]
    newest = people[len(people) - len(asked(call).latest()) :]
    return [spoken(text) for text in newest if 'answer="no"' not in text.partition("\n")[0]]


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
        return [text for call in self() for text in to_answer(call)]


async def until(happened: Callable[[], bool], seconds: float = 15.0) -> None:
    """Wait for something that the workspace does not tell of."""
    async with asyncio.timeout(seconds):
        while not happened():
            await asyncio.sleep(0.01)


async def model_works(house: House, calls: int = 1) -> None:
    """Wait until the model is at work on so many calls."""
    await until(lambda: house.playground.model.active >= calls)


def _acknowledged(sent: Sequence[Envelope]) -> bool:
    """Whether each event was acknowledged, be it in a later delivery."""
    return {each.event_id for each in sent} == {each.event_id for each in sent if each.acked_at is not None}


def deliveries(house: House, ts: str) -> list[Envelope]:
    """All deliveries of a message, those of its twin event included."""
    return [envelope for envelope in house.playground.sockets.envelopes if envelope.ts == ts]


async def taken_in(house: House, ts: str) -> None:
    """Wait until the message is stored and acknowledged."""
    await until(lambda: bool(deliveries(house, ts)) and _acknowledged(deliveries(house, ts)))


async def _killed(bot: Bot) -> None:
    """Wait until the bot has killed itself."""
    async with asyncio.timeout(20):
        assert await bot.process.wait() == -signal.SIGKILL, bot.text[-3000:]


async def dies(playground: Playground, folder: Path, mode: str, point: str, question: str) -> str:
    """Ask a bot that dies at the point; the ts of the thread."""
    bot = await launch(environment(playground, folder, mode, {CRASH: point}, {}), folder)
    try:
        await bot.until_logged("started", 30.0)
        ts = House(playground, bot, mode).mention(question)
        await _killed(bot)
    finally:
        await bot.kill()
        bot.check_log(playground)
    return ts


async def dies_resuming(playground: Playground, folder: Path, mode: str, point: str) -> None:
    """A bot that dies at the point while it goes on with what the last one left."""
    bot = await launch(environment(playground, folder, mode, {CRASH: point}, {}), folder)
    try:
        await _killed(bot)
    finally:
        await bot.kill()
        bot.check_log(playground)


async def recorded(house: House, ts: str, turns: int = 1) -> None:
    """Wait until so many turns of the thread are recorded: people see an answer a moment before that."""
    lane = f"{GENERAL}/{ts}"
    await until(lambda: sum(event["lane"] == lane for event in house.bot.events("turn_done")) >= turns)


async def everything_taken_in(house: House) -> None:
    """Wait until no event is left to acknowledge."""
    await until(lambda: _acknowledged(house.playground.sockets.envelopes))
