"""The methods of the Web API, one file for each family."""

from playground.slack.web_api import (
    agents,
    assistant,
    auth,
    chat,
    conversations,
    files,
    reactions,
    streaming,
    users,
    views,
)
from playground.slack.web_api.context import Method

METHODS: dict[str, Method] = {
    **auth.METHODS,
    **chat.METHODS,
    **streaming.METHODS,
    **assistant.METHODS,
    **agents.METHODS,
    **conversations.METHODS,
    **users.METHODS,
    **reactions.METHODS,
    **files.METHODS,
    **views.METHODS,
}
"""Every method by its name."""
