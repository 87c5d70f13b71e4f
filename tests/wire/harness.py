"""Starts and stops the bot, and asks it questions the way people do."""

import asyncio
import json
import os
import re
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from playground.server import Playground
from playground.slack.files import FileAccess, FileMode
from playground.slack.records import Message
from tests.wire.machine import CLOCK
from tests.wire.processes import ROOT, Process, executed, forked

BOT = "U0THREADWL"
ADA, GRACE, ALAN = "U0ADA00001", "U0GRACE001", "U0ALAN0001"
GENERAL = "C0GENERAL1"

FAST = {
    "watchdog_interval": 0.5,
    "append_interval": 0.1,
    "appends_per_minute": 6_000.0,
    "retry_base": 0.1,
    "retry_ceiling": 1.0,
    "busy_update": 0.2,
    "start_patience": 10.0,
    "socket_ping": 1.0,
    "breaker_window": 1e-9,
}
"""Internal durations for tests, in seconds. Faults that follow one another must not open the breaker."""

_LOCK_ERRORS = re.compile(r"release unlocked lock|Lock is not acquired|deadlock", re.IGNORECASE)
_UNEXPECTED = re.compile(r"BlockingError|never awaited|never retrieved|was destroyed but it is pending")


_KEY = "the-key-of-the-tests"
_TELLING = 16
"""So many characters of a message are looked for in the log."""


def _messages(playground: Playground) -> Iterable[Message]:
    channels = playground.workspace.channels.values()
    return (message for channel in channels for message in channel.messages.values())


@dataclass
class Bot:
    """One process of the bot. `lines` are its log so far, read by `JSON` fields where they are JSON."""

    process: asyncio.subprocess.Process | Process
    log: Path
    may_log_tracebacks: bool = False
    _ended: bool = field(default=False, init=False)

    @property
    def text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def events(self, name: str) -> list[dict[str, object]]:
        """Log lines of this event, as their fields: those written so far, by a thread of the bot's own."""
        entries = [json.loads(line) for line in self.text.splitlines() if line.startswith("{")]
        return [entry for entry in entries if entry["event"] == name]

    async def until_logged(self, name: str, seconds: float = 10.0) -> dict[str, object]:
        """The first log line of this event, waited for."""
        async with asyncio.timeout(seconds):
            while not (found := self.events(name)):
                if self.process.returncode is not None:
                    raise AssertionError(f"the bot ended with {self.process.returncode}:\n{self.text[-3000:]}")
                await asyncio.sleep(0.05)
        return found[0]

    async def stop(self, seconds: float = 75.0) -> int:
        """Ask it to stop and wait for it; its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(seconds):
            return await self.process.wait()

    async def kill(self) -> None:
        """As the kernel would: no last words."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    def check_log(self, playground: Playground | None = None) -> None:
        """No log of any test may hold a lock error, a blocked loop, a lost task, a secret, or what was said there."""
        text = self.text
        assert not _LOCK_ERRORS.search(text), text[-5000:]
        assert not _UNEXPECTED.search(text), text[-5000:]
        assert "xoxb-" not in text
        assert "xapp-" not in text
        assert _KEY not in text
        said = {message.text.strip()[:_TELLING] for message in (_messages(playground) if playground else ())}
        assert not [words for words in said if len(words) == _TELLING and words in text]
        if not self.may_log_tracebacks:
            assert "Traceback" not in text, text[-8000:]


def environment(
    playground: Playground, folder: Path, mode: str, given: dict[str, str], timings: dict[str, float]
) -> dict[str, str]:
    """A scrubbed environment: nothing of the shell's reaches the bot but PATH."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "SLACK_API_URL": playground.slack_api_url,
        "SLACK_BOT_TOKEN": playground.bot_token,
        "SLACK_APP_TOKEN": playground.app_token,
        "OPENAI_BASE_URL": playground.openai_base_url,
        "OPENAI_API_KEY": _KEY,
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/bot.db",
        "HEALTH_PORT": "0",
        "OPENAI_UTILITY_MODEL": "none",
        "USER_MAX_PENDING": "10000",
        "LOG_FORMAT": "json",
        "USE_ASYNC_MODE": "true" if mode == "async" else "false",
        "SHUTDOWN_GRACE_SECONDS": "10",
        "TEST_TIMINGS": json.dumps(FAST | timings),
        **given,
    }


async def launch(variables: dict[str, str], folder: Path, *, fresh: bool = False) -> Bot:
    """Start a process of the bot; it may still be starting when this returns. A `fresh` one imports its own modules."""
    log = folder / f"bot-{time.monotonic_ns()}.log"
    log.touch()
    # The clock of a bot is made wrong before its modules are imported.
    start = executed if fresh or CLOCK in variables else forked
    return Bot(await start(variables, folder, log), log)


_ACKNOWLEDGED = 2.0
"""Seconds that commands, clicks and submissions may wait for their acknowledgement: Slack sends them once, and waits
three. Alone on a machine they wait for milliseconds; here several bots and browsers share its cores."""


async def check_acknowledgements(playground: Playground, bot: Bot, since: int) -> None:
    """What Slack does not deliver again was acknowledged in time, as far as the process runs."""
    sent = [one for one in playground.sockets.envelopes[since:] if one.kind != "events_api"]
    if any(one.acked_at is None for one in sent):
        await asyncio.sleep(_ACKNOWLEDGED)
    if bot.process.returncode is None:
        late = [one for one in sent if one.acked_at is None or one.acked_at - one.sent_at > _ACKNOWLEDGED]
        assert not late, late


def check_accounts(file: Path) -> None:
    """A bot that was stopped in good order has settled every model call that it held something for."""
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        held = connection.execute("SELECT turn_id, kind, number FROM usage WHERE state = 'reserved'").fetchall()
    assert held == []


@asynccontextmanager
async def running_bot(
    playground: Playground,
    folder: Path,
    mode: str = "async",
    *,
    timings: dict[str, float] | None = None,
    may_log_tracebacks: bool = False,
    **given: str,
) -> AsyncIterator[Bot]:
    """The bot, connected to the playground; stopped at the end, its log checked. `given` are settings."""
    bot = await launch(environment(playground, folder, mode, given, timings or {}), folder)
    bot.may_log_tracebacks = may_log_tracebacks
    try:
        await bot.until_logged("started", 30.0)
        since = len(playground.sockets.envelopes)
        yield bot
        await check_acknowledgements(playground, bot, since)
        if await bot.stop() == 0 and bot.events("stopped"):
            check_accounts(folder / "bot.db")
    finally:
        await bot.kill()
        bot.check_log(playground)


@dataclass
class House:
    """A playground with the bot in it, in one mode, shared by the tests of a session."""

    playground: Playground
    bot: Bot
    mode: str

    def mention(self, text: str, user: str = ADA, channel: str = GENERAL, thread_ts: str | None = None) -> str:
        """Write a message that names the bot; its ts."""
        return self.playground.workspace.post(user, channel, f"<@{BOT}> {text}", thread_ts)

    def say(self, text: str, user: str = ADA, channel: str = GENERAL, thread_ts: str | None = None) -> str:
        """Write a message that does not name the bot; its ts."""
        return self.playground.workspace.post(user, channel, text, thread_ts)

    def answers(self, thread_ts: str, channel: str = GENERAL) -> list[Message]:
        """What the bot wrote in the thread."""
        return [message for message in self.playground.workspace.thread(channel, thread_ts) if message.user == BOT]

    def is_quiet(self, thread_ts: str, channel: str = GENERAL) -> bool:
        """Nothing in the thread moves: no open stream, no status, no session at work."""
        workspace = self.playground.workspace
        streaming = any(message in workspace.open_streams() for message in self.answers(thread_ts, channel))
        return not (
            streaming or workspace.status(channel, thread_ts) or workspace.session(channel, thread_ts) == "processing"
        )

    async def settled(
        self, thread_ts: str, channel: str = GENERAL, answers: int = 1, seconds: float = 20.0
    ) -> list[Message]:
        """The bot's messages of the thread, once there are `answers` of them and nothing moves."""
        await self.playground.workspace.wait_for(
            lambda: len(self.answers(thread_ts, channel)) >= answers and self.is_quiet(thread_ts, channel), seconds
        )
        return self.answers(thread_ts, channel)

    async def ask(self, text: str, channel: str = GENERAL, user: str = ADA, seconds: float = 20.0) -> str:
        """Ask in a new thread; the text of the one answer."""
        ts = self.mention(text, user, channel)
        messages = await self.settled(ts, channel, seconds=seconds)
        assert len(messages) == 1, [message.text for message in messages]
        return messages[0].text

    def attach(
        self,
        text: str,
        files: Sequence[tuple[str, bytes]],
        user: str = ADA,
        channel: str = GENERAL,
        thread_ts: str | None = None,
        *,
        mode: FileMode = "hosted",
        file_access: FileAccess = "visible",
    ) -> str:
        """Write a message that names the bot, with files on it; its ts."""
        return self.playground.workspace.upload(
            user, channel, f"<@{BOT}> {text}", files, thread_ts, mode=mode, file_access=file_access
        )
