"""Sends a prepared answer over HTTP at the pace of the knobs, with the fault they ask for."""

import asyncio
import socket
import struct
from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum

from aiohttp import web

from playground.model.journal import ModelCall, Outcome
from playground.model.knobs import Knobs
from playground.model.pace import PACKET_SECONDS, due_times, duration
from playground.model.script import Frames, Json, Numbering, Script, encode

FOREVER = 3_600.0  # seconds; no call and no fault lasts longer
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, zero seconds
_BEFORE_RESET = 0.02  # seconds in which the client reads what was sent, before the reset overtakes it
_DOCUMENT_CHUNKS = 20  # an answer in one piece takes the time that a stream of so many chunks would


class Fault(Enum):
    """What goes wrong in the middle of an answer."""

    STALL = "stall"
    DROP = "drop"
    TRUNCATE = "truncate"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Plan:
    """The one fault of an answer and the number of chunks before it."""

    fault: Fault
    after: int


def planned_fault(knobs: Knobs) -> Plan | None:
    """The earliest fault that the knobs ask for."""
    wanted = {
        Fault.STALL: knobs.stall_after_chunks,
        Fault.DROP: knobs.drop_after_chunks,
        Fault.TRUNCATE: knobs.truncate_after_chunks,
        Fault.MALFORMED: knobs.malformed_after_chunks,
    }
    plans = [Plan(fault, after) for fault, after in wanted.items() if after is not None]
    return min(plans, key=lambda plan: plan.after, default=None)


def reset(request: web.Request) -> None:
    """Break the TCP connection so that the client sees a reset, not an end."""
    if (transport := request.transport) is None:
        return
    if (raw := transport.get_extra_info("socket")) is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()


async def send_document(request: web.Request, document: Json, knobs: Knobs, call: ModelCall) -> web.StreamResponse:
    """Send the answer as one JSON text after the time that it takes; a fault spoils it."""
    await asyncio.sleep(duration(knobs, _DOCUMENT_CHUNKS))
    plan = planned_fault(knobs)
    body = encode(document)
    if plan is not None:
        body = body[: len(body) // 2]
        await asyncio.sleep(FOREVER if plan.fault is Fault.STALL else 0)
    response = web.Response(body=body, content_type="application/json")
    await response.prepare(request)
    call.status = response.status
    await _end(request, response, call, plan)
    return response


async def send_stream(request: web.Request, script: Script, knobs: Knobs, call: ModelCall) -> web.StreamResponse:
    """Send the answer as events. A client that closes fails a write or cancels this."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
    await response.prepare(request)
    call.status = response.status
    stream = _Stream(response, script, knobs, call)
    plan = planned_fault(knobs)
    if plan is None:
        await stream.send(len(script.chunks), script.tail)
    else:
        await stream.send(min(plan.after, len(script.chunks)), ())
        await stream.break_off(plan.fault)
    await _end(request, response, call, plan)
    return response


async def _end(request: web.Request, response: web.StreamResponse, call: ModelCall, plan: Plan | None) -> None:
    call.outcome = Outcome.COMPLETED if plan is None else Outcome.FAULT
    if plan is not None and plan.fault is Fault.DROP:
        reset(request)
    else:
        await response.write_eof()


class _Stream:
    """Writes a script; several frames that are due share a packet."""

    def __init__(self, response: web.StreamResponse, script: Script, knobs: Knobs, call: ModelCall) -> None:
        self._response = response
        self._script = script
        self._knobs = knobs
        self._call = call
        self._numbering = Numbering(script.numbered)
        self._clock = asyncio.get_running_loop().time

    async def send(self, count: int, tail: Frames) -> None:
        """The head, the first `count` chunks at their times, and `tail`."""
        started = self._clock()
        due = due_times(self._knobs, len(self._script.chunks))[:count]
        share = PACKET_SECONDS if self._knobs.total_seconds else 0.0
        frames = self._script.head
        sent = 0
        while sent < count:
            if (pause := started + due[sent] - self._clock()) > 0:
                await self._write(frames)
                frames = ()
                await self._silence(pause)
            elapsed = self._clock() - started
            ready = bisect_right(due, elapsed + share)
            if ready == count and due[-1] > elapsed:
                ready -= 1  # the last chunk is never early: it makes the length of the call
            ready = max(sent + 1, ready)
            frames += tuple(frame for chunk in self._script.chunks[sent:ready] for frame in chunk)
            self._call.chunks_sent = sent = ready
        await self._write(frames + tail)

    async def break_off(self, fault: Fault) -> None:
        """What the fault puts on the wire, apart from the end of the connection."""
        if fault is Fault.STALL:
            await self._silence(FOREVER)
        elif fault is Fault.MALFORMED:
            await self._response.write(self._script.malformed)
        elif fault is Fault.DROP:
            await asyncio.sleep(_BEFORE_RESET)

    async def _write(self, frames: Frames) -> None:
        if frames:
            await self._response.write(self._numbering.finish(frames))

    async def _silence(self, seconds: float) -> None:
        """Wait, with a keepalive now and then if the knobs say so."""
        every = self._knobs.keepalive_seconds
        until = self._clock() + seconds
        while every and until - self._clock() > every:
            await asyncio.sleep(every)
            await self._write((self._script.keepalive,))
        await asyncio.sleep(max(0.0, until - self._clock()))
