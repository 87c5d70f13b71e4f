"""The threaded mode (USE_ASYNC_MODE=false): the classical Bolt App in front of the very same core.

Bolt's threads only carry payloads to the core on the loop and wait until they are stored. Turns have a pool of their
own, so that Bolt's few listener threads are always free for commands, clicks and submissions.
"""

import asyncio
import concurrent.futures
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request import BoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk import WebClient

from base_client import ThreadKey
from slack_client.event_handlers.registration import Intake, acknowledge_the_rest, is_event, retry_number

_MARGIN = 1.0
"""Seconds a thread waits longer for the loop than the loop's own deadline allows."""


class ThreadedTurns:
    """Runs each turn on a worker of its own that waits for the core; the runner of the threaded mode."""

    def __init__(self, workers: int, direct_channels: Sequence[str], deadline: float) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="turn")
        self._direct = frozenset(direct_channels)
        self._deadline = deadline
        self._loop = asyncio.get_running_loop()

    async def run(self, thread: ThreadKey, turn: Callable[[], Awaitable[None]]) -> None:
        """One turn, begun when a worker has taken it; at once in the channels that need none."""
        if thread.channel in self._direct:
            await turn()
            return
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


def _set(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


class ThreadedSocket:
    """Implements `sockets.Socket` over the SDK's threaded client; its blocking calls go through a thread."""

    def __init__(self, app: App, app_token: str, ping_interval: float, direct: bool) -> None:
        self._client = SocketModeHandler(app, app_token, ping_interval=ping_interval).client
        if direct:
            self._client.proxy = None

    async def connected(self) -> bool:
        return self._client.is_connected()

    async def renew(self) -> None:
        # The SDK waits five seconds for its lock and then goes on without it, which leaves a socket that nobody reads.
        if not self._client.connect_operation_lock.locked():
            await asyncio.to_thread(self._client.connect_to_new_endpoint, force=True)

    async def close(self) -> None:
        await asyncio.to_thread(self._client.close)


def build_app(client: WebClient, authorization: AuthorizeResult, intake: Intake, deadline: float) -> App:
    """The Bolt app: its threads hand every event to the intake on the running loop and wait for it."""
    loop = asyncio.get_running_loop()

    def authorize(**_: object) -> AuthorizeResult:
        return authorization

    def take_in(req: BoltRequest, next_: Callable[[], None]) -> BoltResponse | None:
        if not is_event(req.body):
            next_()
            return None
        stored = asyncio.run_coroutine_threadsafe(intake.take(req.body, retry_number(req.headers)), loop)
        stored.result(timeout=deadline + _MARGIN)
        return BoltResponse(status=200, body="")

    app = App(
        client=client,
        name="threadwell",
        authorize=authorize,
        before_authorize=take_in,
        process_before_response=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )

    def acknowledge(ack: Callable[[], BoltResponse]) -> None:
        ack()

    acknowledge_the_rest(app, acknowledge)
    return app


def build_sockets(app: App, app_token: str, ping_interval: float, count: int, direct: bool) -> Sequence[ThreadedSocket]:
    """Sockets of the app, not yet open; `direct` ones ignore proxies."""
    return [ThreadedSocket(app, app_token, ping_interval, direct) for _ in range(count)]
