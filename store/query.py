"""What somebody searches for, as words: plain ones, and runs of scripts that put no spaces between words."""

import re
import unicodedata
from dataclasses import dataclass

WORDS_LIMIT = 32
WORD_LENGTH = 64
_GRAM = 3
# Thai to Myanmar, Khmer, kana and Han; Hangul too, because its particles stick to the word.
_SPACELESS = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff]+)"
)


@dataclass(frozen=True, slots=True)
class Query:
    """`plain` words, and `runs`: pieces of scripts without spaces, three characters long where the run has them."""

    plain: tuple[str, ...]
    runs: tuple[str, ...]


def folded(text: str) -> str:
    """The text as it is compared: ligatures, full width forms and composed letters each have one form."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def runs_of(text: str) -> str:
    """What of the text is in scripts without spaces, a line for each run."""
    return "" if text.isascii() else "\n".join(_SPACELESS.findall(text))


def parse(text: str) -> Query:
    """The words of what was typed. Whatever is no letter, digit or mark only separates."""
    plain: dict[str, None] = {}
    runs: dict[str, None] = {}
    for word in "".join(one if _belongs(one) else " " for one in folded(text)).split():
        for number, piece in enumerate(_SPACELESS.split(word[:WORD_LENGTH])):
            if number % 2:
                runs.update(dict.fromkeys(_grams(piece)))
            elif piece:
                plain[piece.lower()] = None
    return Query(tuple(plain)[:WORDS_LIMIT], tuple(runs)[: 2 * WORDS_LIMIT])


def _belongs(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _grams(run: str) -> list[str]:
    return [run[start : start + _GRAM] for start in range(max(1, len(run) - _GRAM + 1))]
