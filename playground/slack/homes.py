"""People look at the bot's tabs, and the bot comes and goes in channels."""

from typing import TYPE_CHECKING, Literal

from playground.slack.records import Channel, Person
from playground.slack.view_shapes import view_shape
from playground.slack.wire import JsonObject, SlackError

if TYPE_CHECKING:
    from playground.slack.workspace import Workspace

Tab = Literal["home", "messages"]


class Homes:
    """Tells the app where people and it itself are."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace

    def open(self, person: Person, tab: Tab) -> None:
        """`app_home_opened`, with the home tab that is there already."""
        workspace = self._workspace
        place = workspace.direct(person.id)
        event: JsonObject = {
            "type": "app_home_opened",
            "user": person.id,
            "channel": place.id,
            "tab": tab,
            "event_ts": workspace.timestamps.next(),
        }
        if tab == "home" and (view := workspace.home_of(person.id)) is not None:
            event["view"] = view_shape(workspace.identity, view)
        workspace.events.send("app_home_opened", place, event)

    def join(self, channel: Channel, inviter: str) -> None:
        """`member_joined_channel` about the bot itself."""
        workspace = self._workspace
        if (bot := workspace.identity.bot_user_id) in channel.members:
            raise SlackError("already_in_channel")
        channel.members.add(bot)
        event: JsonObject = {
            "type": "member_joined_channel",
            "user": bot,
            "channel": channel.id,
            "channel_type": "C" if channel.kind == "channel" else "G",
            "team": workspace.identity.team_id,
            "event_ts": workspace.timestamps.next(),
        }
        workspace.events.send("member_joined_channel", channel, event | ({"inviter": inviter} if inviter else {}))
        workspace.note("channel", channel.id)

    def leave(self, channel: Channel) -> None:
        """The bot sees and hears nothing of the channel any more."""
        if (bot := self._workspace.identity.bot_user_id) not in channel.members:
            raise SlackError("not_in_channel")
        channel.members.discard(bot)
        self._workspace.note("channel", channel.id)
