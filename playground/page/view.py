"""The windows and the home tab of an app as HTML."""

import html

from playground.page.blocks import blocks
from playground.page.icons import icon
from playground.page.mrkdwn import Names
from playground.page.surface import Surface
from playground.slack.interactive_records import View

_BOT = f'<span class="avatar bot" aria-hidden="true">{icon("thread")}</span>'


def modal(view: View | None, names: Names) -> str:
    """The window on top; empty when there is none. Every part has an id, so that what is typed stays where it is."""
    if view is None:
        return ""
    name, busy = html.escape(f"view-{view.id}"), str(view.busy).lower()
    line = f'<p class="view-line" id="{name}-line" role="alert">{html.escape(view.error)}</p>' if view.error else ""
    return (
        f'<form id="{name}" class="view" data-view="{html.escape(view.id)}" aria-busy="{busy}" novalidate>'
        f'<header class="view-head" id="{name}-head">{_BOT}<h2 id="modal-title">{html.escape(view.title)}</h2>'
        '<button type="button" class="head-tool" data-do="close-view" aria-label="Dismiss" title="Close">'
        f"{icon('close')}</button></header>{line}"
        f'<div class="view-body" id="{name}-body" tabindex="-1">{_drawn(view, names)}</div>{_foot(view, name)}</form>'
    )


def _foot(view: View, name: str) -> str:
    leave = f'<button type="button" data-do="close-view">{html.escape(view.close or "Cancel")}</button>'
    send = f'<button type="submit" class="primary">{html.escape(view.submit)}</button>' if view.submit else ""
    return f'<footer class="view-foot" id="{name}-foot">{leave}{send}</footer>'


def home(view: View | None, names: Names) -> str:
    """What the app shows a person in its home tab."""
    if view is None:
        return '<p class="nothing">The app has not drawn this tab yet.</p>'
    return f'<div id="view-{html.escape(view.id)}" data-view="{html.escape(view.id)}">{_drawn(view, names)}</div>'


def _drawn(view: View, names: Names) -> str:
    return blocks(view.blocks, Surface(f"field-{view.id}", names, view.state, view.errors))
