"""What a model takes beside its messages, told from its name: a small table of prefixes.

Only the choices that people are offered depend on it. A server that refuses a parameter all the same is asked again
without it.
"""

import re
from dataclasses import dataclass

_ALL_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_VERBOSITIES = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Family:
    """`efforts` of reasoning and `verbosities`, the smallest first; `sampling`: temperature and top_p are taken."""

    efforts: tuple[str, ...] = ()
    verbosities: tuple[str, ...] = ()
    sampling: bool = True


def _reasoning(lowest: str, highest: str, verbosities: tuple[str, ...] = _VERBOSITIES) -> Family:
    first, last = _ALL_EFFORTS.index(lowest), _ALL_EFFORTS.index(highest)
    return Family(_ALL_EFFORTS[first : last + 1], verbosities, sampling=False)


# The first that fits counts.
_FAMILIES = (
    (re.compile(r"gpt-6\.1-sol|gpt-6\.2|gpt-6-astra"), _reasoning("low", "max")),
    (re.compile(r"gpt-6|gpt-5\.6"), _reasoning("none", "max")),
    (re.compile(r"gpt-5"), _reasoning("minimal", "high")),
    (re.compile(r"o\d"), _reasoning("low", "high", verbosities=())),
    (re.compile(r"gpt-oss"), Family(efforts=("low", "medium", "high"))),
)
_OTHERS = Family()


def efforts(model: str) -> tuple[str, ...]:
    """The reasoning efforts the model takes, the least first; none where it does not reason."""
    return _family(model).efforts


def verbosities(model: str) -> tuple[str, ...]:
    """The verbosities the model takes, the shortest first; none where it has no such parameter."""
    return _family(model).verbosities


def takes_sampling(model: str) -> bool:
    """Whether the model takes temperature and top_p."""
    return _family(model).sampling


def _family(model: str) -> Family:
    *_, name = model.split("/")  # "openai/gpt-5": other servers put the vendor first
    return next((family for prefix, family in _FAMILIES if prefix.match(name)), _OTHERS)
