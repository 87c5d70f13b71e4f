"""PM2 with a daemon of its own, asked through its command line as people ask it."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.peers.servers import NODE_PROGRAMS

PM2 = NODE_PROGRAMS / "pm2"
APP = "slackbot"

_PATIENCE = 120.0
"""Seconds for one command: `start` waits for the bot to be ready, `stop` for its turns."""
_PROGRAMS = ("node", "getconf")
"""What PM2 finds on a bare machine. It would use others where they are, `ps` among them."""
_DELAY = re.compile(r"will restart in (\d+)ms")


@dataclass(frozen=True)
class App:
    """The bot as PM2 sees it. `pid` is 0 where none runs; `restarts` counts those that nobody asked for too."""

    pid: int
    status: str
    restarts: int
    exit_code: int | None


class Pm2:
    """One daemon and what it keeps, all in the empty folder `home` (a short path: its sockets are there)."""

    def __init__(self, home: Path) -> None:
        self.home = home
        programs = home / "bin"
        programs.mkdir()
        for found in filter(None, map(shutil.which, _PROGRAMS)):
            (programs / Path(found).name).symlink_to(found)
        # Discreet: a new home would make PM2 ask its maker's server for its newest version. The worker looks at memory.
        # A bot that has run for a while would get its shortest pause again; no test is to depend on how long that is.
        self._environment = {
            "PATH": str(programs),
            "HOME": str(home),
            "PM2_HOME": str(home),
            "PM2_DISCRETE_MODE": "true",
            "PM2_DISABLE_VERSION_CHECK": "true",
            "PM2_WORKER_INTERVAL": "1000",
            "EXP_BACKOFF_RESET_TIMER": "3600000",
        }

    async def __call__(self, *words: str, cwd: Path | None = None, **variables: str) -> str:
        """What `pm2 words...` prints, called in the folder `cwd` by a shell that holds the `variables`."""
        process = await asyncio.create_subprocess_exec(
            PM2,
            *words,
            cwd=cwd or self.home,
            env=self._environment | variables,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        return await _said(process)

    async def shell(self, script: str, cwd: Path) -> str:
        """What a script prints that calls PM2 by its name; it ends at the first command that fails."""
        path = f"{NODE_PROGRAMS}:{self._environment['PATH']}:{os.defpath}"
        process = await asyncio.create_subprocess_exec(
            "bash",
            "-euo",
            "pipefail",
            "-c",
            script,
            cwd=cwd,
            env=self._environment | {"PATH": path},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        return await _said(process)

    async def app(self) -> App:
        """The bot, which has been started."""
        lines = (await self("jlist")).splitlines()
        [app] = json.loads(next(line for line in lines if line.startswith("[{") or line == "[]"))
        state = app["pm2_env"]
        return App(app["pid"], state["status"], state["restart_time"], state.get("exit_code"))

    @property
    def said(self) -> str:
        """The daemon's own log."""
        return self._read("pm2.log")

    @property
    def delays(self) -> list[int]:
        """The pauses before restarts so far, in milliseconds."""
        return [int(found) for found in _DELAY.findall(self.said)]

    @property
    def refusals(self) -> list[str]:
        """What the bot wrote to its error log: a line for each thing that keeps it from running."""
        return self._read(f"logs/{APP}-error-0.log").splitlines()

    @property
    def bot_log(self) -> Path:
        """Where the bot's log goes."""
        return self.home / "logs" / f"{APP}-out-0.log"

    async def forget(self) -> None:
        """Let go of the bot, whatever has become of it, and of all logs."""
        if "[{" in await self("jlist"):
            await self("delete", APP)
        for log in (*(self.home / "logs").glob("*.log"), self.home / "pm2.log"):
            os.truncate(log, 0)

    @property
    def daemon(self) -> int:
        """Its process id; 0 where there has been none."""
        return int(self._read("pm2.pid") or 0)

    def crash(self) -> None:
        """Kill the daemon as the kernel would, and nothing else."""
        os.kill(self.daemon, signal.SIGKILL)
        for name in ("rpc.sock", "pub.sock"):
            assert (self.home / name).exists(), "it had no time to clear up"

    def end(self) -> None:
        """End the daemon and its bot."""
        pid = self.daemon
        try:
            subprocess.run([PM2, "kill"], env=self._environment, capture_output=True, timeout=_PATIENCE, check=False)
        finally:
            if str(self.home) in _environment_of(pid):
                os.kill(pid, signal.SIGKILL)

    def _read(self, name: str) -> str:
        path = self.home / name
        return path.read_text(encoding="utf-8", errors="replace").strip() if path.exists() else ""


async def _said(process: asyncio.subprocess.Process) -> str:
    """What a command has printed; one that fails fails the test."""
    try:
        printed, _ = await asyncio.wait_for(process.communicate(), _PATIENCE)
    except BaseException:
        if process.returncode is None:
            process.kill()
        raise
    text = printed.decode(errors="replace")
    assert process.returncode == 0, text
    return text


def _environment_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
