"""One message as HTML."""

import html
import time
import zlib

from playground.page import emoji, markdown, mrkdwn
from playground.page.attached import attached
from playground.page.blocks import blocks, own_blocks
from playground.page.icons import icon
from playground.page.mrkdwn import Names
from playground.page.place import Place, address
from playground.page.surface import Surface
from playground.page.tasks import tasks
from playground.page.wording import to_typed
from playground.slack.records import Ephemeral, Message, Person
from playground.slack.shown_messages import blocks_of
from playground.slack.wire import Json
from playground.slack.workspace import Workspace

TINTS = 8
_MARKS = {"expired": "the stream expired here", "stopped": "stopped by a person"}


def avatar(person: Person) -> str:
    """Coloured initials; the bot has its own sign."""
    if person.is_bot:
        return f'<span class="avatar bot" aria-hidden="true">{icon("thread")}</span>'
    initials = "".join(word[0] for word in person.real_name.split()[:2]).upper()
    tint = zlib.crc32(person.real_name.encode()) % TINTS
    return f'<span class="avatar tint-{tint}" aria-hidden="true">{html.escape(initials)}</span>'


def clock(ts: str) -> str:
    """HH:MM of a message, with the date at hand."""
    at = time.localtime(float(ts))
    return f'<time title="{time.strftime("%A %-d %B, %H:%M:%S", at)}">{time.strftime("%H:%M", at)}</time>'


class MessageView:
    """Messages as one visitor sees them, in the channel (`pane` "c") or in the open thread ("t")."""

    def __init__(self, workspace: Workspace, place: Place, names: Names) -> None:
        self._workspace = workspace
        self._place = place
        self._names = names

    def message(self, message: Message, pane: str) -> str:
        """The element `<pane>-<ts>`."""
        if message.subtype == "tombstone":
            return self._tombstone(message, pane)
        author = self._author(message.user)
        own = message.user == self._place.person.id
        live = message.stream is not None and message.stream.state == "live"
        raw = f' data-typed="{html.escape(to_typed(message.text, self._workspace.people.values()))}"' if own else ""
        return (
            f'<article class="message{" live" if live else ""}{" own" if own else ""}" id="{pane}-{message.ts}"'
            f' data-ts="{message.ts}" tabindex="0" aria-busy="{str(live).lower()}"'
            f' aria-label="{html.escape(author.real_name)}"{raw}>'
            f"{avatar(author)}"
            f'<div class="content">{_byline(author, message.ts)}'
            f"{tasks(message.chunks)}{self._words(message, pane)}"
            f"{attached(message.files, self._place.person.id)}{self._marks(message)}{self._reactions(message)}"
            f"{self._replies(message) if pane == 'c' else ''}</div>{self._toolbar(message, pane, own)}</article>"
        )

    def ephemeral(self, ephemeral: Ephemeral, pane: str) -> str:
        """A message that only the visitor sees."""
        author = self._author(self._workspace.identity.bot_user_id)
        shown = self._blocks(blocks_of(ephemeral), ephemeral.ts, pane)
        shown = shown or f'<div class="text">{markdown.render(ephemeral.text, self._names)}</div>'
        return (
            f'<article class="message ephemeral" id="{pane}-{ephemeral.ts}" data-ts="{ephemeral.ts}" tabindex="0">'
            f'{avatar(author)}<div class="content"><p class="mark only-you">{icon("eye")}Only visible to you</p>'
            f"{_byline(author, ephemeral.ts)}{shown}</div></article>"
        )

    def _author(self, user: str) -> Person:
        return self._workspace.people.get(user) or Person(user, user, user, "")

    def _tombstone(self, message: Message, pane: str) -> str:
        return (
            f'<article class="message gone" id="{pane}-{message.ts}" tabindex="0">'
            f'<span class="avatar" aria-hidden="true">{icon("delete")}</span>'
            f'<div class="content"><div class="text"><p>{html.escape(message.text)}</p></div>'
            f"{self._replies(message) if pane == 'c' else ''}</div></article>"
        )

    def _words(self, message: Message, pane: str) -> str:
        """Blocks stand in place of the text, but below a text that Slack itself keeps as a block."""
        shown = self._blocks(blocks_of(message), message.ts, pane) if message.bot_id is not None else ""
        if shown and message.stream is None and not message.markdown:
            return shown
        return f'<div class="text">{self._text(message)}</div>{shown}'

    def _blocks(self, given: Json, ts: str, pane: str) -> str:
        chosen = self._workspace.interactivity.messages.votes(self._place.person.id, self._place.channel.id, ts)
        return blocks(own_blocks(given), Surface(f"{pane}-{ts}", self._names, chosen=chosen))

    def _text(self, message: Message) -> str:
        if not message.text:
            return ""
        if message.bot_id is None:
            return mrkdwn.render(message.text, self._names)
        return markdown.render(message.text, self._names)

    def _marks(self, message: Message) -> str:
        marks = ["(edited)"] if message.edited is not None else []
        if message.stream is not None and message.stream.state in _MARKS:
            marks.append(_MARKS[message.stream.state])
        return f'<p class="mark">{html.escape(" · ".join(marks))}</p>' if marks else ""

    def _reactions(self, message: Message) -> str:
        if not message.reactions:
            return ""
        chips = "".join(self._chip(name, users) for name, users in message.reactions.items())
        return f'<div class="reactions">{chips}</div>'

    def _chip(self, name: str, users: list[str]) -> str:
        who = ", ".join(self._names(user) for user in users)
        pressed = str(self._place.person.id in users).lower()
        label = html.escape(f"{who} reacted with {name}")
        return (
            f'<button type="button" class="chip" data-do="react" data-name="{html.escape(name)}"'
            f' aria-pressed="{pressed}" aria-label="{label}" title="{label}">'
            f"{html.escape(emoji.shown(name))} <span>{len(users)}</span></button>"
        )

    def _replies(self, root: Message) -> str:
        place, workspace = self._place, self._workspace
        thread = workspace.thread(place.channel.id, root.root_ts)
        busy = self.activity(root.root_ts)
        if root.is_reply or (len(thread) < 2 and not busy):
            return ""
        where = f"#{address(place.person.id, place.channel.id, root.ts)}"
        count = len(thread) - 1
        label = f"{count} repl{'y' if count == 1 else 'ies'}" if count else "Open the thread"
        faces = "".join(avatar(self._author(user)) for user in dict.fromkeys(reply.user for reply in thread[1:][:40]))
        last = f'<span class="last">Last reply {clock(thread[-1].ts)}</span>' if count and not busy else ""
        shown = f'<span class="busy">{html.escape(busy)}</span>' if busy else ""
        return (
            f'<a class="replies" href="{where}"><span class="faces">{faces}</span><b>{label}</b>{last}{shown}'
            f"{icon('forward')}</a>"
        )

    def activity(self, thread_ts: str) -> str:
        """What the bot is doing in a thread, in a few words; empty when it rests."""
        workspace, channel = self._workspace, self._place.channel
        name = self._names(workspace.identity.bot_user_id)
        if line := workspace.status(channel.id, thread_ts):
            return f"{name} {line}"
        thread = workspace.thread(channel.id, thread_ts)
        if any(message.stream is not None and message.stream.state == "live" for message in thread):
            return f"{name} is writing…"
        return f"{name} is thinking…" if workspace.session(channel.id, thread_ts) == "processing" else ""

    def _toolbar(self, message: Message, pane: str, own: bool) -> str:
        tools = [_tool("react", emoji.shown(name), f"React with {name}", name) for name in emoji.OFFERED[:3]]
        if pane == "c" and not message.is_reply:
            tools.append(_tool("reply", icon("reply"), "Reply in thread"))
        if own:
            tools += [_tool("edit", icon("edit"), "Edit"), _tool("delete", icon("delete"), "Delete")]
        if self._workspace.shortcuts:
            tools.append(_tool("more", icon("more"), "More actions", menu=True))
        return f'<div class="toolbar" role="group" aria-label="Message actions">{"".join(tools)}</div>'


def _byline(author: Person, ts: str) -> str:
    badge = '<span class="badge">App</span>' if author.is_bot else ""
    return f'<div class="byline"><b class="author">{html.escape(author.real_name)}</b>{badge}{clock(ts)}</div>'


def _tool(do: str, face: str, label: str, name: str = "", *, menu: bool = False) -> str:
    extra = f' data-name="{html.escape(name)}"' if name else ' aria-haspopup="menu"' if menu else ""
    return (
        f'<button type="button" data-do="{do}"{extra} aria-label="{html.escape(label)}"'
        f' title="{html.escape(label)}">{face}</button>'
    )
