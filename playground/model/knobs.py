"""The settings of the offline model: how it paces its answers and which faults it shows."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TypedDict, Unpack

LONGEST_QUEUE = 1_000  # calls


class KnobSettings(TypedDict, total=False):
    """The names and types of all knobs, for `Knobs.next` and `Knobs.set`. `Knobs` documents them."""

    first_token_seconds: float
    chunk_seconds: float
    chunk_characters: int
    chunk_count: int
    total_seconds: float
    keepalive_seconds: float
    answer: str
    commentary: str
    refusal: str
    empty: bool
    words: bool
    tool_calls: tuple[tuple[str, str], ...]
    status: int
    code: str
    error_type: str
    message: str
    retry_after: float
    html_200: bool
    no_responses_api: bool
    no_tools: bool
    no_pictures: bool
    no_files: bool
    no_image_stream: bool
    image_seconds: float
    refuse_parameters: frozenset[str]
    hang_before_headers: bool
    stall_after_chunks: int | None
    drop_after_chunks: int | None
    truncate_after_chunks: int | None
    malformed_after_chunks: int | None
    end_after_chunks: int | None
    response_failed: str
    response_incomplete: str
    content_filter: bool
    error_event: str
    repeat_created: int
    missing_usage: bool
    models: tuple[str, ...]
    models_status: int
    models_seconds: float


@dataclass(slots=True)
class Knobs:
    """Every setting holds for all calls until it is changed; `next` sets some for the next calls only.

    A chunk is one delta of text. "After n chunks" counts from the start of the answer; 0 is before its first word.
    """

    # Pace.
    first_token_seconds: float = 0.0  # silence before the first chunk
    chunk_seconds: float = 0.0  # silence between chunks
    chunk_characters: int = 40  # size of a chunk
    chunk_count: int = 0  # or: so many chunks, whatever their size; 0 = by size
    total_seconds: float = 0.0  # or: the answer is spread over this time (first_token_seconds included)
    keepalive_seconds: float = 0.0  # a keepalive this often during silence; 0 = never

    # Pictures made by the Images API; the paces above are not theirs.
    image_seconds: float = 0.0  # before each partial picture, and before the finished one
    no_image_stream: bool = False  # answers JSON although a stream was asked for, as many servers do

    # What is said.
    answer: str = ""  # a fixed answer instead of the offline model's own
    commentary: str = ""  # said first, as commentary (Chat Completions: reasoning_content)
    refusal: str = ""  # the model refuses in these words
    empty: bool = False  # an answer without any text
    words: bool = True  # the words of people steer the model (README.md lists them)
    tool_calls: tuple[tuple[str, str], ...] = ()  # (name, arguments as JSON text) instead of an answer

    # Errors instead of an answer.
    status: int = 0  # HTTP status of an error answer; 0 = none
    code: str = ""  # its error.code
    error_type: str = ""  # its error.type; empty = the usual one for the status
    message: str = ""  # its error.message; empty = a plain one
    retry_after: float = 0.0  # its Retry-After in seconds; 0 = no such header
    html_200: bool = False  # a page of HTML with status 200, like a captive portal
    no_responses_api: bool = False  # 404 on /v1/responses, like a server without that API
    no_tools: bool = False  # 400 when tools are offered, like a server whose model has none
    no_pictures: bool = False  # 400 when a picture is sent
    no_files: bool = False  # 400 when a file is sent
    refuse_parameters: frozenset[str] = frozenset()  # 400 unsupported_parameter when one is sent ("reasoning.effort")

    # Faults in the middle.
    hang_before_headers: bool = False  # never answers
    stall_after_chunks: int | None = None  # falls silent (keepalives go on)
    drop_after_chunks: int | None = None  # resets the TCP connection
    truncate_after_chunks: int | None = None  # ends cleanly, without a terminal event
    malformed_after_chunks: int | None = None  # sends broken JSON
    end_after_chunks: int | None = None  # where the endings below come; None = after the whole text
    response_failed: str = ""  # ends with response.failed and this error code
    response_incomplete: str = ""  # ends with response.incomplete and this reason
    content_filter: bool = False  # ends as cut by the content filter
    error_event: str = ""  # ends with an error event: "flat" or "nested"
    repeat_created: int = 0  # response.created and in_progress are sent so many more times
    missing_usage: bool = False  # reports no token usage

    # The list of models; `next` does not reach it.
    models: tuple[str, ...] = ()  # names instead of the usual ones, the oldest first
    models_status: int = 0  # HTTP status of an error answer; 0 = none
    models_seconds: float = 0.0  # before it is answered

    _queue: deque[KnobSettings] = field(default_factory=deque, init=False, repr=False, compare=False)

    def set(self, **settings: Unpack[KnobSettings]) -> None:
        """Change settings for all later calls."""
        for name, value in settings.items():
            setattr(self, name, value)

    def next(self, count: int = 1, **settings: Unpack[KnobSettings]) -> None:
        """Queue settings for one call each of the next `count` calls; `next()` without settings lets one call pass."""
        if len(self._queue) + count > LONGEST_QUEUE:
            raise ValueError(f"next: at most {LONGEST_QUEUE} calls can wait")
        self._queue.extend(settings.copy() for _ in range(count))

    def take(self) -> "Knobs":
        """The settings for the call that begins now."""
        return replace(self, **(self._queue.popleft() if self._queue else KnobSettings()))

    def reset(self) -> None:
        """Back to the defaults, with nothing queued."""
        self._queue.clear()
        fresh = Knobs()
        for name in NAMES:
            setattr(self, name, getattr(fresh, name))

    @property
    def waiting(self) -> int:
        """How many calls have settings of their own queued."""
        return len(self._queue)

    def as_json(self) -> dict[str, object]:
        values = {name: getattr(self, name) for name in NAMES}
        return values | {"refuse_parameters": sorted(self.refuse_parameters)}


NAMES = tuple(knob.name for knob in fields(Knobs) if not knob.name.startswith("_"))


def read_settings(given: Mapping[str, object]) -> KnobSettings:
    """Knobs from JSON. Raises ValueError with a line for people when a name is unknown or a value does not fit."""
    settings = KnobSettings()
    for name, value in given.items():
        if name not in NAMES:
            raise ValueError(f"there is no knob {name!r}")
        try:
            settings[name] = _READERS[name](value)  # type: ignore[literal-required]  # NAMES holds its keys only
        except (TypeError, ValueError) as problem:
            raise ValueError(f"{name}: {problem}") from problem
    return settings


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
        raise ValueError("expected seconds from 0 to 3600")
    return float(value)


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("expected a whole number from 0")
    return value


def _size(value: object) -> int:
    if (number := _count(value)) < 1:
        raise ValueError("expected a whole number from 1")
    return number


def _status(value: object) -> int:
    number = _count(value)
    if number and not 400 <= number <= 599:
        raise ValueError("expected 0 or a status from 400 to 599")
    return number


def _place(value: object) -> int | None:
    return None if value is None else _count(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("expected text")
    return value


def _error_event(value: object) -> str:
    if value not in ("", "flat", "nested"):
        raise ValueError('expected "", "flat" or "nested"')
    return _text(value)


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("expected true or false")
    return value


def _names(value: object) -> frozenset[str]:
    if not isinstance(value, list | tuple | set | frozenset):
        raise TypeError("expected a list of texts")
    return frozenset(_text(name) for name in value)


def _models(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError("expected a list of texts")
    return tuple(_text(name) for name in value)


def _calls(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list | tuple):
        raise TypeError("expected a list of [name, arguments]")
    return tuple((_text(name), _text(arguments)) for name, arguments in value)


def _reader(default: object) -> Callable[[object], object]:
    by_default: dict[type, Callable[[object], object]] = {float: _seconds, bool: _switch, int: _count, str: _text}
    return by_default.get(type(default), _place)


_READERS: dict[str, Callable[[object], object]] = {name: _reader(getattr(Knobs(), name)) for name in NAMES} | {
    "refuse_parameters": _names,
    "tool_calls": _calls,
    "chunk_characters": _size,
    "status": _status,
    "models": _models,
    "models_status": _status,
    "error_event": _error_event,
}
