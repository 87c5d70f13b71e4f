"""The list of models people may choose from."""

import asyncio
import logging

import pytest

from openai_client import models
from openai_client.events import Json
from openai_client.models import MOST, Models
from tests.openai_client.bench import Bench
from tests.openai_client.server import Hang, Refuse, Reply, ScriptedServer

DEFAULT = "gpt-6.2-sol"
MINUTE = 60.0


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Shelf:
    """The list over a client of the bench, with a clock that stands still."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.clock = Clock()
        self.models = bench.client.models

    async def retune(self, **changes: object) -> None:
        await self.bench.retune(**changes)  # type: ignore[arg-type]
        self.models = self.bench.client.models

    @property
    def asked(self) -> int:
        return len(self.bench.server.received)


@pytest.fixture
async def shelf(responses_bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf(responses_bench)
    build = Models.__init__
    monkeypatch.setattr(Models, "__init__", lambda self, driver, settings: build(self, driver, settings, shelf.clock))
    await shelf.retune()
    return shelf


def listed(*names: str, created: int = 1) -> Refuse:
    return Refuse(200, {"object": "list", "data": [{"id": name, "created": created} for name in names]})


def dated(**names: int) -> Refuse:
    data: list[Json] = [{"id": name, "created": created} for name, created in names.items()]
    return Refuse(200, {"data": data})


async def test_the_servers_models_stand_behind_the_default_newest_first(shelf: Shelf) -> None:
    shelf.bench.will(dated(old=1, b_new=9, a_new=9))
    assert await shelf.models.offered() == (DEFAULT, "a_new", "b_new", "old")
    assert shelf.bench.server.received[0].path == "/v1/models"
    assert shelf.bench.server.received[0].headers["Authorization"] == "Bearer sk-test"


async def test_models_that_hold_no_conversation_are_left_out(shelf: Shelf) -> None:
    others = (
        "text-embedding-3-small nomic-embed-text gpt-image-2 gpt-audio gpt-realtime tts-1 gpt-4o-mini-tts whisper-1"
        " gpt-transcribe omni-moderation-latest dall-e-3 sora-2 gpt-4o-search-preview computer-use-preview"
        " gpt-3.5-turbo-instruct davinci-002"
    ).split()
    talkers = ("gpt-4.1", "llama-4-instruct", "mattsmodel", "o3")
    shelf.bench.will(listed(*others, *talkers, DEFAULT))
    assert await shelf.models.offered() == (DEFAULT, *talkers)


async def test_the_operators_patterns_choose_and_order(shelf: Shelf) -> None:
    await shelf.retune(OPENAI_MODELS="o?,gpt-5*,my-embedder,absent")
    shelf.bench.will(listed("gpt-5.1", "gpt-5.4", "GPT-5", "o3", "o3-pro", "my-embedder", "gpt-4.1"))
    assert await shelf.models.offered() == (DEFAULT, "o3", "gpt-5.1", "gpt-5.4", "my-embedder")


async def test_the_list_is_no_longer_than_a_menu(shelf: Shelf) -> None:
    shelf.bench.will(listed(*(f"m-{number:03}" for number in range(300))))
    offered = await shelf.models.offered()
    assert len(offered) == MOST
    assert offered[:2] == (DEFAULT, "m-000")


async def test_the_list_is_kept_for_ten_minutes(shelf: Shelf) -> None:
    shelf.bench.will(listed("first"), listed("second"))
    await shelf.models.offered()
    shelf.clock.now += 9 * MINUTE
    assert await shelf.models.offered() == (DEFAULT, "first")
    shelf.clock.now += 2 * MINUTE
    assert await shelf.models.offered() == (DEFAULT, "second")
    assert shelf.asked == 2


async def test_who_comes_together_is_served_by_one_fetch(shelf: Shelf) -> None:
    shelf.bench.will(listed("m"))
    answers = await asyncio.gather(*(shelf.models.offered() for _ in range(20)))
    assert set(answers) == {(DEFAULT, "m")}
    assert shelf.asked == 1


async def test_what_is_known_is_had_without_asking(shelf: Shelf) -> None:
    await shelf.retune(OPENAI_MODELS="gpt-5*,mine")
    shelf.bench.will(listed("gpt-5.4"))
    assert shelf.models.known == (DEFAULT, "mine")
    assert shelf.asked == 0
    await shelf.models.offered()
    assert shelf.models.known == (DEFAULT, "gpt-5.4")


BROKEN: list[Reply] = [
    Refuse(500, {"error": {"message": "secret words"}}),
    Refuse(404, {"detail": "Not Found"}),
    Refuse(200, "<html>secret words</html>"),
    Refuse(200, {"data": None}),
]


@pytest.mark.parametrize("reply", BROKEN)
async def test_a_server_without_a_list_leaves_what_was_known_and_is_asked_again_soon(
    shelf: Shelf, reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.bench.will(listed("m"), reply, reply, listed("back"))
    await shelf.models.offered()
    shelf.clock.now += 11 * MINUTE
    assert await shelf.models.offered() == (DEFAULT, "m")
    shelf.clock.now += 20
    assert await shelf.models.offered() == (DEFAULT, "m")
    assert shelf.asked == 2
    shelf.clock.now += 20
    await shelf.models.offered()
    shelf.clock.now += 40
    assert await shelf.models.offered() == (DEFAULT, "back")
    assert [(record.getMessage(), record.levelno) for record in caplog.records] == [
        ("model_list_failed", logging.WARNING),
        ("model_list_failed", logging.WARNING),
    ]
    assert "secret" not in str([vars(record) for record in caplog.records])


async def test_entries_that_are_no_models_are_left_out(shelf: Shelf) -> None:
    shelf.bench.will(Refuse(200, {"data": [{"id": 5}, "x", None, {"id": ""}, {"id": "fine", "created": "today"}]}))
    assert await shelf.models.offered() == (DEFAULT, "fine")


async def test_a_server_that_cannot_be_asked_leaves_the_names_of_the_settings(shelf: Shelf) -> None:
    await shelf.retune(OPENAI_MODELS="gpt-*,mine,[ab]c", OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    assert await shelf.models.offered() == (DEFAULT, "mine")


async def test_a_silent_server_is_waited_for_once_and_briefly(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(models, "_PATIENCE", 0.1)
    shelf.bench.will(Hang())
    async with asyncio.timeout(2):
        assert set(await asyncio.gather(*(shelf.models.offered() for _ in range(5)))) == {(DEFAULT,)}
    assert len(caplog.records) == 1


async def test_who_is_cancelled_leaves_the_fetch_to_the_others(shelf: Shelf) -> None:
    server: ScriptedServer = shelf.bench.server
    shelf.bench.will(Hang())
    first, second = (asyncio.create_task(shelf.models.offered()) for _ in range(2))
    await server.until(lambda: server.open_now == 1)
    first.cancel()
    await asyncio.wait({first})
    assert first.cancelled()
    assert not second.done()
    assert server.open_now == 1
    await shelf.bench.client.close()
    assert await second == (DEFAULT,)


async def test_a_closed_client_asks_no_more(shelf: Shelf) -> None:
    shelf.bench.will(listed("m"))
    await shelf.models.close()
    assert await shelf.models.offered() == (DEFAULT,)
    assert shelf.asked == 0


async def test_the_list_needs_no_slot(shelf: Shelf) -> None:
    await shelf.retune(ASYNC_MAX_CONCURRENT_REQUESTS=1)
    server = shelf.bench.server
    server.by_path = {"/v1/responses": Hang(), "/v1/models": listed("m")}
    call = asyncio.create_task(shelf.bench.ask())
    await server.until(lambda: server.open_now == 1)
    assert await shelf.models.offered() == (DEFAULT, "m")
    call.cancel()
    await asyncio.wait({call})
