"""Response addresses: each lets the app answer one interaction, where it happened."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.slack.arguments import Arguments
from playground.slack.content import Content, read_content
from playground.slack.records import Ephemeral, Message
from playground.slack.wire import JsonObject, SlackError

if TYPE_CHECKING:
    from playground.slack.workspace import Workspace

USES = 5
SECONDS = 30 * 60.0
KEPT = 10_000


@dataclass(slots=True)
class Response:
    """Who may be answered, and where; `ts` is the message that was clicked, where there is one."""

    channel: str
    user: str
    ts: str
    expires: float
    uses: int = 0


class Responses:
    """Gives addresses out and takes what is sent to them."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._given: dict[str, Response] = {}

    def give(self, channel: str, user: str, ts: str = "") -> str:
        """An address."""
        ticket = secrets.token_urlsafe(24)
        expires = self._workspace.clock.monotonic() + SECONDS
        if len(self._given) >= KEPT:
            del self._given[next(iter(self._given))]
        self._given[ticket] = Response(channel, user, ts, expires)
        return f"{self._workspace.filing.address}response/{ticket}"

    def take(self, ticket: str, args: Arguments) -> None:
        """What the app answers: a note or a message, or a change of the message that was clicked."""
        response = self._given.get(ticket)
        if response is None:
            raise SlackError("invalid_url")
        if response.expires <= self._workspace.clock.monotonic():
            raise SlackError("expired_url")
        if response.uses >= USES:
            raise SlackError("used_url")
        response.uses += 1
        self._carry_out(response, args)

    def acknowledged(self, channel: str, user: str, answer: JsonObject) -> None:
        """What the acknowledgement of a command says, the same way; what cannot be shown is not."""
        with suppress(SlackError):
            self._carry_out(Response(channel, user, "", 0.0), Arguments(answer))

    def _carry_out(self, response: Response, args: Arguments) -> None:
        original = self._original(response)
        if args.flag("delete_original"):
            self._delete(original)
            return
        content = read_content(args)
        if args.flag("replace_original") and original is not None:
            self._replace(original, content)
        elif args.text("response_type") == "in_channel":
            self._post(response, content, args.ts("thread_ts", "invalid_thread_ts"))
        else:
            thread_ts = args.ts("thread_ts", "invalid_thread_ts")
            notes = self._workspace.interactivity.notes
            notes.say(response.channel, response.user, content.text, content.blocks, thread_ts)

    def _original(self, response: Response) -> Message | Ephemeral | None:
        workspace = self._workspace
        message = workspace.channels[response.channel].messages.get(response.ts)
        if message is not None:
            return message if message.bot_id is not None else None
        return workspace.interactivity.notes.find(response.channel, response.ts, response.user)

    def _delete(self, original: Message | Ephemeral | None) -> None:
        if isinstance(original, Ephemeral):
            self._workspace.interactivity.notes.remove(original)
        elif original is not None:
            self._workspace.delete(original.channel, original.ts)

    def _replace(self, original: Message | Ephemeral, content: Content) -> None:
        if isinstance(original, Ephemeral):
            self._workspace.interactivity.notes.rewrite(original, content.text, content.blocks)
            return
        edited = self._workspace.timestamps.next()
        self._workspace.change(original, text=content.text, blocks=content.blocks or None, edited=edited)

    def _post(self, response: Response, content: Content, thread_ts: str | None) -> None:
        workspace = self._workspace
        identity, ts = workspace.identity, workspace.timestamps.next()
        blocks = content.blocks or None
        workspace.add(
            Message(
                response.channel,
                ts,
                identity.bot_user_id,
                content.text,
                thread_ts,
                bot_id=identity.bot_id,
                blocks=blocks,
                markdown=content.markdown,
            )
        )
