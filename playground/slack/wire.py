"""What travels as JSON, and the one error that every refusal of the workspace is."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
JsonObject: TypeAlias = dict[str, Json]


class SlackError(Exception):
    """A refusal with Slack's own error code; `messages` are the details of `response_metadata`."""

    def __init__(self, code: str, *messages: str) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages
