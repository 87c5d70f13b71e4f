"""`python main.py doctor`: looks at everything the bot needs, beside the bot or without it, and says what to do."""

import argparse
import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from base_client import Finding, Level
from config import VERSION, Settings
from ops import checks, secrecy
from ops.command_line import Examination
from ops.draft import Draft
from ops.log import redact

log = logging.getLogger("threadwell.doctor")

SETTINGS = "settings"
BOUND = 10.0
"""Longest time for one check, in seconds."""
_WRONG = 1
_HEAD = ("", "CHECK", "FOUND", "WHAT TO DO")
_WIDEST = 60
"""Characters of a column beyond which its other lines are not moved to the right."""


@dataclass(frozen=True, slots=True)
class Check:
    """One look. It is left out where one of the settings that it `needs` is wrong; `name` is its first line's."""

    name: str
    needs: frozenset[str]
    look: Callable[[Settings], Awaitable[Sequence[Finding]]]


def doctor(platforms: Sequence[Check], env_file: Path = Path(".env"), pm2_dump: Path | None = None) -> Examination:
    """The command; `platforms` are the checks of Slack and the model server, `pm2_dump` is PM2's own by default."""

    async def secrecies(settings: Settings) -> list[Finding]:
        dump = pm2_dump or Path.home() / ".pm2" / "dump.pm2"
        return [
            await asyncio.to_thread(secrecy.env_file, env_file),
            await asyncio.to_thread(secrecy.pm2_dump, dump, settings.secrets),
        ]

    async def run(draft: Draft, wanted: argparse.Namespace) -> int:
        looks = [
            *platforms,
            Check(checks.DATABASE, frozenset({"DATABASE_URL"}), checks.examine_database),
            Check(checks.PORT, frozenset({"HEALTH_HOST", "HEALTH_PORT", "DATABASE_URL"}), checks.examine_port),
            Check(secrecy.ENV_FILE, frozenset(), secrecies),
        ]
        findings = await examine(draft, looks)
        print(redact(as_json(findings) if wanted.json else as_table(findings)))
        return _WRONG if _count(findings, Level.FAIL) else 0

    return Examination("doctor", "look at everything the bot needs, also while it runs", run, _arguments)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="the same as JSON")


async def examine(draft: Draft, looks: Sequence[Check], bound: float = BOUND) -> list[Finding]:
    """The settings' problems, and what the checks find: all at once, in their order, each within `bound` seconds."""
    found = await asyncio.gather(*(_look(draft, look, bound) for look in looks))
    return [*_settings(draft), *chain.from_iterable(found)]


def _settings(draft: Draft) -> Iterable[Finding]:
    if not draft.problems:
        yield Finding(SETTINGS, Level.OK, "each for itself is right")
    for problem in draft.problems:
        yield Finding(SETTINGS, Level.FAIL, problem, "mend it in .env, or where the bot's environment is set")


async def _look(draft: Draft, check: Check, bound: float) -> Sequence[Finding]:
    if wrong := sorted(check.needs & draft.wrong):
        return [
            Finding(check.name, Level.WARN, f"not looked at without {' and '.join(wrong)}", "mend the settings first")
        ]
    try:
        async with asyncio.timeout(bound):
            return await check.look(draft.settings)
    except TimeoutError:
        return [Finding(check.name, Level.FAIL, f"no answer within {bound:.0f} s", "find out what holds it up")]
    except Exception as error:
        # One look that stumbles does not take the others with it.
        log.exception("check_failed", extra={"check": check.name})
        return [Finding(check.name, Level.FAIL, f"the look itself failed: {type(error).__name__}", "report it, please")]


def _count(findings: Iterable[Finding], level: Level) -> int:
    return sum(finding.level is level for finding in findings)


def as_json(findings: Sequence[Finding]) -> str:
    """`{version, ok, findings: [{name, level, found, advice}]}`; `ok` is false where something FAILs."""
    lines = [
        {"name": each.name, "level": each.level.value, "found": each.found, "advice": each.advice} for each in findings
    ]
    return json.dumps({"version": VERSION, "ok": not _count(findings, Level.FAIL), "findings": lines}, indent=2)


def as_table(findings: Sequence[Finding]) -> str:
    """A line for each finding under a head, and the sums."""
    rows = [_HEAD, *((each.level.value, each.name, each.found, each.advice) for each in findings)]
    rows = [tuple(" ".join(cell.split()) for cell in row) for row in rows]  # type: ignore[misc]  # four stay four
    widths = [max(len(row[column]) for row in rows if len(row[column]) <= _WIDEST) for column in range(3)]
    lines = ["  ".join([*(f"{row[at]:{widths[at]}}" for at in range(3)), row[3]]).rstrip() for row in rows]
    sums = ", ".join(f"{_count(findings, level)} {level.value}" for level in Level)
    return "\n".join([*lines, "", f"Threadwell {VERSION}: {sums}"])
