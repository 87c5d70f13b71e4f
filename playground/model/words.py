"""Words by which people steer the offline model from the chat. Where a knob is set by hand, the knob wins."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Unpack

from playground.model import recounting, texts
from playground.model.asked import Asked
from playground.model.chores import is_chore
from playground.model.knobs import NAMES, Knobs, KnobSettings
from playground.model.samples import sample_arguments
from playground.model.tool_words import TOOL_WORDS, tool_wish

Effect = Callable[[re.Match[str], Asked], KnobSettings]

ECHO = "echo:"


@dataclass(frozen=True, slots=True)
class Word:
    """`shown` is how people write it, `meaning` what the help says."""

    shown: str
    pattern: re.Pattern[str]
    meaning: str
    effect: Effect


def steer(asked: Asked, knobs: Knobs) -> Knobs:
    """The knobs for this call with what the newest message asks for; people do not speak to a chore."""
    if not knobs.words or is_chore(asked.house):
        return knobs
    steered = replace(knobs, **wishes(asked))
    fresh = Knobs()
    for name in NAMES:
        if (by_hand := getattr(knobs, name)) != getattr(fresh, name):
            setattr(steered, name, by_hand)
    return steered


def wishes(asked: Asked) -> KnobSettings:
    """What the words of the newest message ask for. Behind `echo:` there are no words, only text.

    Messages that came together are answered together, so all their echoes are in the answer.
    """
    spoken, *_ = asked.newest().partition(ECHO)
    tools = tool_wish(spoken, asked)
    spoken = spoken[: tools.end]
    wanted = KnobSettings(tool_calls=tools.calls) if tools.calls else KnobSettings()
    for word in WORDS:
        if found := word.pattern.search(spoken):
            wanted.update(word.effect(found, asked))
    echoes = [text.strip() for _, echo, text in (message.partition(ECHO) for message in asked.latest()) if echo]
    if ECHO in asked.newest():
        wanted["answer"] = "\n".join(echoes)
    return wanted


def help_lines() -> Iterable[str]:
    yield f"- `{ECHO} text`: exactly that text"
    meanings = [(word.shown, word.meaning) for word in WORDS] + [(word.shown, word.meaning) for word in TOOL_WORDS]
    for shown, meaning in meanings:
        yield f"- `{shown}`: {meaning}"


def _settings(**settings: Unpack[KnobSettings]) -> Effect:
    return lambda _found, _asked: settings


def _long(found: re.Match[str], _asked: Asked) -> KnobSettings:
    return KnobSettings(answer=texts.long_answer(int(found[1] or 3_000)))


def _slow(found: re.Match[str], _asked: Asked) -> KnobSettings:
    seconds = min(float(found[1] or 10), 600.0)
    return KnobSettings(total_seconds=seconds, first_token_seconds=min(2.0, seconds / 4))


_NAMED_ERRORS: dict[str, KnobSettings] = {
    "quota": KnobSettings(status=429, code="insufficient_quota"),
    "context": KnobSettings(status=400, code="context_length_exceeded"),
    "key": KnobSettings(status=401, code="invalid_api_key"),
    "model": KnobSettings(status=404, code="model_not_found"),
    "filter": KnobSettings(status=400, code="content_policy_violation"),
}


def _error(found: re.Match[str], _asked: Asked) -> KnobSettings:
    return _NAMED_ERRORS.get(found[1].lower()) or KnobSettings(status=int(found[1]))


def _tool(found: re.Match[str], asked: Asked) -> KnobSettings:
    offered = {tool.name: tool for tool in asked.tools}
    if not offered or asked.tool_outputs():
        return KnobSettings()
    tool = offered.get(found[1] or "") or asked.tools[0]
    return KnobSettings(tool_calls=((tool.name, sample_arguments(tool.parameters)),))


def _settings_answer(_found: re.Match[str], asked: Asked) -> KnobSettings:
    return KnobSettings(answer=recounting.settings(asked))


def _recall(_found: re.Match[str], asked: Asked) -> KnobSettings:
    return KnobSettings(answer=recounting.memory(asked))


def _help(_found: re.Match[str], _asked: Asked) -> KnobSettings:
    head = "These words steer me; everything else gets an answer that shows what I was given.\n\n"
    return KnobSettings(answer=head + "\n".join(help_lines()))


def _word(shown: str, pattern: str, meaning: str, effect: Effect) -> Word:
    return Word(shown, re.compile(rf"(?<![\w.:/@-]){pattern}(?![\w:/-])", re.IGNORECASE), meaning, effect)


WORDS: tuple[Word, ...] = (
    _word("help", r"help", "these words", _help),
    _word("long", r"long(?:\s+(\d{1,6}))?", "about 3,000 characters; `long 20000` for that many", _long),
    _word("table", r"table", "a table", _settings(answer=texts.TABLE_ANSWER)),
    _word("code", r"code", "two code fences", _settings(answer=texts.CODE_ANSWER)),
    _word(
        "ping everyone",
        r"ping\s+everyone",
        "text that tries to notify people, cut into tiny chunks",
        _settings(answer=texts.PING_ANSWER, chunk_characters=3),
    ),
    _word("slow", r"slow(?:\s+(\d{1,3}))?", "spread over 10 seconds; `slow 30` for that many", _slow),
    _word(
        "think",
        r"think",
        "some commentary before the answer",
        _settings(commentary="Looking at the question from all sides.", total_seconds=4.0),
    ),
    _word("tool", r"tool(?:\s+([\w-]+))?", "calls a tool it was offered; `tool name` for that one", _tool),
    _word("stall", r"stall", "falls silent after a few words", _settings(stall_after_chunks=3)),
    _word("hang", r"hang", "never begins to answer", _settings(hang_before_headers=True)),
    _word("drop", r"drop", "the connection breaks after a few words", _settings(drop_after_chunks=3)),
    _word("truncate", r"truncate", "ends early without saying so", _settings(truncate_after_chunks=3)),
    _word("malformed", r"malformed", "broken JSON after a few words", _settings(malformed_after_chunks=3)),
    _word(
        "fail",
        r"fail",
        "the answer fails after a few words",
        _settings(response_failed="server_error", end_after_chunks=3),
    ),
    _word(
        "incomplete",
        r"incomplete",
        "cut as if it had reached its longest length",
        _settings(response_incomplete="max_output_tokens", end_after_chunks=5),
    ),
    _word("filter", r"filter", "cut by the content filter", _settings(content_filter=True, end_after_chunks=3)),
    _word("refuse", r"refuse", "a refusal", _settings(refusal="I cannot help with that.")),
    _word("empty", r"empty", "no text at all", _settings(empty=True)),
    _word(
        "error 500",
        r"error\s+([45]\d\d|quota|context|key|model|filter)",
        "an error answer; also `error quota`, `context`, `key`, `model`, `filter`",
        _error,
    ),
    _word("settings?", r"settings\?", "the settings of the call, one per line", _settings_answer),
    _word("recall", r"recall", "how many earlier messages it was told, and their summary", _recall),
    _word("429", r"429", "rate limited, try again in 2 seconds", _settings(status=429, retry_after=2.0)),
)
