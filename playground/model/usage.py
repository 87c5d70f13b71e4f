"""Token counts that a call reports. The offline model has no tokenizer: four characters are a token."""

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playground.model.asked import Asked, Tool, Turn

CHARACTERS_PER_TOKEN = 4
SMALLEST_CACHED = 1_024  # a shorter prefix is never cached
CACHE_STEP = 128  # cached prefixes grow in such steps
PREFIXES_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call."""

    input: int
    cached: int
    output: int

    def for_responses(self) -> Mapping[str, object]:
        return {
            "input_tokens": self.input,
            "input_tokens_details": {"cached_tokens": self.cached, "cache_write_tokens": 0},
            "output_tokens": self.output,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": self.input + self.output,
        }

    def for_chat(self) -> Mapping[str, object]:
        return {
            "prompt_tokens": self.input,
            "completion_tokens": self.output,
            "total_tokens": self.input + self.output,
            "prompt_tokens_details": {"cached_tokens": self.cached, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        }


@dataclass(frozen=True, slots=True)
class _Prefix:
    instructions: str
    turns: tuple[Turn, ...]


class PromptCache:
    """Remembers the newest prompt of each cache key, so that a call can report how much of its beginning is known."""

    def __init__(self) -> None:
        self._prefixes: OrderedDict[str, _Prefix] = OrderedDict()

    def usage(self, asked: Asked, cache_key: str, written: int) -> Usage:
        """The usage of a call whose answer has `written` characters; remembers its prompt."""
        known = self._prefixes.pop(cache_key, None)
        self._prefixes[cache_key] = _Prefix(asked.instructions, asked.turns)
        if len(self._prefixes) > PREFIXES_KEPT:
            self._prefixes.popitem(last=False)
        cached = _tokens(_shared(known, asked)) if known else 0
        cached = cached - cached % CACHE_STEP if cached >= SMALLEST_CACHED else 0
        total = len(asked.instructions) + _length(asked.turns) + _described(asked.tools)
        return Usage(_tokens(total), cached, _tokens(written))


def _shared(known: _Prefix, asked: Asked) -> int:
    if known.instructions != asked.instructions:
        return 0
    same = 0
    while same < min(len(known.turns), len(asked.turns)) and known.turns[same] == asked.turns[same]:
        same += 1
    return len(asked.instructions) + _length(asked.turns[:same])


def _length(turns: Sequence[Turn]) -> int:
    return sum(len(turn.text) for turn in turns)


def _described(tools: Sequence[Tool]) -> int:
    """Characters of what the tools are said to be: servers count that as input."""
    return sum(len(tool.name) + len(tool.description) + len(json.dumps(tool.parameters)) for tool in tools)


def _tokens(characters: int) -> int:
    return -(-characters // CHARACTERS_PER_TOKEN)
