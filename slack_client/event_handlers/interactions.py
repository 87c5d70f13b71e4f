"""Commands, shortcuts, clicks and submissions: read, handed to whoever handles them, acknowledged at once."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Protocol, TypedDict

from base_client import Observer, ThreadKey
from message_processor.small_tasks import SmallTasks
from slack_client.event_handlers.fields import is_json, text_of
from slack_client.event_handlers.interaction import Handler, Interaction, Json, Kind, View
from slack_client.identity import Identity

log = logging.getLogger("threadwell.intake")

ANSWER_SECONDS = 2.4
"""Longest wait for a handler: Slack shows an error to whoever gets no acknowledgement within three seconds."""


class _Where(TypedDict):
    """The message something was done to, as far as the payload knows it."""

    channel: str
    thread_ts: str
    message_ts: str
    own: bool


def read_interaction(body: Json, identity: Identity) -> Interaction | None:
    """What a payload that is no event means; None where it is malformed or nothing that we know of."""
    read = _command(body) if "command" in body else _interactive(body, identity)
    if read is None or not (read.name and read.team and read.person):
        return None
    return replace(read, outsider=_is_outsider(body, identity))


def _is_outsider(body: Json, identity: Identity) -> bool:
    """Whether the person's workspace is another one; those of one large organisation belong together."""
    home = text_of(body, "user", "team_id") or (text_of(body, "team_id") if "command" in body else "")
    return bool(home) and home != identity.team and not is_json(body.get("enterprise")) and "enterprise_id" not in body


def _interactive(body: Json, identity: Identity) -> Interaction | None:
    match text_of(body, "type"):
        case "message_action" | "shortcut":
            return _shortcut(body, identity)
        case "block_actions":
            return _click(body, identity)
        case "view_submission":
            return _of_view(body, Kind.SUBMISSION)
        case "view_closed":
            return _of_view(body, Kind.CLOSED)
        case _:
            return None


def _command(body: Json) -> Interaction:
    return Interaction(
        Kind.COMMAND,
        text_of(body, "command"),
        text_of(body, "team_id"),
        text_of(body, "user_id"),
        channel=text_of(body, "channel_id"),
        trigger=text_of(body, "trigger_id"),
        value=text_of(body, "text").strip(),
    )


def _shortcut(body: Json, identity: Identity) -> Interaction:
    return Interaction(
        Kind.SHORTCUT,
        text_of(body, "callback_id"),
        _team(body),
        text_of(body, "user", "id"),
        trigger=text_of(body, "trigger_id"),
        ts=text_of(body, "action_ts"),
        **_message(body, identity),
    )


def _click(body: Json, identity: Identity) -> Interaction | None:
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    if not is_json(action):
        return None
    return Interaction(
        Kind.CLICK,
        text_of(action, "action_id"),
        _team(body),
        text_of(body, "user", "id"),
        trigger=text_of(body, "trigger_id"),
        value=_value(action),
        ts=text_of(action, "action_ts"),
        view=_view(body),
        **_message(body, identity),
    )


def _of_view(body: Json, kind: Kind) -> Interaction | None:
    view = _view(body)
    if view is None:
        return None
    team, person = _team(body), text_of(body, "user", "id")
    return Interaction(kind, view.callback_id, team, person, trigger=text_of(body, "trigger_id"), view=view)


def _team(body: Json) -> str:
    """The workspace it was done in; with an app of a whole organisation only the person's own may be named."""
    return text_of(body, "team", "id") or text_of(body, "user", "team_id")


def _message(body: Json, identity: Identity) -> _Where:
    message = body.get("message")
    # A message that was deleted may be known by its container only.
    ts = text_of(body, "message_ts") or text_of(message, "ts") or text_of(body, "container", "message_ts")
    thread_ts = text_of(message, "thread_ts") or text_of(body, "container", "thread_ts")
    return _Where(
        channel=text_of(body, "channel", "id") or text_of(body, "container", "channel_id"),
        thread_ts=thread_ts or ts,
        message_ts=ts,
        own=text_of(message, "user") == identity.user or text_of(message, "bot_id") == identity.bot,
    )


def _view(body: Json) -> View | None:
    view = body.get("view")
    if not is_json(view) or not text_of(view, "id"):
        return None
    return View(
        text_of(view, "id"),
        text_of(view, "hash"),
        text_of(view, "callback_id"),
        text_of(view, "private_metadata"),
        _values(view),
    )


def _values(view: Json) -> Mapping[str, str]:
    """What the fields hold, by block id; ours have one field a block."""
    state = view.get("state")
    blocks = state.get("values") if is_json(state) else None
    found: dict[str, str] = {}
    for block_id, fields in blocks.items() if is_json(blocks) else ():
        for field in fields.values() if is_json(fields) else ():
            found[block_id] = _value(field) if is_json(field) else ""
    return found


def _value(field: Json) -> str:
    return text_of(field, "value") or text_of(field, "selected_option", "value")


class Door(Protocol):
    """Who may use the bot. `named` are those who may though they belong to another organisation."""

    @property
    def named(self) -> Collection[str]: ...

    async def lets_in(self, person: str, channel: str = "") -> bool: ...

    def tell(self, thread: ThreadKey, person: str) -> None: ...


class Interactions:
    """Hands each interaction to its handler, and what is to be done afterwards to a task of its own."""

    def __init__(
        self,
        identity: Identity,
        handlers: Mapping[tuple[Kind, str], Handler],
        tasks: SmallTasks,
        observer: Observer,
        door: Door,
    ) -> None:
        self._identity = identity
        self._door = door
        self._handlers = handlers
        self._tasks = tasks
        self._observer = observer

    async def take(self, body: Json) -> Json | None:
        """The payload of the acknowledgement, if it has one. Never raises: Slack does not deliver these again."""
        interaction = read_interaction(body, self._identity)
        if interaction is None:
            self._observer.count("interactions_dropped", reason="malformed")
            return None
        handler = self._handlers.get((interaction.kind, interaction.name))
        if handler is None:
            # A window that is closed is of interest to few.
            if interaction.kind is not Kind.CLOSED:
                self._observer.count("interactions_dropped", reason="unknown")
            return None
        self._observer.count("interactions", kind=interaction.kind.value)
        return await self._handle(handler, interaction)

    async def _admitted(self, interaction: Interaction) -> bool:
        person, channel = interaction.person, interaction.channel
        stranger = interaction.outsider and person not in self._door.named
        if not stranger and await self._door.lets_in(person, channel):
            return True
        self._observer.count("interactions_dropped", reason="not_allowed")
        if channel:
            self._door.tell(ThreadKey(self._identity.team, channel, interaction.thread_ts), person)
        return False

    async def _handle(self, handler: Handler, interaction: Interaction) -> Json | None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                if not await self._admitted(interaction):
                    return None
                acknowledgement = await handler(interaction)
        except Exception:
            # Whatever it is, people must not wait for an acknowledgement that does not come.
            log.exception("interaction_failed", extra={"kind": interaction.kind.value, "action": interaction.name})
            self._observer.count("interactions_failed")
            return None
        if acknowledgement.follow_up is not None:
            name = f"{interaction.kind.value} {interaction.name}"
            if not self._tasks.start(acknowledgement.follow_up, name):
                log.error("interaction_not_followed_up", extra={"action": interaction.name})
                self._observer.count("interactions_failed")
        return acknowledgement.payload
