"""What the offline model says when it is asked for its settings, or for what it was told earlier."""

import re
from collections.abc import Iterable

from playground.model.asked import Asked, Role
from playground.model.attachments import Kind

_INSTRUCTIONS_QUOTED = 300  # the last characters
_SUMMARY_QUOTED = 500  # the first characters
_SUMMARY = re.compile(r"<summary\b[^>\n]*>\n?(.*?)\n?</summary>", re.DOTALL)


def settings(asked: Asked) -> str:
    """The settings of the call, one a line; "none" for what was not sent."""
    given = dict(asked.settings)
    lines = {
        "model": asked.model,
        "effort": given.get("effort") or given.get("reasoning_effort"),
        "verbosity": given.get("verbosity"),
        "temperature": given.get("temperature"),
        "top_p": given.get("top_p"),
        "detail": _detail(asked),
        "tools": ", ".join(tool.name for tool in asked.tools),
        "instructions": f'"{_one_line(asked.house)[-_INSTRUCTIONS_QUOTED:]}"',
    }
    return "\n".join(f"{name}: {value or 'none'}" for name, value in lines.items())


def memory(asked: Asked) -> str:
    """How many earlier messages the call brought, and the summary of those before."""
    spoken = [turn for turn in asked.turns if turn.role in (Role.PERSON, Role.MODEL)]
    earlier = sum(1 for turn in spoken if not _SUMMARY.match(turn.text)) - 1
    summary = summary_in(asked)
    quoted = "none" if summary is None else f'"{_one_line(summary)[:_SUMMARY_QUOTED]}"'
    return f"earlier messages: {max(0, earlier)}\nsummary: {quoted}"


def summary_in(asked: Asked) -> str | None:
    """The text of the first `<summary>` element in the call; the house may have mentioned one before."""
    texts: Iterable[str] = (*(turn.text for turn in asked.turns if turn.role is not Role.HOUSE), asked.house)
    return next((found[1] for text in texts if "<summary" in text and (found := _SUMMARY.search(text))), None)


def _detail(asked: Asked) -> str | None:
    """How closely the newest picture is to be looked at."""
    shown = (each for turn in reversed(asked.turns) for each in reversed(turn.attachments))
    return next((each.detail for each in shown if each.kind is Kind.PICTURE), None)


def _one_line(text: str) -> str:
    return " ".join(text.split())
