"""Embeddings of the offline model: hashed words and trigrams, so that texts with equal words are near each other."""

import base64
import math
import re
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence

from playground.model import checks
from playground.model.errors import ApiError, missing, wrong_type, wrong_value
from playground.model.usage import CHARACTERS_PER_TOKEN

USUAL_DIMENSIONS = 1_536
MOST_TEXTS = 2_048
MOST_TOKENS = 8_192  # of one text
_MOST_DIMENSIONS = 4_096
_WORD_WEIGHT = 3.0
_SHORT = 3  # characters; words up to that say little about a text
_WORD = re.compile(r"\w+")
_KNOWN = frozenset({"input", "model", "dimensions", "encoding_format", "user"})


def check_embeddings(body: Mapping[str, object]) -> None:
    """Raises ApiError with status 400 at the first thing that does not fit."""
    if unknown := sorted(body.keys() - _KNOWN):
        raise wrong_value(unknown[0], f"Unknown parameter: '{unknown[0]}'.", "unknown_parameter")
    for name in ("model", "input"):
        if body.get(name) is None:
            raise missing(name)
    checks.text()("model", body["model"])
    if body.get("dimensions") is not None:
        checks.whole(1, _MOST_DIMENSIONS)("dimensions", body["dimensions"])
    if body.get("encoding_format") is not None:
        checks.choice("float", "base64")("encoding_format", body["encoding_format"])
    _check_texts(texts_of(body))


def texts_of(body: Mapping[str, object]) -> list[str]:
    """The texts of a call. Tokens, which may come instead of a text, are written as numbers."""
    given = body.get("input")
    if isinstance(given, str):
        return [given]
    if not isinstance(given, list):
        raise wrong_type("input", "a string or an array", given)
    if given and all(_is_token(entry) for entry in given):
        return [_tokens(given)]
    return [_one(f"input[{at}]", entry) for at, entry in enumerate(given)]


def answer(body: Mapping[str, object]) -> dict[str, object]:
    """The answer to a call that has passed the check. Blocks."""
    texts = texts_of(body)
    size = given if isinstance(given := body.get("dimensions"), int) else USUAL_DIMENSIONS
    wire = body.get("encoding_format") == "base64"
    vectors = [vector(text, size) for text in texts]
    data = [
        {"object": "embedding", "index": at, "embedding": _base64(each) if wire else each}
        for at, each in enumerate(vectors)
    ]
    tokens = sum(_token_count(text) for text in texts)
    counted = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": data, "model": body["model"], "usage": counted}


def vector(text: str, size: int) -> list[float]:
    """A vector of length 1."""
    sums = [0.0] * size
    for feature, weight in _features(text.lower()):
        sums[zlib.crc32(feature.encode("utf-8", "replace")) % size] += weight
    length = math.sqrt(sum(value * value for value in sums))
    if not length:
        return [1.0] + [0.0] * (size - 1)
    return [value / length for value in sums]


def _features(text: str) -> Iterator[tuple[str, float]]:
    for word in _WORD.findall(text):
        if len(word) <= _SHORT and word.isascii():
            yield word, 0.5
            continue
        yield word, _WORD_WEIGHT
        padded = f"^{word}$"
        for at in range(len(padded) - 2):
            yield f"3{padded[at : at + 3]}", 1.0


def _base64(values: Sequence[float]) -> str:
    return base64.b64encode(array("f", values).tobytes()).decode()


def _check_texts(texts: Sequence[str]) -> None:
    if not texts:
        raise wrong_value("input", "Invalid 'input': input cannot be an empty array.", "empty_array")
    if len(texts) > MOST_TEXTS:
        message = f"Invalid 'input': array too long. Expected an array with maximum length {MOST_TEXTS}."
        raise wrong_value("input", message, "array_above_max_length")
    for text in texts:
        if not text:
            raise wrong_value("input", "Invalid 'input': input cannot be an empty string.", "empty_string")
        if (count := _token_count(text)) > MOST_TOKENS:
            message = f"This model's maximum context length is {MOST_TOKENS} tokens, however you requested {count}."
            raise ApiError(400, message, code="context_length_exceeded", param="input")


def _token_count(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def _one(place: str, entry: object) -> str:
    if isinstance(entry, str):
        return entry
    if isinstance(entry, list) and all(_is_token(token) for token in entry):
        return _tokens(entry)
    raise wrong_type(place, "a string", entry)


def _is_token(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _tokens(given: Sequence[object]) -> str:
    return " ".join(map(str, given))
