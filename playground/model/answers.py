"""What the offline model says: a reply made from the request alone, so that equal requests get equal answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from playground.model.asked import Asked, Role, Turn
from playground.model.chores import done
from playground.model.journal import Api
from playground.model.knobs import Knobs
from playground.model.told import quotes
from playground.model.usage import CHARACTERS_PER_TOKEN

QUOTED = 200


class Ending(Enum):
    """How an answer ends on the wire."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    ERROR_FLAT = "flat"
    ERROR_NESTED = "nested"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `chunks` are the deltas of `text`, or of `refusal` when that is set.

    `detail` is the reason of an incomplete answer, or the error code of a failed one.
    """

    chunks: tuple[str, ...] = ()
    refused: bool = False
    commentary: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    ending: Ending = Ending.COMPLETE
    detail: str = ""

    @property
    def text(self) -> str:
        return "".join(self.chunks)

    @property
    def written(self) -> int:
        """Characters the model wrote, its tool calls included."""
        return len(self.text) + len(self.commentary) + sum(len(arguments) for _, arguments in self.calls)


def compose(asked: Asked, knobs: Knobs) -> Reply:
    """The reply to a call. `knobs` are those of this call, the words of its newest message included."""
    chore = done(asked)
    if knobs.tool_calls and chore is None:
        return Reply(commentary=knobs.commentary, calls=knobs.tool_calls)
    text = "" if knobs.empty else knobs.refusal or knobs.answer or (describe(asked) if chore is None else chore)
    ending, detail = _ending(knobs)
    limit = asked.max_tokens * CHARACTERS_PER_TOKEN if asked.max_tokens else None
    if limit is not None and len(text) > limit and ending is Ending.COMPLETE:
        text, ending, detail = text[:limit], Ending.INCOMPLETE, "max_output_tokens"
    chunks = _chunks(text, knobs.chunk_characters, knobs.chunk_count)
    if ending is not Ending.COMPLETE and knobs.end_after_chunks is not None:
        chunks = chunks[: knobs.end_after_chunks]
    return Reply(chunks, bool(knobs.refusal) and not knobs.empty, knobs.commentary, (), ending, detail)


def _ending(knobs: Knobs) -> tuple[Ending, str]:
    if knobs.error_event:
        return Ending(knobs.error_event), knobs.code or "server_error"
    if knobs.response_failed:
        return Ending.FAILED, knobs.response_failed
    if knobs.content_filter:
        return Ending.INCOMPLETE, "content_filter"
    if knobs.response_incomplete:
        return Ending.INCOMPLETE, knobs.response_incomplete
    return Ending.COMPLETE, ""


@lru_cache(maxsize=256)
def _chunks(text: str, size: int, count: int) -> tuple[str, ...]:
    if count:
        size = max(1, -(-len(text) // count))
    return tuple(text[at : at + size] for at in range(0, len(text), size))


def describe(asked: Asked) -> str:
    """The model's own answer: what it was really given."""
    return "\n".join(_description(asked))


def _description(asked: Asked) -> Iterable[str]:
    yield "I am the **offline model**. This is what reached me:"
    yield ""
    yield f"> {_quoted(' / '.join(asked.latest()) or asked.newest())}"
    yield ""
    api = "the Responses API" if asked.api is Api.RESPONSES else "Chat Completions"
    yield f"- **Model:** `{asked.model}` over {api}{', streamed' if asked.stream else ''}"
    yield f"- **Settings:** {', '.join(f'`{name}` {value}' for name, value in asked.settings) or 'none'}"
    yield f"- **Instructions:** {asked.house_characters()} characters"
    yield f"- **History:** {_history(asked)}"
    yield f"- **Who spoke:** {', '.join(_speakers(asked)) or 'nobody by name'}"
    yield f"- **Tools:** {', '.join(f'`{tool.name}`' for tool in asked.tools) or 'none'}"
    if attachments := _attachments(turn for turn in asked.turns if turn.role is not Role.TOOL):
        yield f"- **Pictures and files:** {attachments}"
    for output in asked.tool_outputs():
        yield f"- **A tool gave me:** {_given(output)}"
    for label, text in quotes(asked):
        yield f"- **{label}:** {text}"
    yield ""
    yield "Write `help` to see the words that steer me."


def _history(asked: Asked) -> str:
    people = sum(1 for turn in asked.turns if turn.role is Role.PERSON)
    own = sum(1 for turn in asked.turns if turn.role is Role.MODEL)
    earlier = max(0, people - 1) + own
    return f"{earlier} earlier messages, {own} of them mine" if earlier else "this message only"


def _speakers(asked: Asked) -> list[str]:
    """In the order they first spoke."""
    return list(dict.fromkeys(name for turn in asked.turns if (name := turn.speaker())))


def _given(output: Turn) -> str:
    return " ".join(filter(None, (_quoted(output.text), _attachments([output]))))


def _attachments(turns: Iterable[Turn]) -> str:
    return "; ".join(attachment.shown() for turn in turns for attachment in turn.attachments)


def _quoted(text: str) -> str:
    """The last words, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= QUOTED else "…" + line[-QUOTED:]
