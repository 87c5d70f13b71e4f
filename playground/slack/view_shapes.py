"""Views as Slack writes them in JSON."""

from playground.slack.directory import Identity
from playground.slack.interactive_records import View
from playground.slack.wire import Json, JsonObject


def view_shape(identity: Identity, view: View) -> JsonObject:
    """A view with what its fields hold."""
    return {
        "id": view.id,
        "team_id": identity.team_id,
        "type": view.type,
        "blocks": view.blocks,
        "private_metadata": view.private_metadata,
        "callback_id": view.callback_id,
        "state": {"values": view.state},
        "hash": view.hash,
        "title": _words(view.title or "View Title"),
        "clear_on_close": view.clear_on_close,
        "notify_on_close": view.notify_on_close,
        "close": _words(view.close),
        "submit": _words(view.submit),
        "previous_view_id": view.previous_view_id,
        "root_view_id": view.root_view_id,
        "app_id": identity.app_id,
        "external_id": view.external_id,
        "app_installed_team_id": identity.team_id,
        "bot_id": identity.bot_id,
    }


def _words(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True} if text else None
