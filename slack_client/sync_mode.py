"""The threaded mode (USE_ASYNC_MODE=false): the classical Bolt App in front of the very same core.

The SDK's threads only carry payloads to the core on the loop and wait until they may be acknowledged. Turns have a pool
of their own.
"""

import asyncio
import concurrent.futures
import math
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from weakref import WeakValueDictionary

from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware import Middleware
from slack_bolt.request import BoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk import WebClient

from base_client import MODE, ThreadKey
from slack_client.event_handlers.registration import BOLT_NAME, Reception, acknowledgement

_MARGIN = 1.0
"""Seconds a thread waits longer for the loop than the loop's own deadline allows."""

_CONCURRENCY = 100
"""Payloads of one socket at a time. An event holds its thread until it is stored: the SDK's ten threads, all waiting
for a slow store, would make a command wait behind them until its three seconds are over."""


class ThreadedTurns:
    """Runs each turn on a worker of its own that waits for the core; the runner of the threaded mode.

    Of every five workers one is out of reach for anybody who has the others: nobody's questions hold up everyone else.
    """

    def __init__(self, workers: int, direct_channels: Sequence[str], deadline: float) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="turn")
        self._share = max(1, workers - math.ceil(workers / 5))
        # By author; each lives while a turn of theirs has a worker or wants one.
        self._shares = WeakValueDictionary[str, asyncio.Semaphore]()
        self._direct = frozenset(direct_channels)
        self._deadline = deadline
        self._loop = asyncio.get_running_loop()

    async def run(self, thread: ThreadKey, author: str, turn: Callable[[], Awaitable[None]]) -> None:
        """One turn, begun when a worker has taken it; at once in the channels that need none."""
        if thread.channel in self._direct:
            MODE.set("async")  # in this lane's task, which serves no other channel
            await turn()
            return
        share = self._shares.get(author) or asyncio.Semaphore(self._share)
        self._shares[author] = share
        async with share:
            await self._on_a_worker(turn)

    async def _on_a_worker(self, turn: Callable[[], Awaitable[None]]) -> None:
        taken: asyncio.Future[None] = self._loop.create_future()
        done = concurrent.futures.Future[None]()
        worker = self._pool.submit(self._hold_worker, taken, done)
        try:
            await taken
            await turn()
        finally:
            worker.cancel()
            if not done.done():
                done.set_result(None)

    def _hold_worker(self, taken: "asyncio.Future[None]", done: "concurrent.futures.Future[None]") -> None:
        """In the worker's thread: let the turn begin, and stay taken until it has ended."""
        self._loop.call_soon_threadsafe(_set, taken)
        done.result(timeout=self._deadline)

    def close(self) -> None:
        """Let go of the workers; none of them is waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _set(future: "asyncio.Future[None]", error: Exception | None = None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)


async def _beside(work: Callable[[], object]) -> None:
    """Wait for blocking work of the SDK, done in a thread of its own.

    The SDK sleeps in there for as long as Slack's Retry-After says; the loop's own threads would hold up the end of the
    process until then.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def run() -> None:
        error: Exception | None = None
        try:
            work()
        except Exception as raised:
            error = raised
        with suppress(RuntimeError):  # the loop is closed already: nobody waits any more
            loop.call_soon_threadsafe(_set, done, error)

    threading.Thread(target=run, name="socket", daemon=True).start()
    await done


class ThreadedSocket:
    """Implements `sockets.Socket` over the SDK's threaded client."""

    def __init__(self, app: App, app_token: str, ping_interval: float, direct: bool) -> None:
        self._client = SocketModeHandler(app, app_token, ping_interval=ping_interval, concurrency=_CONCURRENCY).client
        if direct:
            self._client.proxy = None

    async def connected(self) -> bool:
        return self._client.is_connected()

    async def renew(self) -> None:
        # The SDK waits five seconds for its lock and then goes on without it, which leaves a socket that nobody reads.
        if not self._client.connect_operation_lock.locked():
            await _beside(partial(self._client.connect_to_new_endpoint, force=True))

    async def close(self) -> None:
        await _beside(self._client.close)


class TakeIn(Middleware):
    """Hands every payload to the reception, on the loop it was made in, waits for it, and answers with what it gives.

    A class, because Bolt prepares a function's arguments first, and chokes there on an event that is no object.
    """

    def __init__(self, reception: Reception, deadline: float) -> None:
        self._reception = reception
        self._patience = deadline + _MARGIN
        self._loop = asyncio.get_running_loop()

    def process(self, *, req: BoltRequest, resp: BoltResponse, next: Callable[[], BoltResponse]) -> BoltResponse | None:
        taking = asyncio.run_coroutine_threadsafe(self._reception.take(req.body, req.headers), self._loop)
        return acknowledgement(taking.result(self._patience))


def build_app(client: WebClient, authorization: AuthorizeResult, reception: Reception, deadline: float) -> App:
    """The Bolt app: its threads hand every payload to the reception on the running loop and wait for it."""

    def authorize(**_: object) -> AuthorizeResult:
        return authorization

    return App(
        client=client,
        name=BOLT_NAME,
        authorize=authorize,
        before_authorize=TakeIn(reception, deadline),
        process_before_response=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )


def build_sockets(app: App, app_token: str, ping_interval: float, count: int, direct: bool) -> Sequence[ThreadedSocket]:
    """Sockets of the app, not yet open; `direct` ones ignore proxies."""
    return [ThreadedSocket(app, app_token, ping_interval, direct) for _ in range(count)]
