"""Requests of commands to the running bot: files in a folder beside the database, which nobody else may enter.

A command writes `ID.ask`; the bot renames it to `ID.taken`, does it, and writes `ID.done`. Who may write there may
write the database too, so there is no other key.
"""

import asyncio
import json
import logging
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

log = logging.getLogger("threadwell.requests")

INTERVAL = 0.5
"""Seconds between two looks at the folder."""
_STALE = 3_600.0
_AT_ONCE = 20
"""How many requests one look takes up."""


class NotAnswered(Exception):
    """The bot did not answer; the text is a line for the operator."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a command wants the bot to do about a person."""

    action: str
    person: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it. A `problem` is a line for the operator; `text` is for the command."""

    text: str
    problem: str = ""


Work = Callable[[Request], Awaitable[Answer]]
"""Does what is asked for; its failures are answers too."""


def folder_of(data: Path) -> Path:
    """Where requests lie, given the database's folder."""
    return data / "requests"


def _write(path: Path, content: object) -> None:
    """There whole or not at all, for nobody else to read. Blocks."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file)
    beside.replace(path)


def _take(folder: Path) -> list[tuple[Path, Request]]:
    """Requests that lie there, now taken. Blocks."""
    taken = []
    for ask in sorted(folder.glob("*.ask"))[:_AT_ONCE]:
        path = ask.with_suffix(".taken")
        try:
            ask.rename(path)
            given = json.loads(path.read_text(encoding="utf-8"))
            taken.append((path, Request(str(given["action"]), str(given["person"]))))
        except FileNotFoundError:
            continue  # whoever asked does not wait any more
        except (ValueError, KeyError, TypeError):
            log.warning("request_not_valid")
            path.unlink(missing_ok=True)
    return taken


def _tidy(folder: Path, now: float) -> None:
    """Remove what nobody fetched. Blocks."""
    for path in folder.glob("*.*"):
        if path.stat().st_mtime < now - _STALE:
            path.unlink(missing_ok=True)


async def watch(folder: Path, work: Work) -> None:
    """Do what commands ask for, one after the other, for ever."""
    looked_after = 0.0
    while True:
        try:
            if time.monotonic() >= looked_after:
                await asyncio.to_thread(_tidy, folder, time.time())
                looked_after = time.monotonic() + _STALE
            for path, request in await asyncio.to_thread(_take, folder):
                answer = await work(request)
                await asyncio.to_thread(_write, path.with_suffix(".done"), asdict(answer))
                await asyncio.to_thread(path.unlink, missing_ok=True)
        except OSError as error:
            log.warning("requests_not_read", extra={"reason": type(error).__name__})
        await asyncio.sleep(INTERVAL)


async def ask(folder: Path, request: Request, taken_within: float, done_within: float) -> Answer:
    """Have the running bot do something; NotAnswered. Both times are seconds."""
    path = folder / f"{uuid4().hex}.ask"
    await asyncio.to_thread(_write, path, asdict(request))
    done = path.with_suffix(".done")
    if not await _gone(path, taken_within):
        try:
            await asyncio.to_thread(path.unlink)
        except FileNotFoundError:
            pass  # it was taken at the last moment
        else:
            raise NotAnswered("the bot is running and does not take the request: stop it and ask again")
    try:
        async with asyncio.timeout(done_within):
            while not await asyncio.to_thread(done.exists):  # noqa: ASYNC110  another process makes the file
                await asyncio.sleep(INTERVAL / 2)
    except TimeoutError:
        raise NotAnswered("the bot is still at it; what it has begun it brings to its end") from None
    given = json.loads(await asyncio.to_thread(done.read_text, "utf-8"))
    await asyncio.to_thread(done.unlink, missing_ok=True)
    return Answer(str(given["text"]), str(given["problem"]))


async def _gone(path: Path, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            while await asyncio.to_thread(path.exists):  # noqa: ASYNC110  another process moves the file
                await asyncio.sleep(INTERVAL / 2)
    except TimeoutError:
        return False
    return True
