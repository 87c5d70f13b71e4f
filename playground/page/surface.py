"""What blocks stand on: a message, a modal or a home tab, and what people did to them there."""

import html
from collections.abc import Mapping
from dataclasses import dataclass, field

from playground.page.mrkdwn import Names
from playground.slack.json_parts import part
from playground.slack.wire import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Surface:
    """`name` begins the ids of its elements. `values` are what fields hold, by block id and action id.

    `errors` are lines by block id. `chosen` are the values of the feedback buttons that were pressed, by action id.
    """

    name: str
    names: Names
    values: Mapping[str, Json] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)

    def element(self, *inner: str) -> str:
        """The id of an element, the same as long as block id and action id stay."""
        return html.escape("-".join((self.name, *inner)))

    def held(self, block_id: str, action_id: str) -> JsonObject | None:
        """What a field holds, in Slack's words; None as long as nobody knows."""
        block = part(self.values, block_id)
        return part(block, action_id) if action_id in block else None
