"""What stands around the messages: the sidebar, the heads of the panes, and what to try first."""

import html
from collections.abc import Set as AbstractSet

from playground.page.icons import icon
from playground.page.message import avatar
from playground.page.place import Place, address, channels, writers
from playground.slack.records import Channel, Person
from playground.slack.workspace import Workspace

_SIGNS = {"channel": "hash", "group": "lock"}
_TRY = (
    ("What reached you?", "what did the model really get?"),
    ("table", "show me a table"),
    ("code", "some code, please"),
    ("slow long 4000", "a long answer that streams slowly"),
    ("think slow 6", "thinks aloud, then answers slowly"),
    ("drop", "the connection breaks mid-answer"),
    ("429", "the model is rate limited"),
    ("help", "all the words that steer the model"),
)
_TRY_REAL = (("What can you do?", "ask the model"), ("Write a haiku about threads.", "watch it stream"))


def standing(person: Person) -> str:
    """What kind of member somebody is."""
    if person.is_bot:
        return "App"
    if person.is_stranger:
        return "Another organisation"
    return "Guest" if person.is_restricted else "Member"


def sidebar(workspace: Workspace, place: Place, unread: AbstractSet[str]) -> str:
    """People to write as, channels, direct messages."""
    people = "".join(_writer(person, place) for person in writers(workspace))
    seen = channels(workspace, place.person)
    rooms = "".join(_room(workspace, channel, place, unread) for channel in seen if channel.kind != "im")
    directs = "".join(_room(workspace, channel, place, unread) for channel in seen if channel.kind == "im")
    me = place.person
    return (
        f'<section aria-labelledby="h-people"><h2 id="h-people">You write as</h2><ul class="people">{people}</ul>'
        f'<p class="me"><b>{html.escape(me.real_name)}</b> <span>{standing(me)}</span></p></section>'
        f'<section aria-labelledby="h-channels"><h2 id="h-channels">Channels</h2><ul>{rooms}</ul></section>'
        f'<section aria-labelledby="h-direct"><h2 id="h-direct">Direct messages</h2><ul>{directs}</ul></section>'
    )


def _writer(person: Person, place: Place) -> str:
    current = ' aria-current="true"' if person.id == place.person.id else ""
    label = html.escape(f"Write as {person.real_name} ({standing(person)})")
    where = address(person.id, place.channel.id, place.inner)
    return f'<li><a href="#{where}"{current} aria-label="{label}" title="{label}">{avatar(person)}</a></li>'


def _room(workspace: Workspace, channel: Channel, place: Place, unread: AbstractSet[str]) -> str:
    current = ' aria-current="page"' if channel.id == place.channel.id else ""
    fresh = ' class="unread"' if channel.id in unread else ""
    note = '<span class="note">shared</span>' if channel.is_ext_shared else ""
    return (
        f'<li><a class="room" href="#{address(place.person.id, channel.id)}"{current}>{_sign(workspace, channel)}'
        f"<span{fresh}>{html.escape(title(workspace, channel))}</span>{note}</a></li>"
    )


def _sign(workspace: Workspace, channel: Channel) -> str:
    if channel.kind == "im":
        return avatar(workspace.person(workspace.identity.bot_user_id))
    return icon(_SIGNS[channel.kind])


def title(workspace: Workspace, channel: Channel) -> str:
    """A channel's name; direct messages are named after the bot."""
    return workspace.person(workspace.identity.bot_user_id).real_name if channel.kind == "im" else channel.name


def presence(connected: int) -> str:
    """Whether the bot has a socket open."""
    if connected:
        return '<span class="dot on"></span>Threadwell is connected'
    return '<span class="dot"></span>Threadwell is not connected'


def channel_head(workspace: Workspace, place: Place) -> str:
    """The channel's name and who is in it."""
    channel = place.channel
    faces = "".join(avatar(workspace.people[user]) for user in sorted(channel.members)[:4])
    count = len(channel.members)
    about = "" if channel.kind == "im" else f'<span class="members"><span class="faces">{faces}</span>{count}</span>'
    return f"<h1>{_sign(workspace, channel)}{html.escape(title(workspace, channel))}</h1>{about}"


def hint(place: Place, *, offline_model: bool) -> str:
    """What to try first, as buttons that fill the composer."""
    direct = place.channel.kind == "im"
    prefix = "" if direct else "@Threadwell "
    tries = "".join(
        f'<li><button type="button" class="try" data-do="try" data-text="{html.escape(prefix + text)}">'
        f"<code>{html.escape(prefix + text)}</code><span>{html.escape(why)}</span></button></li>"
        for text, why in (_TRY if offline_model else _TRY_REAL)
    )
    how = (
        "Just write: in direct messages Threadwell answers everything."
        if direct
        else "Mention <b>@Threadwell</b>, and it answers in a thread. Follow-ups in that thread need no mention."
    )
    return (
        "<h2>A Slack workspace on your own machine</h2><p>Nothing you write here leaves it"
        f"{'' if offline_model else ', except to your model server'}. {how}</p><ul>{tries}</ul>"
        "<p>Drop or paste pictures and documents. "
        "Write as somebody else, edit or delete what you wrote, or open <b>Faults</b> and break things.</p>"
    )
