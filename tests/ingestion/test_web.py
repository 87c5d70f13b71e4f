"""The pool: what it asks, what it refuses to ask, and that nothing is larger or longer than allowed."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from yarl import URL

from base_client import FileTrouble, FileUnavailable
from message_processor.ingestion.web import PublicResolver, Web
from ops.figures import Figures
from tests.ingestion.site import Site, open_site, settings

PAUSE = 0.2
REFUSED = FileTrouble.REFUSED_ADDRESS


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    """A web site on this machine, and the pool that may reach it."""
    async with open_site() as opened:
        yield opened


async def trouble(web: Web, url: str, limit: int = 1_000, seconds: float = 10) -> FileTrouble:
    with pytest.raises(FileUnavailable) as failure:
        await web.get(url, limit, seconds=seconds)
    return failure.value.trouble


# Where it goes


async def test_a_name_that_leads_inside_is_refused_after_it_was_looked_up(site: Site) -> None:
    port = URL(site.address).port
    assert await trouble(site.web, "http://localhost/") is REFUSED
    assert await trouble(site.web, "http://localhost:8080/") is REFUSED
    assert await trouble(site.web, f"http://localhost:{port}/bytes/1") is REFUSED
    assert site.seen == []


async def test_one_private_address_among_public_ones_spoils_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(host: str, port: int, **_: object) -> list[object]:
        found = {"good.example": ["8.8.8.8"], "bad.example": ["8.8.8.8", "10.0.0.1"]}[host]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    resolver = PublicResolver(1)
    assert [result["host"] for result in await resolver.resolve("good.example", 80)] == ["8.8.8.8"]
    with pytest.raises(FileUnavailable):
        await resolver.resolve("bad.example", 80)
    await resolver.close()


async def test_the_connection_is_made_to_the_address_that_was_checked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads elsewhere the second time it is asked for: it is asked for once."""
    port, asked = URL(site.address).port, []

    def look_up(host: str, port: int, **_: object) -> list[object]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    given = settings(TEST_LINK_ADDRESS=f"site.test:{port}")
    web = await Web.open(given, Figures())
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert (await web.get(f"http://site.test:{port}/bytes/3", 10)).data == b"xxx"
    assert asked == ["site.test"]
    await web.close()


async def test_a_closed_pool_leaves_no_lookups_behind(site: Site) -> None:
    assert await trouble(site.web, "http://localhost/") is REFUSED
    assert any(thread.name.startswith("lookup") for thread in threading.enumerate())
    await site.web.close()
    async with asyncio.timeout(5):
        while any(thread.name.startswith("lookup") for thread in threading.enumerate()):
            await asyncio.sleep(0.01)


async def test_a_name_that_takes_long_is_given_up_and_leaves_the_loop_free(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    release = asyncio.Event()

    def look_up(*_: object, **__: object) -> list[object]:
        loop.call_soon_threadsafe(asked.set)
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result(10)
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    waiting = asyncio.create_task(trouble(site.web, "http://a.example/", seconds=0.3))
    async with asyncio.timeout(5):
        await asked.wait()
        assert (await site.web.get(f"{site.address}bytes/3", 10)).data == b"xxx"
        assert await waiting is FileTrouble.UNREACHABLE
    release.set()


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "gopher://a.example/",
        "//10.0.0.1/",
        "http://u@a.example/",
    ],
)
async def test_every_redirect_is_checked(site: Site, target: str) -> None:
    assert await trouble(site.web, str(URL(f"{site.address}to/x").with_query(url=target))) is REFUSED
    assert site.paths() == ["/to/x"]


async def test_a_redirect_to_another_port_of_this_machine_is_refused(site: Site) -> None:
    async with open_site() as other:
        url = URL(f"{site.address}to/x").with_query(url=f"{other.address}bytes/3")
        assert await trouble(site.web, str(url)) is REFUSED
        assert other.seen == []


async def test_five_redirects_are_followed_and_no_more(site: Site) -> None:
    fetched = await site.web.get(f"{site.address}hops/5", 10)
    assert (fetched.data, fetched.url) == (b"x", f"{site.address}bytes/1")
    assert await trouble(site.web, f"{site.address}hops/6") is FileTrouble.UNREACHABLE


async def test_a_loop_of_redirects_ends(site: Site) -> None:
    assert await trouble(site.web, f"{site.address}circle") is FileTrouble.UNREACHABLE
    assert site.paths() == ["/circle"] * 6


@pytest.mark.parametrize("location", ["http://[broken/", "http://a.example:99999/", "\\\\"])
async def test_a_broken_redirect_is_no_error(site: Site, location: str) -> None:
    url = URL(f"{site.address}to/x").with_query(url=location)
    assert await trouble(site.web, str(url)) in {FileTrouble.UNREACHABLE, REFUSED, FileTrouble.GONE}


@pytest.mark.parametrize(
    "url", ["", "http://", "http://[", "http://a\\\\@b/", "\0", "http://a b/", "http://a.example:0/"]
)
async def test_what_is_no_address_is_refused(site: Site, url: str) -> None:
    assert await trouble(site.web, url) in {FileTrouble.UNREACHABLE, REFUSED}


# What it gives


async def test_what_is_there_is_given_with_the_servers_word_for_it(site: Site) -> None:
    fetched = await site.web.get(f"{site.address}bytes/1000", 1_000)
    assert (len(fetched.data), fetched.media_type) == (1_000, "image/png")


async def test_only_get_is_sent_and_nothing_about_us(site: Site) -> None:
    for _ in range(2):
        await site.web.get(f"{site.address}slow/0", 10)
    assert {request.method for request in site.seen} == {"GET"}
    for request in site.seen:
        assert not {"Authorization", "Cookie", "Referer"} & set(request.headers)
        assert request.headers["User-Agent"].startswith("Threadwell")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *((401, FileTrouble.DENIED), (403, FileTrouble.DENIED), (404, FileTrouble.GONE), (410, FileTrouble.GONE)),
        *((429, FileTrouble.UNREACHABLE), (500, FileTrouble.UNREACHABLE), (304, FileTrouble.UNREACHABLE)),
    ],
)
async def test_a_refusal_is_named_and_not_repeated(site: Site, status: int, expected: FileTrouble) -> None:
    assert await trouble(site.web, f"{site.address}status/{status}") is expected
    assert len(site.seen) == 1


async def test_a_passing_failure_is_repeated(site: Site) -> None:
    site.statuses = [502, 503, 504]
    assert (await site.web.get(f"{site.address}passing", 100)).data == b"back again"
    assert len(site.seen) == 4


async def test_repeats_end(site: Site) -> None:
    site.statuses = [503] * 10
    assert await trouble(site.web, f"{site.address}passing") is FileTrouble.UNREACHABLE
    assert len(site.seen) == 4


async def test_a_cut_answer_is_repeated_and_never_given_in_part(site: Site) -> None:
    assert await trouble(site.web, f"{site.address}cut") is FileTrouble.UNREACHABLE
    assert len(site.seen) == 4


async def test_repeats_keep_within_the_time(site: Site) -> None:
    site.statuses = [503] * 10
    assert await trouble(site.web, f"{site.address}passing", seconds=0.05) is FileTrouble.UNREACHABLE
    assert len(site.seen) == 1


# How much, how long


async def test_what_is_too_large_is_not_read(site: Site) -> None:
    assert await trouble(site.web, f"{site.address}bytes/1001") is FileTrouble.TOO_LARGE


@pytest.mark.parametrize("kind", ["endless", "packed_nothing", "packed/1001", "packed/50000000"])
async def test_an_endless_or_packed_answer_ends_at_the_limit(site: Site, kind: str) -> None:
    async with asyncio.timeout(10):
        assert await trouble(site.web, f"{site.address}{kind}") is FileTrouble.TOO_LARGE


async def test_a_packed_answer_is_unpacked(site: Site) -> None:
    assert (await site.web.get(f"{site.address}packed/700000", 1_000_000)).data == bytes(700_000)


async def test_an_unknown_packing_is_not_taken(site: Site) -> None:
    assert await trouble(site.web, f"{site.address}brotli") is FileTrouble.UNREACHABLE


async def test_an_answer_that_takes_too_long_is_given_up(site: Site) -> None:
    async with asyncio.timeout(5):
        assert await trouble(site.web, f"{site.address}slow/30", seconds=0.2) is FileTrouble.UNREACHABLE


async def test_proxies_of_the_environment_are_not_asked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_site() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address)
        monkeypatch.delenv("no_proxy", raising=False)
        assert (await site.web.get(f"{site.address}bytes/3", 10)).data == b"xxx"
        assert proxy.seen == []


async def test_a_cancelled_fetch_leaves_its_place_to_others() -> None:
    async with open_site() as site:
        port = URL(site.address).port
        web = await Web.open(settings(HTTP_POOL_MAXSIZE="1", TEST_LINK_ADDRESS=f"127.0.0.1:{port}"), Figures())
        holding = asyncio.create_task(web.get(f"{site.address}slow/30", 10))
        while not site.seen:
            await asyncio.sleep(0.01)
        assert await trouble(web, f"{site.address}bytes/3", seconds=0.1) is FileTrouble.UNREACHABLE
        holding.cancel()
        await asyncio.wait([holding])
        assert (await web.get(f"{site.address}bytes/3", 10)).data == b"xxx"
        await web.close()


async def test_connections_are_counted(site: Site) -> None:
    for _ in range(3):
        await site.web.get(f"{site.address}bytes/3", 10)
    assert site.figures.snapshot() == {"connections_opened{pool=links}": 1, "connections_reused{pool=links}": 2}


async def test_a_host_that_is_not_there_is_unreachable() -> None:
    web = await Web.open(settings(TEST_LINK_ADDRESS="127.0.0.1:9", HTTP_MAX_RETRIES="1"), Figures())
    assert await trouble(web, "http://127.0.0.1:9/") is FileTrouble.UNREACHABLE
    await web.close()
    with pytest.raises((RuntimeError, aiohttp.ClientError, FileUnavailable)):
        await web.get("http://127.0.0.1:9/", 10)


async def test_five_links_take_less_than_twice_one(site: Site) -> None:
    async def timed(count: int) -> float:
        began = time.monotonic()
        urls = [f"{site.address}slow/{PAUSE}?{number}" for number in range(count)]
        found = await asyncio.gather(*(site.web.get(url, 1_000) for url in urls))
        assert [each.data for each in found] == [b"slow"] * count
        return time.monotonic() - began

    await timed(1)
    one = await timed(1)
    assert await timed(5) < 2 * one
