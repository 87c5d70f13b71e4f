"""Modals and the home tab."""

from collections.abc import Callable

from playground.slack.arguments import Arguments
from playground.slack.interactive_records import View
from playground.slack.view_shapes import view_shape
from playground.slack.web_api.context import Context, Method
from playground.slack.wire import JsonObject, SlackError


def _given(args: Arguments) -> JsonObject:
    try:
        view = args.object("view", "invalid_arguments")
    except SlackError:
        view = None
    if view is None:
        raise SlackError("invalid_arguments", "[ERROR] must provide an object [json-pointer:/view]")
    return view


def _answer(context: Context, view: View) -> JsonObject:
    return {"view": view_shape(context.workspace.identity, view)}


def _open(context: Context, args: Arguments) -> JsonObject:
    return _triggered(context, args, context.workspace.interactivity.views.open)


def _push(context: Context, args: Arguments) -> JsonObject:
    return _triggered(context, args, context.workspace.interactivity.views.push)


def _triggered(context: Context, args: Arguments, show: Callable[[str, JsonObject], View]) -> JsonObject:
    """A view that is refused leaves its trigger id good."""
    triggers = context.workspace.interactivity.triggers
    given, trigger_id = _given(args), args.required("trigger_id")
    view = show(triggers.person(trigger_id), given)
    triggers.spend(trigger_id)
    return _answer(context, view)


def _update(context: Context, args: Arguments) -> JsonObject:
    given = _given(args)
    if not args.has("view_id") and not args.has("external_id"):
        raise SlackError("invalid_arguments", "[ERROR] missing required field: view_id")
    views = context.workspace.interactivity.views
    view = views.find(args.text("view_id"), args.text("external_id"))
    return _answer(context, views.update(view, given, args.text("hash")))


def _publish(context: Context, args: Arguments) -> JsonObject:
    given, user = _given(args), args.required("user_id")
    if user not in context.workspace.people:
        raise SlackError("user_not_found")
    return _answer(context, context.workspace.interactivity.views.publish(user, given, args.text("hash")))


METHODS: dict[str, Method] = {
    "views.open": _open,
    "views.push": _push,
    "views.update": _update,
    "views.publish": _publish,
}
