"""People, bots and the workspace itself."""

from playground.slack.arguments import Arguments
from playground.slack.shapes import person_shape
from playground.slack.web_api.context import Context, Method, page_of
from playground.slack.wire import JsonObject, SlackError


def _info(context: Context, args: Arguments) -> JsonObject:
    person = context.workspace.people.get(args.required("user"))
    if person is None:
        raise SlackError("user_not_found")
    shape = person_shape(context.workspace.identity, person)
    return {"user": shape | ({"locale": person.locale} if args.flag("include_locale") else {})}


def _list(context: Context, args: Arguments) -> JsonObject:
    identity, with_locale = context.workspace.identity, args.flag("include_locale")
    shapes = [
        person_shape(identity, person) | ({"locale": person.locale} if with_locale else {})
        for person in context.workspace.people.values()
    ]
    page, cursor = page_of(shapes, args, 1_000)
    now = int(context.workspace.clock.now())
    return {"members": page, "cache_ts": now, "response_metadata": {"next_cursor": cursor}}


def _bot(context: Context, args: Arguments) -> JsonObject:
    identity = context.workspace.identity
    if args.required("bot") != identity.bot_id:
        raise SlackError("bot_not_found")
    bot: JsonObject = {
        "id": identity.bot_id,
        "deleted": False,
        "name": identity.bot_name,
        "app_id": identity.app_id,
        "user_id": identity.bot_user_id,
    }
    return {"bot": bot}


def _team(context: Context, args: Arguments) -> JsonObject:
    identity = context.workspace.identity
    if args.text("team") not in ("", identity.team_id):
        raise SlackError("team_not_found")
    return {"team": {"id": identity.team_id, "name": identity.team_name, "domain": identity.team_domain}}


METHODS: dict[str, Method] = {
    "users.info": _info,
    "users.list": _list,
    "bots.info": _bot,
    "team.info": _team,
}
