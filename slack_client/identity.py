"""Who the bot is in this workspace."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """What `auth.test` says. `team` is the workspace in every key; `name` is what people call the bot."""

    team: str
    user: str
    bot: str
    name: str
