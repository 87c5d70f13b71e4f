"""The doctor's frame: bounded looks side by side, what it leaves out, and how it prints."""

import asyncio
import json
from collections.abc import Sequence

from base_client import Finding, Level
from config import Settings
from ops.doctor import Check, as_json, as_table, examine
from ops.draft import Draft

DRAFT = Draft(Settings.model_construct(), frozenset({"HEALTH_PORT"}), ("HEALTH_PORT: is wrong",))
WELL = Finding("well", Level.OK, "well")


async def well(_: Settings) -> Sequence[Finding]:
    return [WELL]


async def for_ever(_: Settings) -> Sequence[Finding]:
    await asyncio.Event().wait()
    return []


async def stumbles(_: Settings) -> Sequence[Finding]:
    raise KeyError("xoxb-1-secret")


async def test_a_look_that_takes_too_long_or_stumbles_leaves_the_others_their_lines() -> None:
    looks = [
        Check("long", frozenset(), for_ever),
        Check("bad", frozenset(), stumbles),
        Check("well", frozenset(), well),
    ]
    _, late, bad, found = await examine(DRAFT, looks, 0.05)
    assert (late.name, late.level, late.found) == ("long", Level.FAIL, "no answer within 0 s")
    assert (bad.name, bad.level, bad.found) == ("bad", Level.FAIL, "the look itself failed: KeyError")
    assert found == WELL


async def test_a_look_that_needs_what_is_wrong_is_left_out() -> None:
    settings, left_out = await examine(DRAFT, [Check("port", frozenset({"HEALTH_PORT"}), well)])
    assert (settings.level, settings.found) == (Level.FAIL, "HEALTH_PORT: is wrong")
    assert (left_out.level, left_out.found) == (Level.WARN, "not looked at without HEALTH_PORT")


def test_a_finding_is_one_line_of_the_table() -> None:
    told = Finding("x", Level.WARN, "two\nlines", "do\tthis")
    lines = as_table([WELL, told]).splitlines()
    assert lines == [
        "      CHECK  FOUND      WHAT TO DO",
        "OK    well   well",
        "WARN  x      two lines  do this",
        "",
        lines[-1],
    ]
    assert lines[-1].endswith("1 OK, 1 WARN, 0 FAIL")


def test_the_shape_of_the_json() -> None:
    told = json.loads(as_json([WELL, Finding("x", Level.FAIL, "gone", "bring it back")]))
    assert set(told) == {"version", "ok", "findings"}
    assert told["ok"] is False
    assert told["findings"][1] == {"name": "x", "level": "FAIL", "found": "gone", "advice": "bring it back"}
    assert json.loads(as_json([WELL]))["ok"] is True
