"""Who the app is, and how it gets a socket."""

from playground.slack.arguments import Arguments
from playground.slack.web_api.context import Context, Method
from playground.slack.wire import JsonObject


def _test(context: Context, args: Arguments) -> JsonObject:
    identity = context.workspace.identity
    return {
        "url": context.web_url,
        "team": identity.team_name,
        "user": identity.bot_name,
        "team_id": identity.team_id,
        "user_id": identity.bot_user_id,
        "bot_id": identity.bot_id,
        "is_enterprise_install": False,
    }


def _open_connection(context: Context, args: Arguments) -> JsonObject:
    return {"url": context.sockets.new_url()}


METHODS: dict[str, Method] = {"auth.test": _test, "apps.connections.open": _open_connection}
