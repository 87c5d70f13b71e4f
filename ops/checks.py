"""What the doctor looks at on this machine: the database and its folder, the disk, and the health port."""

import asyncio
import errno
import os
import shutil
import socket
from pathlib import Path

import aiohttp
from pydantic import BaseModel, ValidationError

from base_client import Finding, Level
from config import Settings
from database import Inspection, StoreUnavailable, folder_of_url, inspect_url

FOLDER, DATABASE, DISK, PORT = "database folder", "database", "free disk", "health port"

_CHECK_SECONDS = 8.0
"""Longest look for damage."""
_ASK_SECONDS = 5.0
"""Longest wait for whoever holds the health port."""
_GIGABYTE = 1_000_000_000
_LEAST_FREE, _LITTLE_FREE = 0.1 * _GIGABYTE, _GIGABYTE
_COPIES = 2
"""A backup needs as much room as the database, and a migration keeps the one before."""


async def examine_database(settings: Settings) -> list[Finding]:
    """The folder, the file and the room for more of it; none of them is made or changed."""
    try:
        folder = folder_of_url(settings.DATABASE_URL)
        place = await asyncio.to_thread(_folder, folder)
        seen = await inspect_url(settings.DATABASE_URL, _CHECK_SECONDS)
        return [place, _database(seen), await asyncio.to_thread(_disk, folder, seen.size)]
    except StoreUnavailable as failure:
        return [Finding(DATABASE, Level.FAIL, failure.reason, "mend DATABASE_URL")]
    except OSError as error:
        return [Finding(DATABASE, Level.FAIL, error.strerror or type(error).__name__, "see to the disk it lies on")]


def _there(folder: Path) -> Path:
    """The folder, or where it is missing the one above in which it is made."""
    return next(each for each in (folder, *folder.absolute().parents) if each.is_dir())


def _folder(folder: Path) -> Finding:
    there = _there(folder)
    probe = there / f".threadwell-doctor-{os.getpid()}"
    try:
        os.close(os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        probe.unlink()
    except OSError as error:
        advice = "give it to the user the bot runs as, or set DATABASE_URL to another place"
        return Finding(FOLDER, Level.FAIL, f"{there}: nothing can be written ({error.strerror})", advice)
    return Finding(FOLDER, Level.OK, f"{folder}: can be written" if there == folder else f"{folder}: can be made")


def _database(seen: Inspection) -> Finding:
    if seen.problem:
        return Finding(DATABASE, Level.FAIL, seen.problem, "restore a backup, or start the release that wrote it")
    if not seen.exists:
        return Finding(DATABASE, Level.OK, f"{seen.path}: none yet, the first start makes it")
    state = f"schema {seen.schema}"
    if seen.pending:
        state += f"; migrations that the next start brings: {seen.pending}"
    if seen.cut:
        advice = "nothing is known to be wrong; `python main.py backup` looks at a whole copy"
        return Finding(DATABASE, Level.WARN, f"too large to be checked in {_CHECK_SECONDS:.0f} s; {state}", advice)
    return Finding(DATABASE, Level.OK, f"quick_check finds no damage; {state}")


def _disk(folder: Path, size: int) -> Finding:
    free = shutil.disk_usage(_there(folder)).free
    found = f"{free / _GIGABYTE:.1f} GB free; the database takes {size / 1e6:.1f} MB"
    advice = "make room, or lower BACKUP_KEEP and FILE_RETENTION_DAYS"
    if free < _LEAST_FREE:
        return Finding(DISK, Level.FAIL, found, advice)
    return Finding(DISK, Level.WARN, found, advice) if free < max(_LITTLE_FREE, _COPIES * size) else _good(DISK, found)


def _good(name: str, found: str) -> Finding:
    return Finding(name, Level.OK, found)


class _StoreTold(BaseModel):
    file: str = ""


class _Told(BaseModel):
    """What is read of a bot's `/health`."""

    reasons: list[str]
    store: _StoreTold


async def examine_port(settings: Settings) -> list[Finding]:
    """Free, or held by the bot of this very database."""
    host, port = settings.HEALTH_HOST, settings.HEALTH_PORT
    if not port:
        return [_good(PORT, "turned off by HEALTH_PORT=0")]
    error = await asyncio.to_thread(_bind, host, port)
    if error is None:
        return [_good(PORT, f"{host}:{port} is free: no bot serves there")]
    if error.errno != errno.EADDRINUSE:
        advice = "set HEALTH_HOST to an address of this machine and HEALTH_PORT to one above 1023"
        return [Finding(PORT, Level.FAIL, f"{host}:{port} cannot be listened at ({error.strerror})", advice)]
    return [_holder(f"{host}:{port}", await _ask(host, port), settings)]


def _bind(host: str, port: int) -> OSError | None:
    """Why the address cannot be listened at."""
    try:
        for family, kind, number, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            with socket.socket(family, kind, number) as one:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                one.bind(address)  # and no more: a bot that starts meanwhile gets it all the same
    except OSError as error:
        return error
    return None


async def _ask(host: str, port: int) -> _Told | None:
    """What the holder of the port says of itself; None where it is no bot."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  compared, not listened at
    address = f"http://[{near}]:{port}/health" if ":" in near else f"http://{near}:{port}/health"
    try:
        timeout = aiohttp.ClientTimeout(total=_ASK_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(address) as answer:
            return _Told.model_validate_json(await answer.content.read(_GIGABYTE // 1_000))
    except (aiohttp.ClientError, OSError, ValidationError):  # a timeout is an OSError
        return None


def _holder(place: str, told: _Told | None, settings: Settings) -> Finding:
    if told is None:
        advice = "set HEALTH_PORT to a free port, or end the other program"
        return Finding(PORT, Level.FAIL, f"{place} is taken by another program", advice)
    if Path(told.store.file).absolute().parent != folder_of_url(settings.DATABASE_URL).absolute():
        advice = "give each bot a HEALTH_PORT of its own"
        return Finding(PORT, Level.FAIL, f"{place} is held by a bot with another database, {told.store.file}", advice)
    if told.reasons:
        advice = "mend what is named above; see the log and /health"
        return Finding(PORT, Level.WARN, f"{place} is held by the bot, which is not ready: {told.reasons[0]}", advice)
    return _good(PORT, f"{place} is held by the bot itself, which is ready")
