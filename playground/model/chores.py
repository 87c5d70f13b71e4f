"""Small jobs beside the conversation, known from their instructions: titles and summaries."""

from collections.abc import Callable, Iterable, Mapping

from playground.model.asked import FENCED, Asked, Role, spoken
from playground.model.recounting import summary_in

_TITLE_WORDS = 5
_SUMMARY_WORDS = 12  # of each message
_LONGEST_SUMMARY = 2_000  # characters
_HEAD = "Summary: "


def is_chore(house: str) -> bool:
    """Whether a call that the house begins with these words is one of the jobs."""
    return _job(house) is not None


def done(asked: Asked) -> str | None:
    """The text that does the job; None where the call is an ordinary one."""
    job = _job(asked.house)
    return job(asked) if job else None


def _job(house: str) -> Callable[[Asked], str] | None:
    return next((job for words, job in _JOBS.items() if words in house), None)


def _title(asked: Asked) -> str:
    first = next((spoken(turn.text) for turn in asked.turns if turn.role is Role.PERSON), "")
    title = " ".join(first.split()[:_TITLE_WORDS])
    return title[:1].upper() + title[1:] or "Untitled"


def _summary(asked: Asked) -> str:
    earlier = (summary_in(asked) or "").removeprefix(_HEAD)
    messages = (message for turn in asked.turns if turn.role is not Role.HOUSE for message in _messages(turn.text))
    beginnings = (" ".join(message.split()[:_SUMMARY_WORDS]) for message in messages)
    return (_HEAD + " / ".join(filter(None, (earlier, *beginnings))))[:_LONGEST_SUMMARY]


def _messages(text: str) -> Iterable[str]:
    """The messages of a text: what its elements hold, or the text itself; the earlier summary is none."""
    elements = list(FENCED.finditer(text))
    if not elements:
        yield text
    for element in elements:
        if element[1] == "summary":
            continue
        inner = element[2]
        yield from _messages(inner) if FENCED.match(inner) else (inner,)


_JOBS: Mapping[str, Callable[[Asked], str]] = {
    "title for this conversation": _title,
    "summary of the conversation": _summary,
}
