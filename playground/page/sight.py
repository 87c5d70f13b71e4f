"""What one visitor sees, and the smallest messages that bring their page up to date."""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from playground.page import session, surroundings, view
from playground.page.message import MessageView
from playground.page.mrkdwn import Names
from playground.page.panel import Panel
from playground.page.place import Place, settle, writers
from playground.slack.changes import Change
from playground.slack.records import Ephemeral, Message
from playground.slack.wire import Json, JsonObject

if TYPE_CHECKING:
    from playground.server import Playground

SHOWN = 200
"""Newest messages of a channel or a thread that are shown, beside the first one."""


class Sight:
    """Collects messages for the page in `out`. Elements that are as they were sent last are left out."""

    def __init__(self, playground: "Playground", panel: Panel, names: Names) -> None:
        self.place: Place | None = None
        self.out: list[JsonObject] = []
        self._playground = playground
        self._workspace = playground.workspace
        self._panel = panel
        self._names = names
        self._unread: set[str] = set()
        self._sent: dict[str, str] = {}

    def go(self, place: Place) -> None:
        """Show another place, or the same one to a page that has just been loaded."""
        before, self.place = self.place, place
        self._unread.discard(place.channel.id)
        self._tell_place(place)
        self._fill("hint", surroundings.hint(place, offline_model=not self._playground.options.real_model_url))
        self._fill("knobs", self._panel.form())
        drawn = self._messages(place)
        if before is None or (before.person, before.channel) != (place.person, place.channel):
            self._show_channel(place, drawn)
        if before != place:
            self._show_thread(place, drawn)
        self._show_surroundings(place, drawn)

    def look(self, changes: Iterable[Change]) -> None:
        """Show what is different since the last look."""
        if (place := self.place) is None:
            return
        if any(change.kind == "lost" for change in changes):
            self.place = None
            self.go(settle(self._workspace, place.person.id, place.channel.id, place.inner))
            return
        drawn = self._messages(place)
        self._show_changes(changes, place, drawn)
        self._show_surroundings(place, drawn)

    def _messages(self, place: Place) -> MessageView:
        return MessageView(self._workspace, place, self._names)

    def _tell_place(self, place: Place) -> None:
        bot = self._workspace.person(self._workspace.identity.bot_user_id)
        present = [person for person in (bot, *writers(self._workspace)) if person.id in place.channel.members]
        people: Json = [{"name": person.real_name, "note": surroundings.standing(person)} for person in present]
        self.out.append(
            {
                "op": "place",
                "address": place.address,
                "person": place.person.id,
                "channel": place.channel.id,
                "thread": place.thread_ts,
                "title": surroundings.title(self._workspace, place.channel),
                "direct": place.channel.kind == "im",
                "people": people,
                "tab": place.tab,
                "commands": [
                    {"name": command.name, "note": " ".join((command.usage_hint, command.description)).strip()}
                    for command in self._workspace.commands
                ],
                "shortcuts": [
                    {"id": shortcut.callback_id, "name": shortcut.name} for shortcut in self._workspace.shortcuts
                ],
            }
        )

    # -- messages ----------------------------------------------------------------------------------------------------

    def _show_channel(self, place: Place, drawn: MessageView) -> None:
        shown = [message for message in place.channel.messages.values() if _in_channel(message)]
        self._show_all("c", shown, place, drawn)

    def _show_thread(self, place: Place, drawn: MessageView) -> None:
        self._show_all("t", self._workspace.thread(place.channel.id, place.thread_ts), place, drawn)

    def _show_all(self, pane: str, messages: Sequence[Message], place: Place, drawn: MessageView) -> None:
        self._sent = {name: sent for name, sent in self._sent.items() if not name.startswith(f"{pane}-")}
        kept = messages if len(messages) <= SHOWN else [*messages[:1], *messages[-SHOWN:]]
        found = {message.ts: drawn.message(message, pane) for message in kept}
        found |= {note.ts: drawn.ephemeral(note, pane) for note in self._ephemerals(pane, place)}
        self._sent |= {f"{pane}-{ts}": html for ts, html in found.items()}
        shown = [html for _, html in sorted(found.items())]
        if len(kept) < len(messages):
            shown.insert(1, '<p class="earlier">Older messages are not shown.</p>')
        self.out.append({"op": "all", "id": pane, "html": "".join(shown)})

    def _ephemerals(self, pane: str, place: Place) -> Iterable[Ephemeral]:
        thread = place.thread_ts if pane == "t" else None
        for note in self._workspace.ephemerals:
            if (note.user, note.channel, note.thread_ts) == (place.person.id, place.channel.id, thread):
                yield note

    def _show_changes(self, changes: Iterable[Change], place: Place, drawn: MessageView) -> None:
        touched: set[tuple[str, str]] = set()
        for change in changes:
            if change.channel != place.channel.id:
                if change.kind == "message":
                    self._unread.add(change.channel)
                continue
            panes = ("c", "t") if change.thread_ts == place.thread_ts else ("c",)
            touched |= {(pane, ts) for pane in panes for ts in (change.thread_ts, change.ts) if ts}
        for pane, ts in sorted(touched):
            self._show(pane, ts, place, drawn)

    def _show(self, pane: str, ts: str, place: Place, drawn: MessageView) -> None:
        name = f"{pane}-{ts}"
        message = place.channel.messages.get(ts)
        if message is not None and (pane == "t" or _in_channel(message)):
            self._put(pane, name, drawn.message(message, pane))
            return
        for note in self._ephemerals(pane, place):
            if note.ts == ts:
                self._put(pane, name, drawn.ephemeral(note, pane))
                return
        if self._sent.pop(name, None) is not None:
            self.out.append({"op": "drop", "id": name})

    # -- the rest ----------------------------------------------------------------------------------------------------

    def _show_surroundings(self, place: Place, drawn: MessageView) -> None:
        workspace = self._workspace
        self._fill("places", surroundings.sidebar(workspace, place, self._unread))
        self._fill("presence", surroundings.presence(len(self._playground.sockets.connections)))
        self._fill("tabs", session.tabs(place))
        self._fill("prompts", session.prompts(workspace, place))
        self._fill("channel-head", surroundings.channel_head(workspace, place))
        if place.thread_ts:
            self._fill("thread-head", session.thread_head(workspace, place, drawn))
            self._fill("thread-status", session.status(drawn, place))
            self._fill("thread-stop", session.stop(workspace, place))
        self._fill("rules", self._panel.rules())
        self._show_views(place)
        values: JsonObject = {"op": "values", "values": self._panel.values(), "touched": self._panel.touched()}
        if self._differs("values", json.dumps(values)):
            self.out.append(values)

    def _show_views(self, place: Place) -> None:
        if place.tab == "home":
            self._fill("home", view.home(self._workspace.home_of(place.person.id), self._names))
        top = next(reversed(self._workspace.views_of(place.person.id)), None)
        window = view.modal(top, self._names)
        if self._differs("window", window):
            self.out.append({"op": "view", "html": window})

    def forget_window(self) -> None:
        """Show the window on top once more, even when nothing about it is different."""
        self._sent.pop("window", None)

    def _put(self, pane: str, name: str, html: str) -> None:
        if self._differs(name, html):
            self.out.append({"op": "put", "pane": pane, "id": name, "html": html})

    def _fill(self, name: str, html: str) -> None:
        if self._differs(name, html):
            self.out.append({"op": "fill", "id": name, "html": html})

    def _differs(self, name: str, content: str) -> bool:
        if self._sent.get(name) == content:
            return False
        self._sent[name] = content
        return True


def _in_channel(message: Message) -> bool:
    return not message.is_reply or message.subtype == "thread_broadcast"
