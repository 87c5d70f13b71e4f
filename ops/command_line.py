"""The command line: run the bot, or one of the commands beside it. A wrong one is one line, and exit code 2."""

import argparse
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from config import Settings
from ops.draft import Draft

WRONG = 2


class WrongCommandLine(Exception):
    """What was asked for cannot be meant; the text is a line for the operator. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command beside the bot: `run` gets the settings and its arguments, and gives the exit code."""

    name: str
    about: str
    run: Callable[[Settings, argparse.Namespace], Awaitable[int]]
    arguments: Callable[[argparse.ArgumentParser], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Examination:
    """A command that runs on wrong settings too: `run` gets what is right of them."""

    name: str
    about: str
    run: Callable[[Draft, argparse.Namespace], Awaitable[int]]
    arguments: Callable[[argparse.ArgumentParser], None] = lambda _: None


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """One line instead of the usage, and the end."""
        print(f"threadwell: {message}; see {self.prog} --help", file=sys.stderr)
        sys.exit(WRONG)


def parse(arguments: Sequence[str] | None, commands: Sequence[Command | Examination]) -> argparse.Namespace:
    """What is wanted: `command` is None where it is the bot itself. A wrong command line ends the process."""
    parser = OneLineParser(prog="main.py", description="Threadwell answers in Slack threads.")
    parser.add_argument("--playground", action="store_true", help="in a workspace on this machine, without any account")
    parser.add_argument(
        "--model", choices=("offline", "real"), help="with --playground: real is the server of OPENAI_BASE_URL"
    )
    parser.set_defaults(command=None)
    kinds = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in commands:
        kind = kinds.add_parser(command.name, help=command.about, description=command.about)
        command.arguments(kind)
        kind.set_defaults(command=command)
    wanted = parser.parse_args(arguments)
    if wanted.model and not wanted.playground:
        parser.error("--model goes with --playground")
    if wanted.playground and wanted.command:
        parser.error("--playground goes with no command")
    return wanted
