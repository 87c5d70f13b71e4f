"""Commands, shortcuts, clicks and forms over HTTP, for tests and benchmarks in another process."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from playground.slack.arguments import Arguments
from playground.slack.control import handler
from playground.slack.interactive_records import View
from playground.slack.records import Ephemeral
from playground.slack.view_shapes import view_shape
from playground.slack.wire import JsonObject, SlackError
from playground.slack.workspace import Workspace


class InteractiveControl:
    """Further routes under `/control/`; `user` is a person's id or name everywhere."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._interactivity = workspace.interactivity

    def add_to(self, app: web.Application) -> None:
        """Add the routes; see each action for its arguments."""
        actions: dict[tuple[str, str], Callable[[Arguments], JsonObject]] = {
            ("GET", "views"): self._views,
            ("POST", "commands"): self._command,
            ("POST", "shortcuts"): self._shortcut,
            ("POST", "clicks"): self._click,
            ("PATCH", "views"): self._fill,
            ("POST", "views"): self._submit,
            ("DELETE", "views"): self._close,
            ("POST", "tabs"): self._open_tab,
            ("POST", "members"): self._join,
            ("DELETE", "members"): self._leave,
            ("PATCH", "people"): self._change_person,
        }
        for (method, name), action in actions.items():
            app.router.add_route(method, f"/control/{name}", handler(_later(action)))

    def _views(self, args: Arguments) -> JsonObject:
        """The modals `user` has open, the one on top last, their home tab, and the notes only they see."""
        person = self._workspace.person(args.required("user"))
        home = self._workspace.home_of(person.id)
        notes = [_note(note) for note in self._workspace.ephemerals if note.user == person.id]
        return {
            "views": [self._shape(view) for view in self._workspace.views_of(person.id)],
            "home": self._shape(home) if home is not None else None,
            "notes": notes,
        }

    def _shape(self, view: View) -> JsonObject:
        return view_shape(self._workspace.identity, view) | {"errors": dict(view.errors), "error": view.error}

    def _command(self, args: Arguments) -> JsonObject:
        """`user` sends `command` with `text` in `channel`."""
        user, channel, command = (args.required(name) for name in ("user", "channel", "command"))
        return {"trigger_id": self._interactivity.command(user, channel, command, args.text("text"))}

    def _shortcut(self, args: Arguments) -> JsonObject:
        """`user` uses the shortcut `callback_id` on the message `ts` of `channel`."""
        given = (args.required(name) for name in ("user", "channel", "ts", "callback_id"))
        return {"trigger_id": self._interactivity.message_shortcut(*given)}

    def _click(self, args: Arguments) -> JsonObject:
        """`user` clicks `action_id` in the message `ts` of `channel` or in `view_id`, with a `value` or its own."""
        user, action_id = args.required("user"), args.required("action_id")
        value = args.raw.get("value")
        if args.has("view_id"):
            return {"trigger_id": self._interactivity.click_view(user, args.text("view_id"), action_id, value)}
        channel, ts = args.required("channel"), args.required("ts")
        sent = None if value is None else args.text("value")
        return {"trigger_id": self._interactivity.click(user, channel, ts, action_id, sent)}

    def _fill(self, args: Arguments) -> JsonObject:
        """`user` types `values` (by action id or block id) into `view_id`; `unchecked` takes what is not on offer."""
        values = args.object("values", "invalid_arguments") or {}
        user, view_id = args.required("user"), args.required("view_id")
        self._interactivity.fill(user, view_id, values, check=not args.flag("unchecked"))
        return {}

    def _submit(self, args: Arguments) -> JsonObject:
        """`user` submits `view_id`; `unchecked` leaves the window's own checks out. `sent` says whether it went."""
        user, view_id = args.required("user"), args.required("view_id")
        return {"sent": self._interactivity.submit(user, view_id, check=not args.flag("unchecked"))}

    def _close(self, args: Arguments) -> JsonObject:
        """`user` closes `view_id`."""
        self._interactivity.close(args.required("user"), args.required("view_id"))
        return {}

    def _open_tab(self, args: Arguments) -> JsonObject:
        """`user` opens the bot's `tab`, home or messages."""
        match args.required("tab"):
            case "home":
                self._workspace.open_home(args.required("user"))
            case "messages":
                self._workspace.open_messages(args.required("user"))
            case _:
                raise SlackError("unknown_tab")
        return {}

    def _join(self, args: Arguments) -> JsonObject:
        """The bot joins `channel`, brought by `user` if given."""
        self._workspace.join_bot(args.required("channel"), args.text("user"))
        return {}

    def _leave(self, args: Arguments) -> JsonObject:
        """The bot leaves `channel`."""
        self._workspace.leave_bot(args.required("channel"))
        return {}

    def _change_person(self, args: Arguments) -> JsonObject:
        """`user` gets another `locale`."""
        self._workspace.set_locale(args.required("user"), args.required("locale"))
        return {}


def _note(note: Ephemeral) -> JsonObject:
    told: JsonObject = {"channel": note.channel, "ts": note.ts, "thread_ts": note.thread_ts, "text": note.text}
    return told | {"blocks": note.blocks}


def _later(action: Callable[[Arguments], JsonObject]) -> Callable[[Arguments], Awaitable[JsonObject]]:
    async def run(args: Arguments) -> JsonObject:
        return action(args)

    return run
