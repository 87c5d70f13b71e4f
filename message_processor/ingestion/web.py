"""The shared HTTP pool for links and the platform's files: GET only, bounded in size, time and reach.

A public address is asked under no circumstances where it leads into this machine or its network: every address of a
chain of redirects is checked, and the connection is made to the very addresses that were looked up and checked.
"""

import asyncio
import random
import socket
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from base_client import FileTrouble, FileUnavailable, Observer
from config import Settings
from connections import counting

Guard = Callable[[URL], None]
"""Raises FileUnavailable for an address that must not be asked; it sees every address of a chain of redirects."""

_REDIRECTS = {301, 302, 303, 307, 308}
_MOST_REDIRECTS = 5
_PASSING = {502, 503, 504}
_TROUBLES = {401: FileTrouble.DENIED, 403: FileTrouble.DENIED, 404: FileTrouble.GONE, 410: FileTrouble.GONE}
_PORTS = {80, 443, 8080, 8443}
_LINK_SECONDS = 30.0
_FIRST_PAUSE = 0.2
_PIECE = 65_536
_UNPACKED = 262_144
_OVERHEAD = 65_536
_LOOKUPS = 8
_HEADERS = {
    "User-Agent": "Threadwell (reads links for people)",
    "Accept-Encoding": "gzip",
}

_REFUSED_V4 = tuple(map(ip_network, ("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24")))
_GLOBAL_V6 = ip_network("2000::/3")
# Within the global space: IETF's own (with Teredo), documentation, 6to4 that holds an IPv4 address.
_REFUSED_V6 = tuple(map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address belongs to the public internet, and holds no other address that may not."""
    if isinstance(address, IPv4Address):
        special = address.is_multicast or address.is_reserved or any(address in net for net in _REFUSED_V4)
        return address.is_global and not special
    inside = address in _GLOBAL_V6 and not any(address in net for net in _REFUSED_V6)
    return inside and address.is_global and address.scope_id is None


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host's name spells, in whatever form the system's own functions take; None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def _is_public_host(host: str) -> bool:
    """Whether a connection to the host may be tried; what names lead to is checked when they are looked up."""
    host = host.rstrip(".")
    literal = _literal(host)
    if literal is not None:
        return is_public(literal)
    # What looks like a number and is none would reach the system's resolver without ours.
    return bool(host) and host.isascii() and ":" not in host and not host.replace(".", "").isdigit()


def public_only(spared: tuple[str, int] | None = None) -> Guard:
    """Lets http and https through to public hosts, and to the one host and port that is `spared`."""

    def check(url: URL) -> None:
        host = url.raw_host or ""
        plain = url.scheme in {"http", "https"} and url.user is None and url.password is None
        if plain and ((host, url.port) == spared or (url.port in _PORTS and _is_public_host(host))):
            return
        raise FileUnavailable(FileTrouble.REFUSED_ADDRESS)

    return check


class PublicResolver(AbstractResolver):
    """Looks names up beside the loop and gives only public addresses; one that is not spoils the name.

    Its threads are its own, so that names that take long hold up nobody else's work.
    """

    def __init__(self, seconds: float, spared: tuple[str, int] | None = None) -> None:
        self._seconds = seconds
        self._spared = spared
        self._threads = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="lookup")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """See aiohttp. FileUnavailable where the name leads into a private network; OSError where it leads nowhere."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._seconds):
            found = await loop.run_in_executor(self._threads, _look_up, host, port, family)
        if (host, port) != self._spared and not all(_is_public_host(result["host"]) for result in found):
            raise FileUnavailable(FileTrouble.REFUSED_ADDRESS)
        return found

    async def close(self) -> None:
        """Let go of the threads; none is waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
    infos = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return [
        ResolveResult(
            hostname=host, host=str(address[0]), port=int(address[1]), family=kind, proto=protocol, flags=numeric
        )
        for kind, _, protocol, _, address in infos
    ]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave: `url` is the one that gave it, behind all redirects; `media_type` is the server's word."""

    data: bytes
    media_type: str
    url: str


@dataclass(frozen=True, slots=True)
class Platform:
    """Asks the platform instead of the public web: hosts that `guard` lets through get `headers`, nobody else does."""

    guard: Guard
    headers: Mapping[str, str] = field(repr=False)
    proxy: str | None = None


class _Passing(Exception):
    """An attempt failed in a way that the next one may not."""


class Web:
    """The pool: `open` it, `get`, `close` it."""

    def __init__(self, settings: Settings, observer: Observer) -> None:
        host, _, port = settings.TEST_LINK_ADDRESS.rpartition(":")
        spared = (host, int(port)) if host and port.isdecimal() else None
        self._retries = settings.HTTP_MAX_RETRIES
        self._places = asyncio.Semaphore(settings.HTTP_POOL_MAXSIZE)
        self._public = Platform(public_only(spared), {})
        self._resolver = PublicResolver(settings.HTTP_TIMEOUT, spared)
        self._public_session = _session(settings, observer, self._resolver)
        self._platform_session = _session(settings, observer, None)

    @classmethod
    async def open(cls, settings: Settings, observer: Observer) -> "Web":
        """The pool with the sizes and waits of the settings; needs the running loop."""
        return cls(settings, observer)

    async def close(self) -> None:
        """Close every connection."""
        await self._public_session.close()
        await self._platform_session.close()
        await self._resolver.close()

    async def get(
        self, url: str, limit: int, platform: Platform | None = None, *, seconds: float = _LINK_SECONDS
    ) -> Fetched:
        """What is at a public address, or one of the platform: `limit` bytes at most, within `seconds` in all.

        FileUnavailable. Nothing is sent but the address, and the platform's headers to the platform.
        """
        try:
            async with asyncio.timeout(seconds), self._places:
                return await self._through_faults(url, limit, platform)
        except TimeoutError:
            raise FileUnavailable(FileTrouble.UNREACHABLE) from None

    async def _through_faults(self, url: str, limit: int, platform: Platform | None) -> Fetched:
        for attempt in range(self._retries + 1):
            if attempt:
                longest = _FIRST_PAUSE * 2 ** (attempt - 1)
                await asyncio.sleep(random.uniform(longest / 2, longest))  # noqa: S311  spreads repeats
            try:
                return await self._follow(url, limit, platform)
            except _Passing:
                continue
            except (aiohttp.InvalidURL, aiohttp.ClientResponseError, ValueError):
                break  # nothing that another attempt would change
            except (aiohttp.ClientError, TimeoutError, OSError):
                continue
        raise FileUnavailable(FileTrouble.UNREACHABLE)

    async def _follow(self, url: str, limit: int, platform: Platform | None) -> Fetched:
        session = self._public_session if platform is None else self._platform_session
        way = platform or self._public
        address = URL(url)
        for _ in range(_MOST_REDIRECTS + 1):
            way.guard(address)
            async with session.get(address, allow_redirects=False, headers=way.headers, proxy=way.proxy) as response:
                onward = response.headers.get("Location")
                if response.status not in _REDIRECTS or not onward:
                    return await _taken(response, limit)
            address = address.join(URL(onward))
        raise FileUnavailable(FileTrouble.UNREACHABLE)


def _session(settings: Settings, observer: Observer, resolver: AbstractResolver | None) -> aiohttp.ClientSession:
    """A session without cookies, without the environment's proxies, and without aiohttp's unbounded unpacking."""
    connector = aiohttp.TCPConnector(
        limit=settings.HTTP_POOL_MAXSIZE, limit_per_host=settings.HTTP_POOL_CONNECTIONS, resolver=resolver
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=_HEADERS,
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=settings.HTTP_TIMEOUT, sock_read=settings.HTTP_TIMEOUT),
        trace_configs=[counting(observer, "links")],
    )


async def _taken(response: aiohttp.ClientResponse, limit: int) -> Fetched:
    if response.status in _PASSING:
        raise _Passing
    if not 200 <= response.status < 300:
        raise FileUnavailable(_TROUBLES.get(response.status, FileTrouble.UNREACHABLE))
    if (response.content_length or 0) > limit:
        raise FileUnavailable(FileTrouble.TOO_LARGE)
    data = bytearray()
    async for piece in _pieces(response, limit):
        data += piece
        if len(data) > limit:
            raise FileUnavailable(FileTrouble.TOO_LARGE)
    return Fetched(bytes(data), response.content_type, str(response.url))


async def _pieces(response: aiohttp.ClientResponse, limit: int) -> AsyncIterator[bytes]:
    """The body as it comes, unpacked a little at a time, so that a small body never grows large at once."""
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
        raise FileUnavailable(FileTrouble.UNREACHABLE)
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32) if coding not in {"", "identity"} else None
    received = 0
    async for piece in response.content.iter_chunked(_PIECE):
        received += len(piece)
        if received > limit + _OVERHEAD:  # a packed body may be endless and unpack to nothing
            raise FileUnavailable(FileTrouble.TOO_LARGE)
        if unpacker is None:
            yield piece
            continue
        rest = piece
        while rest and not unpacker.eof:
            try:
                yield unpacker.decompress(rest, _UNPACKED)
            except zlib.error:
                raise FileUnavailable(FileTrouble.UNREACHABLE) from None
            rest = unpacker.unconsumed_tail
            await asyncio.sleep(0)
