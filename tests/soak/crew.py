"""The bot of a soak: killed, restarted, and looked at."""

import asyncio
import signal
from dataclasses import dataclass, field
from pathlib import Path

from playground.server import Playground
from tests.peers.servers import free_port
from tests.soak.figures import Figures, figures_of, megabytes
from tests.wire.harness import Bot, environment, launch

_SETTINGS = {"ASYNC_TIMEOUT_SECONDS": "6", "STREAM_STALL_SECONDS": "2", "SHUTDOWN_GRACE_SECONDS": "3"}
_TIMINGS = {"start_patience": 60.0, "socket_ping": 0.5, "delivery_patience": 60.0, "silence_before_text": 4.0}
_START_SECONDS = 60.0


@dataclass
class Crew:
    """One bot at a time. `resident` are megabytes of the one at work, oldest first."""

    playground: Playground
    folder: Path
    mode: str
    resident: list[float] = field(default_factory=list)
    _bots: list[Bot] = field(default_factory=list, init=False)
    _port: int = field(default_factory=free_port, init=False)

    @property
    def database(self) -> Path:
        return self.folder / "bot.db"

    @property
    def spare_threads(self) -> int:
        """Threads that come with the work and stay: the SDK's pool of each of the two sockets in the threaded mode."""
        return 2 if self.mode == "async" else 200

    @property
    def bot(self) -> Bot:
        """The newest process."""
        return self._bots[-1]

    async def start(self) -> None:
        """A further process."""
        given = {**_SETTINGS, "HEALTH_PORT": str(self._port)}
        # A new interpreter, as after any restart: a forked one reads a thread before Slack has carried out what it was
        # sent in the last second of the one before.
        bot = await launch(
            environment(self.playground, self.folder, self.mode, given, _TIMINGS), self.folder, fresh=True
        )
        bot.may_log_tracebacks = True  # the SDK logs its failed connections with them
        self._bots.append(bot)
        self.resident.clear()
        await bot.until_logged("started", _START_SECONDS)

    async def kill(self) -> None:
        """The process ends as the kernel would end it, and another one begins."""
        await self.bot.kill()
        await self.start()

    async def restart(self) -> None:
        """The process is asked to end, and another one begins."""
        self.bot.process.send_signal(signal.SIGTERM)
        await self.bot.process.wait()
        await self.start()

    async def figures(self) -> Figures:
        """What the process at work holds."""
        return await figures_of(self.bot.process.pid, self._port)

    def note_memory(self) -> None:
        """Remember how much memory the process at work needs now."""
        self.resident.append(megabytes(self.bot.process.pid))

    async def end(self) -> list[str]:
        """Stop the last process; what its end and the logs of all of them give to complain of."""
        code = await self.bot.stop()
        complaints = [] if code == 0 else [f"the bot ended with {code}"]
        for bot in self._bots:
            try:
                bot.check_log()
            except AssertionError as error:
                complaints.append(f"{bot.log.name}: {str(error)[-2000:]}")
        return complaints

    async def abandon(self) -> None:
        """Leave no process behind."""
        for bot in self._bots:
            await bot.kill()
            await asyncio.sleep(0)
