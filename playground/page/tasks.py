"""The task cards of a streamed message: what the app did and does, one row for each task."""

import html
from collections.abc import Iterable
from dataclasses import dataclass

from playground.page.icons import icon
from playground.slack.wire import JsonObject

_STATES = {"pending": "waiting", "in_progress": "in progress", "complete": "done", "error": "failed"}
_ICONS = {"complete": "check", "error": "close"}


@dataclass(slots=True)
class _Task:
    title: str
    state: str
    details: str = ""


def tasks(chunks: Iterable[JsonObject]) -> str:
    """A list above the message's text; empty without tasks.

    As Slack has it, the newest title and state of an id hold, and its details follow each other.
    """
    found: dict[str, _Task] = {}
    plan = ""
    for chunk in chunks:
        if chunk.get("type") == "plan_update":
            plan = str(chunk["title"])
        elif chunk.get("type") == "task_update":
            task = found.setdefault(str(chunk["id"]), _Task("", ""))
            task.title, task.state = str(chunk["title"]), str(chunk["status"])
            task.details += "".join(str(chunk.get(name) or "") for name in ("details", "output"))
    title = f'<p class="plan">{html.escape(plan)}</p>' if plan else ""
    rows = "".join(_row(task) for task in found.values())
    return f'{title}<ul class="tasks" role="list" aria-label="Steps">{rows}</ul>' if rows else title


def _row(task: _Task) -> str:
    sign = icon(_ICONS[task.state]) if task.state in _ICONS else ""
    details = f"<small>{html.escape(task.details)}</small>" if task.details else ""
    return (
        f'<li class="task" data-state="{task.state}"><span class="sign" aria-hidden="true">{sign}</span>'
        f'<span class="task-about"><b>{html.escape(task.title)}</b>'
        f'<span class="unseen"> ({_STATES[task.state]})</span>{details}</span></li>'
    )
