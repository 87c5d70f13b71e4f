"""The playground's controls over HTTP, for tests and benchmarks in another process.

Everything is JSON. A refusal is `{"ok": false, "error": …}` with status 400, a wait that took too long 408.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict

from aiohttp import web

from playground.slack.arguments import Arguments, read_object
from playground.slack.faults import Faults, FaultsError
from playground.slack.file_parts import read_json_parts, read_parts
from playground.slack.file_shapes import shared_shape
from playground.slack.files import FILE_ACCESSES, FILE_MODES
from playground.slack.journal import Call, Journal
from playground.slack.loopback import check_loopback
from playground.slack.records import Channel, Message
from playground.slack.shapes import channel_shape, message_shape, person_shape
from playground.slack.socket_mode import SocketMode
from playground.slack.wire import JsonObject, SlackError
from playground.slack.workspace import Workspace

Action = Callable[[Arguments], Awaitable[JsonObject]]
LONGEST_WAIT = 600.0


class Control:
    """The routes under `/control/`."""

    def __init__(self, workspace: Workspace, sockets: SocketMode, faults: Faults, calls: Journal[Call]) -> None:
        self._workspace = workspace
        self._sockets = sockets
        self._faults = faults
        self._calls = calls

    def add_to(self, app: web.Application) -> None:
        """Add the routes; see each action for its arguments."""
        actions: dict[tuple[str, str], Action] = {
            ("GET", "state"): self._state,
            ("GET", "calls"): self._list_calls,
            ("GET", "envelopes"): self._list_envelopes,
            ("GET", "thread"): self._thread,
            ("POST", "messages"): self._post,
            ("PATCH", "messages"): self._edit,
            ("DELETE", "messages"): self._delete,
            ("DELETE", "files"): self._delete_file,
            ("POST", "reactions"): self._react,
            ("POST", "events"): self._send_event,
            ("POST", "stop"): self._stop,
            ("POST", "app"): self._change_app,
            ("POST", "streams"): self._expire_streams,
            ("POST", "sockets"): self._change_sockets,
            ("GET", "faults"): self._show_faults,
            ("POST", "faults"): self._set_faults,
            ("DELETE", "faults"): self._reset_faults,
        }
        for (method, name), action in actions.items():
            app.router.add_route(method, f"/control/{name}", handler(action))
        app.router.add_post("/control/files", self._upload)

    # -- looking -----------------------------------------------------------------------------------------------------

    async def _state(self, args: Arguments) -> JsonObject:
        """People, channels with their messages, live streams, sockets and figures."""
        workspace = self._workspace
        identity = workspace.identity
        return {
            "team": asdict(identity),
            "is_agent": workspace.is_agent,
            "people": [person_shape(identity, person) for person in workspace.people.values()],
            "channels": [self._channel(channel) for channel in workspace.channels.values()],
            "files": [shared_shape(file, workspace.filing.shares(file)) for file in workspace.filing.known.values()],
            "ephemerals": [asdict(ephemeral) for ephemeral in workspace.ephemerals],
            "open_streams": [_place(message) for message in workspace.open_streams()],
            "sockets": [connection.number for connection in self._sockets.connections],
            "sockets_opened": self._sockets.opened,
            "events_lost": self._sockets.lost,
            "calls": len(self._calls),
            "envelopes": len(self._sockets.envelopes),
        }

    def _channel(self, channel: Channel) -> JsonObject:
        shown = [self._message(message) for message in channel.messages.values()]
        return channel_shape(self._workspace.identity, channel) | {
            "members": sorted(channel.members),
            "messages": shown,
        }

    def _message(self, message: Message) -> JsonObject:
        shape = message_shape(self._workspace.identity, message, metadata=True)
        if message.stream is not None:
            shape["stream"] = message.stream.state
        return shape

    async def _list_calls(self, args: Arguments) -> JsonObject:
        """Calls of the Web API; `method` chooses one, `since` leaves the first so many out."""
        method, since = args.text("method"), args.number("since", 0, 1_000_000_000, lowest=0)
        chosen = [asdict(call) for call in self._calls[since:] if method in ("", call.method)]
        return {"calls": chosen, "next": len(self._calls)}

    async def _list_envelopes(self, args: Arguments) -> JsonObject:
        """Deliveries over the sockets; `since` leaves the first so many out."""
        since = args.number("since", 0, 1_000_000_000, lowest=0)
        chosen = [asdict(envelope) for envelope in self._sockets.envelopes[since:]]
        return {"envelopes": chosen, "next": len(self._sockets.envelopes)}

    async def _thread(self, args: Arguments) -> JsonObject:
        """A thread of `channel` and `thread_ts`; with `timeout` (seconds), once the bot has answered and rests."""
        workspace = self._workspace
        channel = workspace.channel(args.required("channel"))
        thread_ts = args.required("thread_ts")
        if seconds := min(args.seconds("timeout"), LONGEST_WAIT):
            await workspace.wait_for(lambda: self._rests(channel.id, thread_ts), seconds, (channel.id, thread_ts))
        return {
            "messages": [self._message(message) for message in workspace.thread(channel.id, thread_ts)],
            "status": workspace.status(channel.id, thread_ts),
            "session": workspace.session(channel.id, thread_ts),
            "title": workspace.sessions.title_of(channel.id, thread_ts),
        }

    def _rests(self, channel: str, thread_ts: str) -> bool:
        messages = self._workspace.thread(channel, thread_ts)
        if not messages or messages[-1].bot_id is None or self._workspace.status(channel, thread_ts):
            return False
        live = any(message.stream is not None and message.stream.state == "live" for message in messages)
        return not live and self._workspace.session(channel, thread_ts) != "processing"

    # -- people ------------------------------------------------------------------------------------------------------

    async def _post(self, args: Arguments) -> JsonObject:
        """`user` (id or name) writes `text` in `channel` (id, name, or "@name" for direct messages), `thread_ts`."""
        channel = self._channel_of(args)
        thread_ts = args.text("thread_ts") or None
        ts = self._workspace.post(args.required("user"), channel.id, args.text("text"), thread_ts)
        return {"channel": channel.id, "ts": ts}

    def _channel_of(self, args: Arguments) -> Channel:
        name = args.required("channel")
        return self._workspace.direct(name[1:]) if name.startswith("@") else self._workspace.channel(name)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        """The same with files: a form with any number of them, or JSON (see `read_json_parts`).

        `mode` and `file_access` are those of the files. The answer names the files' ids.
        """
        check_loopback(request)
        try:
            read = read_json_parts if request.content_type == "application/json" else read_parts
            raw, files = await read(request)
            return _answer({"ok": True, **self._send_files(Arguments(raw), files)})
        except SlackError as error:
            return _answer({"ok": False, "error": error.code}, 400)

    def _send_files(self, args: Arguments, files: list[tuple[str, bytes]]) -> JsonObject:
        channel = self._channel_of(args)
        ts = self._workspace.upload(
            args.required("user"),
            channel.id,
            args.text("text"),
            files,
            args.text("thread_ts") or None,
            mode=args.choice("mode", FILE_MODES) if args.has("mode") else "hosted",
            file_access=args.choice("file_access", FILE_ACCESSES) if args.has("file_access") else "visible",
        )
        return {"channel": channel.id, "ts": ts, "files": [file.id for file in channel.messages[ts].files]}

    async def _delete_file(self, args: Arguments) -> JsonObject:
        """`user` deletes their `file` (id)."""
        self._workspace.delete_file(args.required("user"), args.required("file"))
        return {}

    async def _edit(self, args: Arguments) -> JsonObject:
        """The message `ts` of `channel` gets another `text`."""
        self._workspace.edit(args.required("channel"), args.required("ts"), args.text("text"))
        return {}

    async def _delete(self, args: Arguments) -> JsonObject:
        """The message `ts` of `channel` goes."""
        self._workspace.delete(args.required("channel"), args.required("ts"))
        return {}

    async def _react(self, args: Arguments) -> JsonObject:
        """`user` adds the emoji `name` to the message `ts` of `channel`."""
        self._workspace.react(*(args.required(name) for name in ("user", "channel", "ts", "name")))
        return {}

    async def _stop(self, args: Arguments) -> JsonObject:
        """`user` stops the bot in the thread `thread_ts` of `channel`."""
        self._workspace.press_stop(*(args.required(name) for name in ("user", "channel", "thread_ts")))
        return {}

    async def _change_app(self, args: Arguments) -> JsonObject:
        """With `is_agent` the app is an agent from now on, or none."""
        if args.has("is_agent"):
            self._workspace.is_agent = args.flag("is_agent")
        return {"is_agent": self._workspace.is_agent}

    async def _send_event(self, args: Arguments) -> JsonObject:
        """Send `payload` as it is, `after` seconds from now."""
        payload = args.object("payload", "invalid_arguments")
        if payload is None:
            raise SlackError("invalid_arguments")
        self._workspace.send_event(payload, args.seconds("after"))
        return {}

    # -- trouble -----------------------------------------------------------------------------------------------------

    async def _expire_streams(self, args: Arguments) -> JsonObject:
        """Every live stream expires now."""
        self._workspace.streams.expire_all()
        return {}

    async def _change_sockets(self, args: Arguments) -> JsonObject:
        """`action` is freeze, disconnect (with a `reason`) or cut; `connection` chooses one socket."""
        number = args.number("connection", 0, 1_000_000_000, lowest=0) or None
        match args.required("action"):
            case "freeze":
                self._sockets.freeze(number)
            case "disconnect":
                self._sockets.disconnect(args.text("reason") or "refresh_requested", number)
            case "cut":
                self._sockets.cut(number)
            case _:
                raise SlackError("unknown_action")
        return {}

    async def _show_faults(self, args: Arguments) -> JsonObject:
        return {"faults": self._faults.as_json()}

    async def _set_faults(self, args: Arguments) -> JsonObject:
        """Set the knobs that are given; `rules` are added."""
        try:
            self._faults.apply(args.raw)
        except FaultsError as error:
            raise SlackError(str(error)) from None
        return {"faults": self._faults.as_json()}

    async def _reset_faults(self, args: Arguments) -> JsonObject:
        self._faults.reset()
        return {"faults": self._faults.as_json()}


def _place(message: Message) -> JsonObject:
    return {"channel": message.channel, "thread_ts": message.root_ts, "ts": message.ts}


def handler(action: Action) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A route of the controls."""

    async def handle(request: web.Request) -> web.StreamResponse:
        check_loopback(request)
        try:
            args = Arguments(dict(request.query) | read_object(await request.read()))
            return _answer({"ok": True, **await action(args)})
        except SlackError as error:
            return _answer({"ok": False, "error": error.code}, 400)
        except TimeoutError:
            return _answer({"ok": False, "error": "timeout"}, 408)

    return handle


def _answer(body: JsonObject, status: int = 200) -> web.Response:
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json")
