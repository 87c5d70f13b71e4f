"""Bots whose allowance for streams is not used up, and what holds for every delivery."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path

from playground.server import Options, Playground
from playground.slack.journal import Call
from playground.slack.records import Message
from slack_client.formatting.text import Neutraliser
from tests.wire.harness import GENERAL, House, running_bot

STREAMS_OF_A_BOT = 16
"""Slack lets twenty streams begin and end in a minute, and so much the bot allows itself."""


class Workshop:
    """One playground, and a bot that is replaced before it runs out of streams or when Slack has held it up."""

    def __init__(self, playground: Playground, folder: Path) -> None:
        self.playground = playground
        self._folder = folder
        self._bots = AsyncExitStack()
        self._house: House | None = None
        self._since = 0

    async def house(self) -> House:
        """The playground with a bot that may stream."""
        if self._house is not None and self._is_used_up():
            await self.close()
        if self._house is None:
            self._since = len(self.playground.calls)
            folder = self._folder / str(self._since)
            folder.mkdir()
            bot = await self._bots.enter_async_context(running_bot(self.playground, folder))
            self._house = House(self.playground, bot, "async")
        return self._house

    def _is_used_up(self) -> bool:
        calls = self.playground.calls[self._since :]
        streams = sum(call.method == "chat.startStream" for call in calls)
        return streams >= STREAMS_OF_A_BOT or any(call.status == 429 for call in calls)

    @asynccontextmanager
    async def test(self) -> AsyncIterator[House]:
        """The house for one test. Afterwards every write of the test is looked at, and the faults are gone."""
        house = await self.house()
        since = len(self.playground.calls)
        try:
            yield house
            check_writes(self.playground.calls[since:])
        finally:
            self.playground.faults.reset()
            self.playground.model.knobs.reset()

    async def close(self) -> None:
        """Stop the bot; its log is checked."""
        self._house = None
        await self._bots.aclose()


@asynccontextmanager
async def open_workshop(folder: Path) -> AsyncIterator[Workshop]:
    """The playground and the bots of a file of tests."""
    async with Playground(Options()) as playground:
        shop = Workshop(playground, folder)
        try:
            yield shop
        finally:
            await shop.close()


@asynccontextmanager
async def own_house(
    folder: Path,
    mode: str = "async",
    *,
    options: Options | None = None,
    timings: dict[str, float] | None = None,
    **given: str,
) -> AsyncIterator[House]:
    """A playground and a bot for one test, with settings of its own; at the end its writes are looked at."""
    async with (
        Playground(options) as playground,
        running_bot(playground, folder, mode, timings=timings, may_log_tracebacks=False, **given) as bot,
    ):
        yield House(playground, bot, mode)
        check_writes(playground.calls)


def check_writes(calls: Sequence[Call]) -> None:
    """What holds for every delivery: no previews, our mark on what is complete, and Slack's word on when to call."""
    for call in calls:
        if call.method in {"chat.postMessage", "chat.update", "chat.stopStream"}:
            assert call.args["metadata"], call
        if call.method == "chat.postMessage":
            assert call.args["unfurl_links"] is False, call
            assert call.args["unfurl_media"] is False, call
    check_patience(calls)


def check_patience(calls: Sequence[Call], retry_after: float = 1.0) -> None:
    """After a 429 nothing is sent to its method for `retry_after` seconds, but for what was under way already."""
    for at, refused in enumerate(calls):
        if refused.status != 429:
            continue
        told = refused.at + refused.seconds
        early = [
            call
            for call in calls[at + 1 :]
            if call.method == refused.method and told + UNDER_WAY < call.at < refused.at + retry_after
        ]
        assert not early, (refused, early)


UNDER_WAY = 0.25
"""Seconds for an answer to arrive: calls begun before that did not know of the 429."""


def neutral(text: str) -> str:
    """The text as it is to be shown."""
    neutraliser = Neutraliser()
    return neutraliser.feed(text) + neutraliser.flush()


def calls_of(house: House, method: str, since: int = 0) -> list[Call]:
    """The calls of one method so far."""
    return [call for call in house.playground.calls[since:] if call.method == method]


def turn_state(house: House, ts: str, channel: str = GENERAL) -> str:
    """What the bot's records say about the newest turn of a thread; empty while there is none."""
    with closing(sqlite3.connect(f"file:{house.bot.log.parent}/bot.db?mode=ro", uri=True)) as records:
        query = "SELECT state FROM turns WHERE channel = ? AND thread_ts = ? ORDER BY created_at DESC LIMIT 1"
        found = records.execute(query, (channel, ts)).fetchone()
    return str(found[0]) if found else ""


async def turn_done(house: House, ts: str, channel: str = GENERAL, within: float = 20.0) -> str:
    """How the newest turn of a thread ended, once it has."""
    async with asyncio.timeout(within):
        while (state := turn_state(house, ts, channel)) in {"", "working"}:
            await asyncio.sleep(0.05)
    return state


async def answer(house: House, text: str, *, seconds: float = 0.6, within: float = 20.0) -> list[Message]:
    """The messages of the answer `text`, which the model spreads over `seconds`; nothing moves any more."""
    house.playground.model.knobs.next(answer=text, total_seconds=seconds, chunk_characters=7)
    ts = house.mention("say it")
    assert await turn_done(house, ts, within=within) == "done"
    assert house.is_quiet(ts)
    return house.answers(ts)
