"""Processes of the bot: started as people start it, or forked from one that has its modules loaded."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple, TypedDict

ROOT = Path(__file__).resolve().parents[2]

_asking = Lock()


class Wanted(TypedDict):
    """A bot to fork: its environment, its folder, its log, and the file that shall hold its return code."""

    environment: dict[str, str]
    folder: str
    log: str
    ended: str


class Process:
    """One of them. Its `returncode` is None while it runs, and the negative number of the signal that ended it."""

    def __init__(self, pid: int, ended: Path) -> None:
        self.pid = pid
        self._ended = ended
        self._code: int | None = None

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        if self._code is None and self._ended.exists():
            self._code = int(self._ended.read_text(encoding="ascii"))
        return self._code

    def send_signal(self, number: int) -> None:
        """Nothing happens where it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """As the kernel would."""
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        """Its return code, once it has ended."""
        while (code := self.returncode) is None:
            await asyncio.sleep(0.01)
        return code


class Ended(NamedTuple):
    """How a command has ended, and what it printed on both streams."""

    code: int
    out: str
    err: str


async def command(variables: dict[str, str], folder: Path, *words: str) -> Ended:
    """`main.py` with these words, as operators give it beside the bot."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "main.py"),
        *words,
        cwd=folder,
        env=variables,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(60):
            out, err = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert b"Traceback" not in out + err
    return Ended(await process.wait(), out.decode(), err.decode())


@cache
def _fork_server() -> subprocess.Popen[str]:
    """One for a run of tests; it ends with its input, when this process does."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.wire.fork_server"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _fork(asked: str) -> int:
    with _asking:
        server = _fork_server()
        assert server.stdin
        assert server.stdout
        server.stdin.write(f"{asked}\n")
        server.stdin.flush()
        answer = server.stdout.readline()
        assert answer, "the fork server has ended: what it said stands above"
        return int(answer)


async def forked(variables: dict[str, str], folder: Path, log: Path) -> Process:
    """A bot with these variables as its whole environment, its output in the log; it may still be starting."""
    ended = log.with_suffix(".ended")
    wanted: Wanted = {"environment": variables, "folder": str(folder), "log": str(log), "ended": str(ended)}
    return Process(await asyncio.to_thread(_fork, json.dumps(wanted)), ended)


async def executed(variables: dict[str, str], folder: Path, log: Path) -> asyncio.subprocess.Process:
    """The same, by a new interpreter."""
    with log.open("wb") as output:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.wire.run_bot", cwd=folder, env=variables, stdout=output, stderr=output
        )
