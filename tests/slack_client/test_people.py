"""Names and languages: looked up once, and never at the price of a late answer."""

import asyncio
from collections.abc import Mapping

import pytest

from slack_client import people as looked_up
from slack_client.errors import Refused
from slack_client.people import People
from slack_client.web_api import Answer
from tests.slack_client.scripted import IDENTITY, ScriptedApi

ADA: Answer = {"user": {"name": "ada", "locale": "de-DE", "profile": {"display_name": "Ada"}}}


class Clock:
    """Seconds, as a test says."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_language_comes_with_the_name_in_one_lookup() -> None:
    api = ScriptedApi()
    api.next["users.info"] = [ADA]
    people = People(api, IDENTITY)
    assert await people.locale("U1") == "de-DE"
    assert await people.names(["U1"]) == {"U1": "Ada", "U0BOT": "threadwell"}
    assert api.calls == [("users.info", {"user": "U1", "include_locale": True})]


async def test_what_is_known_is_had_without_asking() -> None:
    api = ScriptedApi()
    api.next["users.info"] = [ADA]
    people = People(api, IDENTITY)
    assert people.known_locale("U1") == ""
    await people.locale("U1")
    assert people.known_locale("U1") == "de-DE"
    assert len(api.calls) == 1


async def test_an_old_answer_counts_where_no_newer_one_can_be_had() -> None:
    api, clock = ScriptedApi(), Clock()
    api.next["users.info"] = [ADA, Refused("users.info", "user_not_found")]
    people = People(api, IDENTITY, clock)
    await people.locale("U1")
    clock.now = 3_601.0
    assert await people.locale("U1") == "de-DE"
    assert len(api.calls) == 2


@pytest.mark.parametrize("user", [None, {}, {"locale": 7}, {"locale": None}, []])
async def test_without_a_locale_there_is_none(user: object) -> None:
    api = ScriptedApi()
    api.next["users.info"] = [{"user": user}]
    assert await People(api, IDENTITY).locale("U1") == ""


async def test_nobody_is_not_looked_up() -> None:
    api = ScriptedApi()
    assert await People(api, IDENTITY).locale("") == ""
    assert api.calls == []


async def test_a_lookup_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging(ScriptedApi):
        async def _send(self, method: str, arguments: Mapping[str, object], read: bool, token: str | None) -> Answer:
            await asyncio.sleep(60)
            return {}

    monkeypatch.setattr(looked_up, "_LOOKUP_SECONDS", 0.01)
    async with asyncio.timeout(5):
        assert await People(Hanging(), IDENTITY).locale("U1") == ""


class SlowApi(ScriptedApi):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = asyncio.Event()

    async def call(self, method: str, arguments: Mapping[str, object], **more: object) -> Answer:
        await self.may_answer.wait()
        return {"user": {"name": "gwen", "is_restricted": True, "team_id": IDENTITY.team}}


async def test_an_answer_that_comes_too_late_for_one_question_counts_for_the_next() -> None:
    api = SlowApi()
    people = People(api, IDENTITY)
    assert await people.is_guest("U2", 0.01) is None
    api.may_answer.set()
    assert await people.is_guest("U2", 5.0) is True
    await people.close()


@pytest.mark.parametrize(
    ("user", "guest"),
    [
        ({"team_id": IDENTITY.team}, False),
        ({}, False),
        ({"is_restricted": True}, True),
        ({"is_ultra_restricted": True}, True),
        ({"is_stranger": True}, True),
        ({"team_id": "T9"}, True),
    ],
)
async def test_who_is_a_guest(user: dict[str, object], guest: bool) -> None:
    api = ScriptedApi()
    api.next["users.info"] = [{"user": {"name": "x", **user}}]
    assert await People(api, IDENTITY).is_guest("U1", 5.0) is guest
