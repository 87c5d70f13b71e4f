"""The composition root: read the settings, build the parts, run, stop.

Exit codes: 0 stopped as asked, 1 gave up (a supervisor restarts), 2 wrong command line, 78 wrong configuration. The
doctor's 1 says that something is wrong.
"""

import argparse
import asyncio
import gc
import logging
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from base_client import Finding
from config import VERSION, ConfigurationError, Settings, hide_from_sdks, load_settings
from database import Backups, Store, StoreUnavailable
from message_processor.abilities import Abilities
from message_processor.base import MessageProcessor
from message_processor.budget import Budget
from message_processor.ingestion.cabinet import Cabinet
from message_processor.ingestion.child import Reader
from message_processor.ingestion.desk import FileDesk
from message_processor.ingestion.meaning import Meaning
from message_processor.ingestion.sweeper import Sweeper
from message_processor.ingestion.web import Web
from message_processor.own_data import OwnData
from message_processor.past import ThreadPast
from message_processor.preferences import Preferences
from message_processor.prompts import instructions
from message_processor.recovery import Recovery
from message_processor.retention import Retention
from message_processor.summaries import Summaries
from message_processor.titles import Titles
from message_processor.toolbox import toolbox
from message_processor.undelivered import Undelivered
from message_processor.utility import Utility
from openai_client import checkup as model_checkup
from openai_client.base import ModelClient
from ops import log as logs
from ops.accounts import Accounts
from ops.backup import BACKUP, RESTORE, Nightly
from ops.command_line import WRONG, Command, Examination, WrongCommandLine, parse
from ops.doctor import Check, doctor
from ops.draft import Draft, load_draft
from ops.figures import Figures
from ops.health import Health, PortTaken, Sources
from ops.moments import watch_moments
from ops.playground_process import NO_WORKSPACE, PlaygroundFailed, playground_process
from ops.requests import Answer, Request, folder_of, watch
from ops.secrecy import warn_of_readable
from ops.signals import Stopped, stop_requested, tell_supervisor_ready, unless_stopped
from ops.starts import note_start
from ops.usage import USAGE
from ops.users import answered, users_command
from ops.watching import Watched, Watching
from slack_client import checkup as slack_checkup
from slack_client.base import SlackBot, SlackUnreachable, TokenGone, WrongTokens
from slack_client.sockets import SocketsLost

log = logging.getLogger("threadwell.main")

GAVE_UP = 1
WRONG_CONFIGURATION = 78
_ENV_FILE = Path(".env")
_MANIFEST = Path(__file__).parent / "slack_manifest.yaml"


@asynccontextmanager
async def _own_data(settings: Settings) -> AsyncIterator[OwnData]:
    """What is kept of people, while no bot runs; StoreInUse where one does."""
    store = await Store.open(settings.DATABASE_URL, Figures())
    try:
        cabinet = Cabinet(store.folder / "files")
        yield OwnData(store, Sweeper(store, cabinet, settings.FILE_RETENTION_DAYS))
    finally:
        await store.close()


async def _bot_token(settings: Settings) -> Sequence[Finding]:
    return await slack_checkup.examine_bot_token(settings, Figures(), _MANIFEST)


async def _socket(settings: Settings) -> Sequence[Finding]:
    return await slack_checkup.examine_socket(settings, Figures())


async def _model_server(settings: Settings) -> Sequence[Finding]:
    return await model_checkup.examine_model(settings, Figures())


DOCTOR = doctor(
    (
        Check(slack_checkup.BOT_TOKEN, frozenset({"SLACK_BOT_TOKEN", "SLACK_API_URL"}), _bot_token),
        Check(slack_checkup.APP_TOKEN, frozenset({"SLACK_APP_TOKEN", "SLACK_API_URL"}), _socket),
        Check(model_checkup.SERVER, frozenset({"OPENAI_API_KEY", "OPENAI_BASE_URL"}), _model_server),
    )
)
COMMANDS = (BACKUP, RESTORE, USAGE, users_command(_own_data), DOCTOR)


class Threadwell:
    """All parts of the running bot; `start` builds them, `stop` takes them down in the opposite order."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.mode = "async" if settings.USE_ASYNC_MODE else "threaded"
        self._figures = Figures(self.mode, settings.SLOW_OPERATION_SECONDS)
        self._parts = AsyncExitStack()

    async def start(self) -> None:
        """Build everything and let events in."""
        settings = self._settings
        self._store = await Store.open(settings.DATABASE_URL, self._figures, limits=settings.limits)
        self._parts.push_async_callback(self._store.close)
        self._model = await ModelClient.open(settings, self._figures)
        self._parts.push_async_callback(self._model.close)
        web = await Web.open(settings, self._figures)
        self._parts.push_async_callback(web.close)
        self._bot = await SlackBot.open(settings, self._store, self._figures, web)
        self._parts.push_async_callback(self._bot.close)
        self._core = self._build_core(self._file_desk(web))
        self._retention = Retention(self._store, self._sweeper, self._core.past, settings.HISTORY_RETENTION_DAYS)
        self._nightly = Nightly(Backups(settings.DATABASE_URL), settings.BACKUP_KEEP, self._figures)
        self._undelivered = Undelivered(self._store, self._core.recovery, self._core.lanes)
        self._parts.push_async_callback(self._core.tasks.close)
        await self._be_watched()
        # From here on turns run: whatever ends the start, they get their time before what they need is closed.
        self._parts.push_async_callback(self._core.lanes.close, settings.SHUTDOWN_GRACE_SECONDS)
        self._parts.push_async_callback(self._bot.stop_intake)
        left_behind = await self._core.recover()
        log.info("recovered", extra={"left_behind": left_behind})
        await self._bot.start(self._core)
        # What is here now stays: the collector need not walk through the SDKs' modules again and again.
        gc.collect()
        gc.freeze()

    def _build_core(self, desk: FileDesk) -> MessageProcessor:
        settings, store, chat = self._settings, self._store, self._bot.chat
        tools = toolbox(settings, chat, self._model, store, desk, self._figures)
        utility = Utility(self._model, settings.OPENAI_UTILITY_MODEL)
        return MessageProcessor(
            settings=settings,
            chat=chat,
            model=self._model,
            store=store,
            past=ThreadPast(store, chat),
            recovery=Recovery(store),
            desk=desk,
            sweeper=self._sweeper,
            abilities=Abilities(store, settings.OPENAI_BASE_URL),
            tools=tools,
            preferences=Preferences(store, self._model.models, lambda: tools.names, settings.CHANNEL_SETTINGS_USERS),
            summaries=Summaries(store, utility),
            titles=Titles(store, chat, utility),
            budget=Budget(store.spending, settings.prices, settings.OPENAI_MODEL, settings.MAX_OUTPUT_TOKENS),
            observer=self._figures,
            instructions=instructions(settings.house_rules),
            runner=self._bot.runner(),
        )

    def _file_desk(self, web: Web) -> FileDesk:
        """What takes in people's files, and what lets them go again."""
        settings = self._settings
        cabinet = Cabinet(self._store.folder / "files")
        reader = Reader()
        self._parts.push_async_callback(reader.close)
        self._sweeper = Sweeper(self._store, cabinet, settings.FILE_RETENTION_DAYS)
        meaning = Meaning(self._model, self._store, settings.EMBEDDING_MODEL)
        limit = settings.FILE_MAX_MB * 1_000_000
        return FileDesk(self._bot.chat, web, self._store, cabinet, reader, meaning, limit)

    async def _be_watched(self) -> None:
        settings, core, model = self._settings, self._core, self._model
        self._watching = Watching(
            Watched(
                figures=self._figures,
                store=self._store,
                accounts=Accounts(self._store, settings.timings.accounts_interval),
                sockets=self._bot.ready,
                turns=lambda: {"working": core.lanes.working, "waiting": core.lanes.waiting},
                lanes=core.lanes.at_work,
                model=lambda: {"in_flight": model.in_flight, "waiting": model.waiting},
                version=VERSION,
                starts=await note_start(self._store, self.mode, VERSION),
            )
        )
        if settings.HEALTH_PORT:
            it = self._watching
            health = Health(
                Sources(it.ready, it.check, it.pool, it.history, it.usage, it.metrics), settings.HEALTH_HOST
            )
            await health.start(settings.HEALTH_PORT)
            self._parts.push_async_callback(health.close)

    async def _asked(self, request: Request) -> Answer:
        return await answered(request, self._core.own_data)

    async def run(self, stop: asyncio.Event) -> None:
        """Until a stop is asked for; SocketsLost or TokenGone when the bot can't go on."""
        timings = self._settings.timings
        watching = [
            asyncio.create_task(self._bot.watch(), name="sockets"),
            asyncio.create_task(self._sweeper.watch(timings.sweep_interval), name="sweeper"),
            asyncio.create_task(watch_moments(self._figures), name="moments"),
            asyncio.create_task(self._watching.watch(timings.history_step), name="history"),
            asyncio.create_task(self._retention.watch(timings.retention_interval), name="retention"),
            asyncio.create_task(self._nightly.watch(timings.backup_interval), name="backups"),
            asyncio.create_task(watch(folder_of(self._store.folder), self._asked), name="requests"),
            asyncio.create_task(self._undelivered.watch(timings.undelivered_interval), name="undelivered"),
            asyncio.create_task(
                self._core.lanes.watch(timings.watchdog_interval, timings.lane_warning), name="lane watchdog"
            ),
        ]
        stopping = asyncio.create_task(stop.wait(), name="stop")
        try:
            ended, _ = await asyncio.wait([*watching, stopping], return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
        finally:
            for task in (*watching, stopping):
                task.cancel()
            await asyncio.gather(*watching, stopping, return_exceptions=True)

    async def stop(self) -> None:
        """Take no more events, let running turns end, and close every part, the last one built first."""
        await self._parts.aclose()


async def serve(settings: Settings, stop: asyncio.Event, page: str = "") -> int:
    """Run the bot until `stop` is set; the exit code. `page` is where the playground can be seen, if there is one."""
    hide_from_sdks()
    logs.hide(settings.secrets)
    bot = Threadwell(settings)
    try:
        try:
            await unless_stopped(stop, bot.start())
            log.info("started", extra={"mode": bot.mode, "version": VERSION})
            if page:
                print(f"\n  Threadwell is in its playground: {page}\n  Ctrl-C stops it.\n", flush=True)
            tell_supervisor_ready(settings.NODE_CHANNEL_FD)
            await bot.run(stop)
        finally:
            await bot.stop()
    except Stopped:
        pass
    except (WrongTokens, PortTaken) as error:
        return _refuse([error.problem])
    except StoreUnavailable as error:
        return _refuse([error.reason]) if error.wrong_configuration else _give_up(error.reason)
    except (SlackUnreachable, SocketsLost, TokenGone) as error:
        return _give_up(str(error))
    log.info("stopped")
    return 0


async def serve_in_workspace(settings: Settings) -> int:
    """Run the bot in the workspace of its tokens."""
    return await serve(settings, stop_requested())


async def serve_in_playground(real_model: bool) -> int:
    """Run the playground, and the bot pointed at it; with `real_model` the model is the one of OPENAI_BASE_URL."""
    stop = stop_requested()
    env_file = ".env" if real_model else None
    real_model_url = load_settings(env_file, **NO_WORKSPACE).OPENAI_BASE_URL if real_model else ""
    async with AsyncExitStack() as stack:
        playground = playground_process(os.environ, real_model_url)
        try:
            given, page = await unless_stopped(stop, stack.enter_async_context(playground))
        except Stopped:
            return 0
        except PlaygroundFailed:
            return _give_up("the playground did not start")
        return await serve(load_settings(env_file, **given), stop, page)


def _refuse(problems: Sequence[str]) -> int:
    for problem in problems:
        print(logs.redact(f"threadwell: {problem}"), file=sys.stderr)
    return WRONG_CONFIGURATION


def _give_up(problem: str) -> int:
    print(logs.redact(f"threadwell: {problem}"), file=sys.stderr)
    return GAVE_UP


async def _beside(command: Command, settings: Settings, wanted: argparse.Namespace) -> int:
    """A command beside the bot; its exit code."""
    logs.hide(settings.secrets)
    try:
        return await command.run(settings, wanted)
    except StoreUnavailable as error:
        return _refuse([error.reason]) if error.wrong_configuration else _give_up(error.reason)
    except WrongCommandLine as error:
        _refuse([str(error)])
        return WRONG


async def examined(command: Examination, draft: Draft, wanted: argparse.Namespace) -> int:
    """A command that looks at the settings too; its exit code."""
    hide_from_sdks()
    logs.hide(draft.settings.secrets)
    return await command.run(draft, wanted)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; a wrong one ends with 2."""
    wanted = parse(arguments, COMMANDS)
    try:
        if wanted.playground:
            logs.configure("INFO", "text")
            return asyncio.run(serve_in_playground(wanted.model == "real"))
        if isinstance(wanted.command, Examination):
            logs.configure("ERROR", "text", sys.stderr)
            return asyncio.run(examined(wanted.command, load_draft(), wanted))
        settings = load_settings()
        # What a command prints is its result: its log must not stand in that.
        stream = sys.stdout if wanted.command is None else sys.stderr
        logs.configure(settings.LOG_LEVEL, settings.LOG_FORMAT, stream)
        if wanted.command is not None:
            return asyncio.run(_beside(wanted.command, settings, wanted))
        warn_of_readable(_ENV_FILE)
        return asyncio.run(serve_in_workspace(settings))
    except ConfigurationError as error:
        return _refuse(error.problems)


if __name__ == "__main__":
    sys.exit(main())
