"""A folder as operators have it: ecosystem.config.js, the program, `.env`, the database."""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from playground.server import Playground
from tests.pm2.supervisor import APP, Pm2
from tests.wire.harness import Bot, House, environment
from tests.wire.model_side import until
from tests.wire.processes import ROOT, Process

_NOT_IN_ENV_FILE = {"PATH", "PYTHONPATH"}
_TIMINGS = {"socket_ping": 30.0}
"""In seconds. On a machine that stands still for a moment no socket is to be renewed: they are counted."""


class Deployment:
    """The bot's folder under one PM2. Code and packages are the repository's, everything else is its own."""

    def __init__(self, folder: Path, pm2: Pm2, playground: Playground) -> None:
        self.folder = folder.resolve()  # as the kernel names it
        self.pm2 = pm2
        self.playground = playground
        self.settings = environment(playground, folder, "async", {}, _TIMINGS)
        self.config = folder / "ecosystem.config.js"
        shutil.copy(ROOT / "ecosystem.config.js", self.config)
        # Python imports from where the program really is, and works where PM2 starts it.
        (folder / "main.py").symlink_to(ROOT / "main.py")
        (folder / ".venv").symlink_to(sys.prefix)
        self.edit()

    @property
    def bot(self) -> Bot:
        """The bot's log; its process is PM2's."""
        return Bot(Process(0, self.folder / "never"), self.pm2.bot_log)

    @property
    def house(self) -> House:
        """To write to the bot and read its answers."""
        return House(self.playground, self.bot, "")

    @property
    def modes(self) -> list[object]:
        """The mode of each process that has started, in order."""
        return [event["mode"] for event in self.bot.events("started")] if self.pm2.bot_log.exists() else []

    def edit(self, **settings: str) -> None:
        """Write `.env` anew, with these settings changed."""
        self.settings |= settings
        lines = [f"{name}='{value}'" for name, value in self.settings.items() if name not in _NOT_IN_ENV_FILE]
        (self.folder / ".env").write_text("\n".join(lines) + "\n", encoding="utf-8")

    async def start(self) -> None:
        """`pm2 start`, which comes back when the bot is ready or has ended."""
        await self.pm2("start", self.config.name, cwd=self.folder)

    async def restart(self, *options: str, **variables: str) -> None:
        """`pm2 restart slackbot` by a shell that holds the variables."""
        await self.pm2("restart", APP, *options, cwd=self.folder, **variables)

    async def restart_file(self, *options: str) -> None:
        """`pm2 restart ecosystem.config.js`."""
        await self.pm2("restart", self.config.name, *options, cwd=self.folder)

    async def started(self, processes: int, seconds: float = 60.0) -> list[object]:
        """The mode of each process that has started, once there are so many; PM2 may write logs a moment late."""
        await until(lambda: len(self.modes) >= processes, seconds)
        return self.modes

    async def kill_bot(self) -> None:
        """As the kernel would."""
        pid = (await self.pm2.app()).pid
        os.kill(pid, signal.SIGKILL)
        await gone(pid)

    def sweep(self) -> None:
        """Kill what still works in this folder."""
        for pid in self.pids():
            os.kill(pid, signal.SIGKILL)

    def pids(self) -> list[int]:
        """The processes of the bot, whoever has started them; the daemon may have been started here, too."""
        here = [int(each.name) for each in Path("/proc").glob("[0-9]*") if _works_in(each, self.folder)]
        return [pid for pid in here if pid != self.pm2.daemon]


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder
    except OSError:
        return False


def is_running(pid: int) -> bool:
    """Whether the process runs; a dead one that nobody has waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


async def gone(pid: int, seconds: float = 30.0) -> None:
    """Wait for the end of a process that is not ours to wait for."""
    await until(lambda: not is_running(pid), seconds)


async def answered(house: House, asked: dict[str, str]) -> None:
    """Wait until every thread has its answer; none has more than this one."""

    def told() -> list[list[str]]:
        return [[message.text for message in house.answers(ts)] for ts in asked]

    expected = [[text] for text in asked.values()]
    # A cut answer rests until its turn is resumed.
    await shown(house, lambda: told() == expected and all(house.is_quiet(ts) for ts in asked))
    assert told() == expected


async def shown(house: House, done: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for a state of the workspace."""
    try:
        await house.playground.workspace.wait_for(done, seconds)
    except TimeoutError:
        raise AssertionError(house.bot.text[-5000:]) from None


def ask(house: House, asked: dict[str, str], text: str) -> str:
    """Ask in a new thread, and note what is to be answered; its ts."""
    ts = house.mention(f"echo: {text}")
    asked[ts] = text
    return ts
