"""`users export` and `users delete`: a person's data, for administrators, with the bot running or stopped."""

import argparse
import asyncio
import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from config import Settings
from database import StoreInUse, StoreUnavailable, folder_of_url
from ops.command_line import WRONG, Command, WrongCommandLine
from ops.requests import Answer, NotAnswered, Request, ask, folder_of

BY = "administrator"
"""Who an export or a deletion is by, in the audit, where a command did it."""
_FAILED = 1
_TAKEN_WITHIN = 20.0
_DONE_WITHIN = 600.0
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,30}")


class OwnData(Protocol):
    """What is kept of people. StoreUnavailable goes on."""

    async def teams(self, person: str) -> tuple[str, ...]: ...

    async def counts(self, team: str, person: str) -> Mapping[str, int]: ...

    async def export(self, team: str, person: str, by: str) -> bytes: ...

    async def delete(self, team: str, person: str, by: str) -> Mapping[str, int]: ...


Opened = Callable[[Settings], AbstractAsyncContextManager[OwnData]]
"""Opens what is kept, while no bot runs; StoreInUse where one does."""


def users_command(opened: Opened) -> Command:
    """The command, given the way to what is kept."""

    async def run(settings: Settings, wanted: argparse.Namespace) -> int:
        if not _USER_ID.fullmatch(wanted.user):
            raise WrongCommandLine(f"{wanted.user!r} is no user id: they look like U012AB3CD")
        return await (_export if wanted.action == "export" else _delete)(settings, wanted, opened)

    return Command("users", "export or delete what is kept of a person", run, _arguments)


def _arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    export = actions.add_parser("export", help="write what is kept of a person as JSON")
    export.add_argument("user", metavar="USER", help="a Slack user id")
    export.add_argument("--to", metavar="FILE", help="a new file; without it the JSON goes to the standard output")
    delete = actions.add_parser("delete", help="delete what is kept of a person")
    delete.add_argument("user", metavar="USER", help="a Slack user id")
    delete.add_argument("--yes", action="store_true", help="do it; without it only say what would be deleted")


async def _export(settings: Settings, wanted: argparse.Namespace, opened: Opened) -> int:
    to = Path(wanted.to) if wanted.to else None
    if to is not None and await asyncio.to_thread(to.exists):
        raise WrongCommandLine(f"{to} exists already")
    answer = await _asked(settings, Request("export", wanted.user), opened)
    if answer.problem:
        return _failed(answer.problem)
    if to is None:
        print(answer.text)
        return 0
    try:
        await asyncio.to_thread(_keep, to, answer.text)
    except OSError as error:
        raise WrongCommandLine(f"{to}: {error.strerror}") from None
    print(f"written to {to}")
    return 0


async def _delete(settings: Settings, wanted: argparse.Namespace, opened: Opened) -> int:
    answer = await _asked(settings, Request("delete" if wanted.yes else "count", wanted.user), opened)
    if answer.problem:
        return _failed(answer.problem)
    if wanted.yes:
        print(f"deleted of {wanted.user}: {answer.text}")
        return 0
    print(f"would be deleted of {wanted.user}: {answer.text}. Nothing was deleted: add --yes to do it", file=sys.stderr)
    return WRONG


async def _asked(settings: Settings, request: Request, opened: Opened) -> Answer:
    """Done here where no bot runs, else by the bot: only one process writes the database."""
    try:
        async with opened(settings) as own_data:
            answer = await answered(request, own_data)
    except StoreInUse:
        folder = folder_of(folder_of_url(settings.DATABASE_URL))
        try:
            answer = await ask(folder, request, _TAKEN_WITHIN, _DONE_WITHIN)
        except NotAnswered as failure:
            return Answer("", str(failure))
        except OSError as error:
            return Answer("", f"{folder}: {error.strerror}")
    if not (answer.text or answer.problem):
        raise WrongCommandLine(f"nothing is kept of {request.person}")
    return answer


async def answered(request: Request, own_data: OwnData) -> Answer:
    """What a request comes to; without any text where nothing is kept of the person."""
    person = request.person
    try:
        teams = await own_data.teams(person)
        if request.action == "export":
            found = [(await own_data.export(team, person, BY)).decode() for team in teams]
            return Answer(f"[{','.join(found)}]" if len(found) > 1 else "".join(found))
        if request.action == "delete":
            lines = [_line(await own_data.delete(team, person, BY)) for team in teams]
        else:
            lines = [_line(await own_data.counts(team, person)) for team in teams]
    except StoreUnavailable as failure:
        return Answer("", failure.reason)
    except OSError as error:
        return Answer("", f"not all of it is deleted yet, the bot goes on with it: {error.strerror}")
    return Answer("; ".join(lines))


def _line(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items())


def _keep(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _failed(problem: str) -> int:
    print(f"threadwell: {problem}", file=sys.stderr)
    return _FAILED
