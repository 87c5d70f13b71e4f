"""The programs that are measured: the bot in either mode and the bare one, each a process of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.process import Process
from playground.server import Playground

ROOT = Path(__file__).resolve().parents[1]
_START_SECONDS = 30.0
_STOP_SECONDS = 30.0


class ProgramFailed(Exception):
    """A measured program did not start, or ended too early; the text is the end of its log."""


@dataclass(frozen=True, slots=True)
class Program:
    """How a program is started. It is ready once it holds `sockets` connections."""

    name: str
    arguments: tuple[str, ...]
    variables: tuple[tuple[str, str], ...] = ()
    sockets: int = 1


def bot(mode: str) -> Program:
    """The bot in the mode "async" or "threaded"; its settings are the defaults but for the cap on model calls."""
    variables = {
        "USE_ASYNC_MODE": "true" if mode == "async" else "false",
        "ASYNC_MAX_CONCURRENT_REQUESTS": "500",
        "HEALTH_PORT": "0",
        "OPENAI_UTILITY_MODEL": "none",
        "USER_MAX_PENDING": "10000",
    }
    return Program(mode, (str(ROOT / "main.py"),), tuple(variables.items()), sockets=2)


def bare(history_turns: int = 0) -> Program:
    """The bare program."""
    variables = {"PYTHONPATH": str(ROOT), "BARE_HISTORY_TURNS": str(history_turns)}
    return Program("bare", ("-m", "benchmarks.bare"), tuple(variables.items()))


def _environment(playground: Playground, given: Mapping[str, str]) -> dict[str, str]:
    """Nothing of the shell's gets through but PATH: no key, no proxy."""
    return {
        "PATH": os.environ["PATH"],
        "SLACK_API_URL": playground.slack_api_url,
        "SLACK_BOT_TOKEN": playground.bot_token,
        "SLACK_APP_TOKEN": playground.app_token,
        "OPENAI_BASE_URL": playground.openai_base_url,
        "OPENAI_API_KEY": "benchmark",
        **given,
    }


@asynccontextmanager
async def running(program: Program, playground: Playground, folder: Path) -> AsyncIterator[Process]:
    """The program, connected; `folder` takes its log and its database."""
    log = folder / f"{program.name}.log"
    with log.open("ab") as output:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *program.arguments,
            cwd=folder,
            env=_environment(playground, dict(program.variables)),
            stdout=output,
            stderr=output,
        )
    try:
        await _until_connected(program, playground, child, log)
        yield Process(child.pid)
        if child.returncode is not None:
            raise ProgramFailed(_end_of(log))
    finally:
        await _stop(child)
        await _until_gone(playground)


async def _until_connected(
    program: Program, playground: Playground, child: asyncio.subprocess.Process, log: Path
) -> None:
    try:
        async with asyncio.timeout(_START_SECONDS):
            while len(playground.sockets.connections) < program.sockets:
                if child.returncode is not None:
                    raise ProgramFailed(_end_of(log))
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise ProgramFailed(_end_of(log)) from None


async def _stop(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    child.terminate()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()


async def _until_gone(playground: Playground) -> None:
    """The next program must not share its events with a connection that is still being closed."""
    async with asyncio.timeout(_STOP_SECONDS):
        while playground.sockets.connections:  # noqa: ASYNC110  the playground does not tell of it
            await asyncio.sleep(0.02)


def _end_of(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-3000:]
