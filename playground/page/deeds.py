"""What a visitor asks for, one function each."""

from collections.abc import Callable

from playground.page.interactions import Interactions
from playground.page.panel import Panel
from playground.page.place import Place, address, writers
from playground.page.wording import to_wire
from playground.slack.arguments import Arguments
from playground.slack.events import mentioned
from playground.slack.files import File
from playground.slack.records import Message
from playground.slack.wire import JsonObject, SlackError
from playground.slack.workspace import Workspace

LONGEST_TEXT = 40_000


class Deeds:
    """Carries out what a visitor does in a place. Every refusal is a SlackError."""

    def __init__(self, workspace: Workspace, panel: Panel, interactions: Interactions) -> None:
        self._workspace = workspace
        self._panel = panel
        self._interactions = interactions
        self._known: dict[str, Callable[[Place, Arguments], None]] = {
            "edit": self._edit,
            "delete": self._delete,
            "delete-file": self._delete_file,
            "drop-file": lambda place, asked: self._workspace.filing.drop(asked.required("name")),
            "react": self._react,
            "knob": self._knob,
            "rule": lambda place, asked: self._panel.add_rule(asked.raw),
            "unrule": lambda place, asked: self._panel.drop_rule(asked.text("name")),
            "act": lambda place, asked: self._panel.act(asked.text("name")),
            "reset": lambda place, asked: self._panel.reset(),
            **interactions.known,
        }

    def do(self, place: Place, asked: Arguments) -> None:
        """Carry out one request; `do` names it."""
        if (deed := self._known.get(asked.text("do"))) is None:
            raise SlackError("unknown_request")
        deed(place, asked)

    def post(self, place: Place, asked: Arguments) -> JsonObject:
        """Write `text` in the channel, or in the open thread; its address, and whether it asks the bot.

        A text that is a slash command is sent as that, and has no address.

        `files` are ids of uploaded files; with any there need be no text.
        """
        thread = place.thread_ts if asked.text("where") == "thread" else ""
        files = self._files(place, asked)
        if not files and self._interactions.command(place, asked.text("text"), in_thread=bool(thread)):
            return {"address": place.address, "asks": False}
        text = self._text(asked, needed=not files)
        ts = self._workspace.post(place.person.id, place.channel.id, text, thread or None, files=files)
        asks = place.channel.kind == "im" or self._workspace.identity.bot_user_id in mentioned(text)
        return {"address": address(place.person.id, place.channel.id, thread or ts), "asks": asks}

    def _edit(self, place: Place, asked: Arguments) -> None:
        message = self._own(place, asked)
        if (text := self._text(asked)) != message.text:
            self._workspace.edit(place.channel.id, message.ts, text)

    def _files(self, place: Place, asked: Arguments) -> list[File]:
        given = asked.structure("files", "invalid_arguments") or []
        if not isinstance(given, list):
            raise SlackError("invalid_arguments")
        files = [self._workspace.filing.waiting(str(file_id)) for file_id in given]
        if len(set(files)) != len(files):
            raise SlackError("a file can be sent once")
        for file in files:
            file.user = place.person.id
        return files

    def _delete_file(self, place: Place, asked: Arguments) -> None:
        self._workspace.delete_file(place.person.id, asked.required("name"))

    def _delete(self, place: Place, asked: Arguments) -> None:
        self._workspace.delete(place.channel.id, self._own(place, asked).ts)

    def _react(self, place: Place, asked: Arguments) -> None:
        """A second time takes it back."""
        name, ts = asked.required("name"), asked.required("ts")
        given = self._workspace.message(place.channel.id, ts).reactions.get(name, ())
        change = self._workspace.unreact if place.person.id in given else self._workspace.react
        change(place.person.id, place.channel.id, ts, name)

    def _knob(self, place: Place, asked: Arguments) -> None:
        self._panel.turn(asked.required("name"), asked.raw.get("value"))

    def _own(self, place: Place, asked: Arguments) -> Message:
        message = self._workspace.message(place.channel.id, asked.required("ts"))
        if message.user != place.person.id:
            raise SlackError("not your message")
        return message

    def _text(self, asked: Arguments, *, needed: bool = True) -> str:
        text = asked.text("text").strip("\n")
        if needed and not text.strip():
            raise SlackError("there is no text")
        if len(text) > LONGEST_TEXT:
            raise SlackError(f"at most {LONGEST_TEXT:,} characters fit in a message")
        bot = self._workspace.person(self._workspace.identity.bot_user_id)
        return to_wire(text, [bot, *writers(self._workspace)])
