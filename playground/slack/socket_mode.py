"""Socket Mode: tickets, connections, and envelopes that are sent again until they are acknowledged."""

import asyncio
import json
import secrets
import uuid
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from playground.slack.changes import Changes
from playground.slack.clock import Clock
from playground.slack.connection import Connection
from playground.slack.delivering import Heard
from playground.slack.faults import Faults
from playground.slack.journal import Envelope, Journal
from playground.slack.wire import Json, JsonObject

MAX_CONNECTIONS = 10
MAX_WAITING = 10_000
CONNECTION_SECONDS = 18_060


@dataclass(slots=True)
class _Parcel:
    """One event on its way, over all its deliveries."""

    payload: JsonObject
    kind: str
    accepts_response: bool
    heard: Heard | None = None
    attempt: int = 0
    envelopes: list[str] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None

    def tell(self, *, acknowledged: bool, payload: Json = None) -> None:
        """Say once what became of it."""
        heard, self.heard = self.heard, None
        if heard is not None:
            heard(acknowledged, payload)


class SocketMode:
    """All sockets of the app. Each envelope goes to one of the live ones, in turn.

    Events that come while no socket is open wait, at most 10,000 of them, and are sent to the next one that opens.
    """

    def __init__(self, app_id: str, faults: Faults, changes: Changes, clock: Clock) -> None:
        self.envelopes: Journal[Envelope] = Journal()
        self.connections: list[Connection] = []
        self.opened = 0
        """WebSocket connections opened so far."""
        self.lost = 0
        """Events given up: never acknowledged, or too many waiting for a socket."""
        self.base_url = ""
        self._app_id = app_id
        self._faults = faults
        self._changes = changes
        self._clock = clock
        self._tickets: set[str] = set()
        self._waiting: deque[_Parcel] = deque()
        self._unacked: dict[str, tuple[Envelope, _Parcel]] = {}
        self._lingering: set[Connection] = set()
        self._turn = 0

    def new_url(self) -> str:
        """An address with a ticket that opens one connection."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return f"{self.base_url}?ticket={ticket}&app_id={self._app_id}"

    # -- connections -------------------------------------------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """A WebSocket handshake, and then the connection until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403, text="unknown or used ticket")
        self._tickets.discard(ticket)
        if self._faults.take("burnt_tickets"):
            return web.Response(status=500, text="internal error")
        socket = web.WebSocketResponse(autoping=False, autoclose=False, timeout=1.0)
        await socket.prepare(request)
        self.opened += 1
        connection = Connection(self.opened, socket, request.transport)
        try:
            await self._serve(connection)
        finally:
            if connection in self.connections:
                self.connections.remove(connection)
            self._changes.wake()
            if connection.silent:
                await self._linger(connection)
            await connection.close()
        return socket

    async def _serve(self, connection: Connection) -> None:
        if len(self.connections) >= MAX_CONNECTIONS:
            connection.disconnect("too_many_websockets")
            return
        self.connections.append(connection)
        connection.send(json.dumps(self._hello()))
        while self._waiting and self._live():
            self._send(self._waiting.popleft())
        self._changes.wake()
        async for message in connection.socket:
            await self._receive(connection, message)

    def _hello(self) -> JsonObject:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {
                "host": "playground",
                "build_number": 1,
                "approximate_connection_time": CONNECTION_SECONDS,
            },
            "connection_info": {"app_id": self._app_id},
        }

    async def _receive(self, connection: Connection, message: WSMessage) -> None:
        if self._is_silent(connection):
            return
        if message.type is WSMsgType.PING:
            with suppress(ConnectionError):  # it was cut meanwhile
                await connection.socket.pong(message.data)
        elif message.type is WSMsgType.TEXT:
            self._acknowledge(message.data)

    def _is_silent(self, connection: Connection) -> bool:
        if self._faults.half_open:
            connection.silent = True
        return connection.silent

    async def _linger(self, connection: Connection) -> None:
        """The client left a half-open socket: it must not even see its close answered."""
        self._lingering.add(connection)
        try:
            await connection.linger()
        finally:
            self._lingering.discard(connection)

    def freeze(self, number: int | None = None) -> None:
        """Make one open connection half-open, or all of them: it stays open and is dead."""
        for connection in self._chosen(number):
            connection.silent = True

    def disconnect(self, reason: str = "refresh_requested", number: int | None = None) -> None:
        """Ask the client to leave one connection, or all of them."""
        for connection in self._chosen(number):
            connection.disconnect(reason)

    def cut(self, number: int | None = None) -> None:
        """Cut the TCP connection below a socket, or below all of them."""
        for connection in self._chosen(number):
            connection.abort()

    def send_frame(self, text: str) -> None:
        """Send a frame as it is on one live connection, be it JSON or not."""
        if live := self._live():
            live[0].send(text)

    def _chosen(self, number: int | None) -> list[Connection]:
        return [connection for connection in self.connections if number in (None, connection.number)]

    def _live(self) -> list[Connection]:
        return [connection for connection in self.connections if not connection.leaving]

    # -- deliveries --------------------------------------------------------------------------------------------------

    def deliver(
        self,
        payload: JsonObject,
        kind: str = "events_api",
        *,
        accepts_response: bool = False,
        heard: Heard | None = None,
    ) -> None:
        """Send the payload in an envelope; an event is sent again, up to three times, until it is acknowledged.

        Everything else is sent once, and is lost where no socket is open.
        """
        parcel = _Parcel(payload, kind, accepts_response, heard)
        if self._faults.take("late_deliveries"):
            asyncio.get_running_loop().call_later(self._faults.late_seconds, self._send, parcel)
            return
        if self._faults.take("duplicate_deliveries"):
            self._send(_Parcel(payload, kind, accepts_response))
        self._send(parcel)

    def _send(self, parcel: _Parcel) -> None:
        live = self._live()
        if not live:
            self._keep(parcel)
            return
        self._turn += 1
        connection = live[self._turn % len(live)]
        if self._faults.take("disconnects_in_flight"):
            connection.disconnect("warning")
        envelope = self._envelope(parcel, connection.number)
        self.envelopes.add(envelope)
        self._unacked[envelope.envelope_id] = (envelope, parcel)
        parcel.envelopes.append(envelope.envelope_id)
        loop = asyncio.get_running_loop()
        parcel.timer = loop.call_later(self._faults.ack_timeout, self._undelivered, parcel)
        if not self._is_silent(connection):
            connection.send(_frame(envelope, parcel))

    def _keep(self, parcel: _Parcel) -> None:
        if parcel.kind != "events_api" or len(self._waiting) >= MAX_WAITING:
            self._lose(parcel)
            return
        self._waiting.append(parcel)

    def _lose(self, parcel: _Parcel) -> None:
        self.lost += 1
        parcel.tell(acknowledged=False)
        self._changes.wake()

    def _envelope(self, parcel: _Parcel, connection: int) -> Envelope:
        payload = parcel.payload
        event = payload.get("event")
        details = event if isinstance(event, dict) else payload
        return Envelope(
            str(uuid.uuid4()),
            str(payload.get("event_id", "")),
            parcel.kind,
            str(details.get("type", "")),
            str(details.get("ts", "")),
            parcel.attempt,
            connection,
            self._clock.monotonic(),
        )

    def _undelivered(self, parcel: _Parcel) -> None:
        pauses = self._faults.retry_pauses
        if parcel.kind != "events_api" or parcel.attempt >= len(pauses):
            self._settle(parcel)
            self._lose(parcel)
            return
        pause = pauses[parcel.attempt]
        parcel.attempt += 1
        parcel.timer = asyncio.get_running_loop().call_later(pause, self._send, parcel)

    def _acknowledge(self, text: str) -> None:
        try:
            answer: Json = json.loads(text)
        except ValueError:
            return
        if not isinstance(answer, dict):
            return
        found = self._unacked.get(str(answer.get("envelope_id", "")))
        if found is None or self._faults.take("ignored_acks"):
            return
        envelope, parcel = found
        envelope.acked_at = self._clock.monotonic()
        envelope.ack_payload = answer.get("payload")
        self._settle(parcel)
        parcel.tell(acknowledged=True, payload=envelope.ack_payload)
        self._changes.wake()

    def _settle(self, parcel: _Parcel) -> None:
        if parcel.timer is not None:
            parcel.timer.cancel()
        for envelope_id in parcel.envelopes:
            self._unacked.pop(envelope_id, None)

    async def stop(self) -> None:
        """Close every connection. What is not acknowledged waits for the first one after a restart."""
        for parcel in {id(parcel): parcel for _, parcel in self._unacked.values()}.values():
            self._settle(parcel)
            self._keep(parcel)
        async with asyncio.TaskGroup() as group:
            for connection in (*self.connections, *self._lingering):
                if connection.silent:
                    connection.abort()
                group.create_task(connection.close(WSCloseCode.GOING_AWAY))


def _frame(envelope: Envelope, parcel: _Parcel) -> str:
    frame: JsonObject = {
        "envelope_id": envelope.envelope_id,
        "type": parcel.kind,
        "accepts_response_payload": parcel.accepts_response,
        "payload": parcel.payload,
    }
    if parcel.kind == "events_api":
        frame |= {"retry_attempt": parcel.attempt, "retry_reason": "timeout" if parcel.attempt else ""}
    return json.dumps(frame)
