"""What belongs to a conversation with the bot: its title, what the bot is doing, Stop, and what to ask first."""

import html

from playground.page.icons import icon
from playground.page.message import MessageView
from playground.page.place import TABS, Place
from playground.page.surroundings import title
from playground.slack.json_parts import word
from playground.slack.workspace import Workspace


def thread_head(workspace: Workspace, place: Place, view: MessageView) -> str:
    """The thread's title, a way to change it, and a moving line while the bot is at work."""
    given = workspace.sessions.title_of(place.channel.id, place.thread_ts)
    where = title(workspace, place.channel)
    below = html.escape(where if place.channel.kind == "im" else f"#{where}")
    busy = '<span class="progress" aria-hidden="true"></span>' if view.activity(place.thread_ts) else ""
    named = f"<h2>{html.escape(given or 'Thread')} <small>{below}</small></h2>"
    if not workspace.session(place.channel.id, place.thread_ts):
        return f'<div class="session-title">{named}</div>{busy}'
    change = (
        '<button type="button" class="head-tool" data-do="rename" aria-label="Rename the conversation" title="Rename">'
        f"{icon('edit')}</button>"
    )
    return f'<div class="session-title" data-title="{html.escape(given)}">{named}{change}</div>{busy}'


def status(view: MessageView, place: Place) -> str:
    """The line above the thread's composer."""
    busy = view.activity(place.thread_ts)
    dots = '<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>'
    return f"{dots}<span>{html.escape(busy)}</span>" if busy else ""


def stop(workspace: Workspace, place: Place) -> str:
    """Slack's own Stop: there while an agent that wants to hear of it is at work in the thread."""
    if not workspace.is_agent or "agent_session_stopped" not in workspace.events.subscriptions:
        return ""
    thread = workspace.thread(place.channel.id, place.thread_ts)
    live = any(message.stream is not None and message.stream.state == "live" for message in thread)
    if not live and workspace.session(place.channel.id, place.thread_ts) != "processing":
        return ""
    return f'<button type="button" class="stop" data-do="stop">{icon("stop")}Stop</button>'


def prompts(workspace: Workspace, place: Place) -> str:
    """What the app suggests to ask, above the messages."""
    suggested = workspace.sessions.prompts.get(place.channel.id, ())
    return "".join(
        f'<button type="button" data-do="prompt" data-text="{html.escape(word(prompt, "message"))}"'
        f' title="{html.escape(word(prompt, "message"))}">{html.escape(word(prompt, "title"))}</button>'
        for prompt in suggested
    )


def tabs(place: Place) -> str:
    """Messages and home, in direct messages with the bot."""
    if place.channel.kind != "im":
        return ""
    links = "".join(
        f'<a role="tab" href="#{place.beside(tab).address}" aria-selected="{str(tab == place.tab).lower()}">{name}</a>'
        for tab, name in TABS.items()
    )
    return f'<div class="tab-list" role="tablist" aria-label="Tabs">{links}</div>'
