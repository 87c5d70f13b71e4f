"""How the SDK is set up: from the settings alone, and ready for the first call."""

import asyncio
import logging

import pytest

from openai_client.sdk import open_sdk
from tests.openai_client.bench import Bench, Figures, settings_for
from tests.openai_client.server import Pause


@pytest.fixture
def hostile_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "OPENAI_BASE_URL": " ",
        "OPENAI_ORG_ID": "org-of-the-shell",
        "OPENAI_PROJECT_ID": "project-of-the-shell",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("hostile_environment")
async def test_the_environment_does_not_leak_in(bench: Bench) -> None:
    await bench.retune()
    bench.will(bench.answer("Hi."))
    await bench.ask()
    (received,) = bench.server.received
    assert received.path == bench.dialect.path
    assert not [name for name in received.headers if name.lower().startswith("openai-")]


async def test_opening_contacts_nobody(bench: Bench) -> None:
    await bench.retune()
    assert bench.server.connections == set()


async def test_the_pool_holds_as_many_connections_as_calls_may_run(bench: Bench) -> None:
    many = 120
    await bench.retune(ASYNC_MAX_CONCURRENT_REQUESTS=many)
    bench.will(bench.stream(Pause(1.0), bench.dialect.text("x"), *bench.dialect.ending("x")))
    await asyncio.gather(*(bench.ask() for _ in range(many)))
    assert bench.server.most_open == many


OPENED = ("connections_opened", {"pool": "model"})
REUSED = ("connections_reused", {"pool": "model"})


async def test_connections_are_counted(bench: Bench) -> None:
    bench.will(bench.answer("Hi."))
    for _ in range(3):
        await bench.ask()
    assert bench.figures.connections == [OPENED, REUSED, REUSED]
    assert len(bench.server.connections) == 1


async def test_connections_through_a_proxy_are_counted_too(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("http_proxy", bench.server.url.removesuffix("/v1"))
    await bench.retune(OPENAI_BASE_URL="http://models.example/v1")
    bench.will(bench.answer("Hi."))
    for _ in range(2):
        await bench.ask()
    assert bench.figures.connections == [OPENED, REUSED]
    assert {received.headers["Host"] for received in bench.server.received} == {"models.example"}


async def test_the_address_of_the_settings_is_used() -> None:
    sdk = await open_sdk(settings_for("https://models.example/v1", "responses", {}), Figures())
    assert str(sdk.base_url) == "https://models.example/v1/"
    await sdk.close()


async def test_whole_requests_are_not_logged_even_at_debug(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bench.will(bench.answer("secret answer"))
    await bench.ask(instructions="secret instructions")
    assert "secret" not in caplog.text
    assert "sk-test" not in caplog.text
