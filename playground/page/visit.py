"""One open page: what it asks for, and when it is told what changed."""

import asyncio
import json
import time
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from playground.page.deeds import Deeds
from playground.page.interactions import Interactions
from playground.page.mrkdwn import Names
from playground.page.panel import Panel
from playground.page.place import Place, settle
from playground.page.sight import Sight
from playground.slack.arguments import Arguments, read_object
from playground.slack.changes import Change, Subscription
from playground.slack.wire import SlackError

if TYPE_CHECKING:
    from playground.server import Playground

PAUSE = 0.06
"""Shortest time between two looks at what changed, in seconds; a stream changes far more often."""
REST = 4.0
"""How many times as long as its last rendering a visit rests, so that long answers stay cheap."""
TICK = 1.0
SEND_SECONDS = 10.0


class Visit:
    """Serves one WebSocket. What travels is JSON in both directions; `static/page.js` is the other side."""

    def __init__(self, playground: "Playground", socket: web.WebSocketResponse, names: Names) -> None:
        panel = Panel(playground)
        self._workspace = playground.workspace
        self._socket = socket
        self._sight = Sight(playground, panel, names)
        self._deeds = Deeds(self._workspace, panel, Interactions(self._workspace))
        self._changes: set[Change] = set()
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Until the page leaves."""
        with self._workspace.subscribe() as changes:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(work) for work in (self._collect(changes), self._push(), self._tick())]
                await self._read()
                for task in tasks:
                    task.cancel()

    # -- what comes --------------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                self._take(Arguments(read_object(message.data.encode())))
            except SlackError as refusal:
                self._sight.out.append({"op": "notice", "text": _line(refusal)})
            self._news.set()

    def _take(self, asked: Arguments) -> None:
        place = self._sight.place
        if asked.text("do") == "look":
            self._go(settle(self._workspace, asked.text("person"), asked.text("channel"), asked.text("thread")))
        elif place is not None and asked.text("do") == "post":
            self._post(place, asked)
        elif place is not None:
            # Whatever comes of it, a window that waits for an answer is told.
            self._sight.forget_window()
            self._deeds.do(place, asked)

    def _go(self, place: Place) -> None:
        before = self._sight.place
        self._sight.go(place)
        if place.channel.kind != "im" or (before is not None and before.opened == place.opened):
            return
        opened = self._workspace.open_home if place.tab == "home" else self._workspace.open_messages
        opened(place.person.id)

    def _post(self, place: Place, asked: Arguments) -> None:
        where = asked.text("where")
        try:
            self._sight.out.append({"op": "posted", "where": where, **self._deeds.post(place, asked)})
        except SlackError as refusal:
            # The text goes back into the composer: nothing that was typed is lost.
            self._sight.out.append(
                {"op": "refused", "where": where, "text": asked.text("text"), "reason": _line(refusal)}
            )

    async def _collect(self, changes: Subscription) -> None:
        while True:
            change = await changes.get()  # first, because the set is another one after the wait
            self._changes.add(change)
            self._news.set()

    async def _tick(self) -> None:
        """Some things end by themselves: a status line, a knob's count, a bot's connection."""
        while True:
            await asyncio.sleep(TICK)
            self._news.set()

    # -- what goes ---------------------------------------------------------------------------------------------------

    async def _push(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            changes, self._changes = self._changes, set()
            began = time.monotonic()
            self._sight.look(changes)
            spent = time.monotonic() - began
            await self._send()
            await asyncio.sleep(max(PAUSE, REST * spent))

    async def _send(self) -> None:
        out, self._sight.out = self._sight.out, []
        if not out or self._socket.closed:
            return
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._socket.send_str(json.dumps(out))
        except ConnectionError:
            pass  # the reader sees the end too
        except TimeoutError:
            await self._socket.close()


def _line(refusal: SlackError) -> str:
    return (refusal.messages[0] if refusal.messages else refusal.code).replace("_", " ")
