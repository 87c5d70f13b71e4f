"""Log lines of the process: events with fields, one line each, as text or JSON; never people's words, never a secret.

Every logger of the house is named `threadwell.…` and logs an event's name with its fields in `extra`:
`log.info("turn_done", extra={"turn": turn_id, "ms": 812})`. All other loggers belong to libraries, whose debug lines
print messages and SQL parameters; they are held at WARNING, and at INFO when the house logs at DEBUG.
"""

import atexit
import functools
import io
import itertools
import json
import logging
import logging.handlers
import os
import queue
import re
import string
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Literal, TextIO

HOUSE = "threadwell"
_WORDY = frozenset({"slack_bolt", "slack_sdk"})
_LINES_WAITING = 10_000
Lines = queue.Queue[logging.LogRecord]
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_PLAIN_VALUE = re.compile(r'[^\s"=\x00-\x1f]+')
_SECRET = re.compile(r"(\bxox[a-z]-|\bxapp-|\bsk-|\bticket=)[\w.%~-]{4,}")
_GAP = "[redacted]"
_TELLING = 10
"""So many characters of a secret, one behind the other, are a part of it that is not shown either."""
_WORDS = re.compile(r"[a-z_.-]+")
_SMALL = {ord(letter): letter.lower() for letter in string.ascii_uppercase}
_hidden: set[str] = set()
_parts: set[str] = set()
"""The process's own secrets, and their parts in small letters."""


def configure(level: str, fmt: Literal["text", "json"], stream: TextIO | None = None) -> Callable[[], None]:
    """Make `stream` (standard output by default) the only place that log lines go to, from `level` upwards.

    A thread of its own writes them: whoever reads the stream may be slow, and the event loop never waits for it. The
    returned function writes what waits and ends that thread; the end of the process calls it too.
    """
    stream = sys.stdout if stream is None else stream
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    handler = PatientHandler(stream)
    handler.setFormatter(JsonFormatter() if fmt == "json" else TextFormatter())
    lines: Lines = queue.Queue(_LINES_WAITING)
    entrance = Entrance(lines)
    entrance.addFilter(is_fit_to_log)
    entrance.addFilter(without_trace)
    writer = logging.handlers.QueueListener(lines, handler)
    writer.start()
    stop = functools.cache(writer.stop)
    atexit.register(stop)
    house_level = logging.getLevelNamesMapping()[level]
    foreign_level = logging.INFO if house_level <= logging.DEBUG else max(house_level, logging.WARNING)
    logging.getLogger(HOUSE).setLevel(house_level)
    # SQLAlchemy prints statements with their parameters at INFO, and those are people's messages.
    logging.getLogger("sqlalchemy").setLevel(max(house_level, logging.WARNING))
    root = logging.getLogger()
    root.setLevel(foreign_level)
    root.handlers[:] = [entrance]
    sys.excepthook = _crashed
    threading.excepthook = lambda ended: _crashed(ended.exc_type, ended.exc_value, ended.exc_traceback)
    return stop


class Entrance(logging.handlers.QueueHandler):
    """Hands records to the writing thread, whole; when too many wait, the newest are lost and nothing else."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record

    def handleError(self, record: logging.LogRecord) -> None:
        if not isinstance(sys.exc_info()[1], queue.Full):
            super().handleError(record)


def is_fit_to_log(record: logging.LogRecord) -> bool:
    """Whether a record may be printed: a library's debug lines never are, whatever level it gave its own loggers."""
    return record.levelno >= logging.INFO or record.name.partition(".")[0] == HOUSE


def without_trace(record: logging.LogRecord) -> bool:
    """Slack's SDK prints a stack for every lost connection; its line says as much. Always true: it is no filter."""
    if record.name.partition(".")[0] in _WORDY:
        record.exc_info = record.exc_text = None
    return True


def hide(secrets: Iterable[str]) -> None:
    """From now on no line shows these, nor a part of them.

    A server's key may look like any word, and others may echo it, cut it, or put it among other characters. Single
    words, and parts that are words in small letters, are left: "threadwell" is no secret.
    """
    for secret in secrets:
        if len(secret) < _TELLING or secret.isalpha():
            continue
        _hidden.add(secret)
        parts = (secret[at : at + _TELLING] for at in range(len(secret) - _TELLING + 1))
        _parts.update(part.translate(_SMALL) for part in parts if not _WORDS.fullmatch(part))


def redact(line: str) -> str:
    """The line without our secrets, and what looks like a Slack token, a model server's key or a socket's ticket."""
    for secret in _hidden:
        line = line.replace(secret, _GAP)
    return _SECRET.sub(rf"\1{_GAP}", _without_parts(line) if _parts else line)


def _without_parts(line: str) -> str:
    small = line.translate(_SMALL)
    found = {at for at in range(len(line) - _TELLING + 1) if small[at : at + _TELLING] in _parts}
    # From behind, so that the places before stay where they are; parts that overlap leave one gap.
    for at in sorted(found, reverse=True):
        if at - 1 not in found:
            end = next(each for each in itertools.count(at) if each not in found) - 1
            line = f"{line[:at]}{_GAP}{line[end + _TELLING :]}"
    return line


def _crashed(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """The interpreter's own last words, and those of a thread, without secrets."""
    sys.stderr.write(redact("".join(traceback.format_exception(kind, error, trace))))


class TextFormatter(logging.Formatter):
    """`2026-11-23T08:00:00Z INFO threadwell.turn turn_done turn=T1 ms=812`; a traceback follows on its own lines."""

    def format(self, record: logging.LogRecord) -> str:
        event = record.getMessage().replace("\r", "\\r").replace("\n", "\\n")
        words = [_time(record), record.levelname, record.name, event]
        words += [f"{name}={_text_value(value)}" for name, value in _fields(record).items()]
        return redact("\n".join([" ".join(words), *_traceback(self, record)]))


class JsonFormatter(logging.Formatter):
    """One JSON object per line: `time`, `level`, `logger`, `event`, the fields, and `error` with a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
        }
        if trace := _traceback(self, record):
            entry["error"] = "\n".join(trace)
        return redact(json.dumps({**_fields(record), **entry}, default=str))


class PatientHandler(logging.StreamHandler[TextIO]):
    """Outlives its stream: when a supervisor dies, nobody reads the bot's output, and it still has to stop well."""

    def handleError(self, record: logging.LogRecord) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, BrokenPipeError):
            self._discard_from_now_on()
        elif not isinstance(error, OSError) and not self.stream.closed:
            super().handleError(record)

    def _discard_from_now_on(self) -> None:
        # What could not be written stays in the stream's buffer, and failing to flush it would change the exit code.
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, self.stream.fileno())
        os.close(sink)


def _time(record: logging.LogRecord) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


def _text_value(value: object) -> str:
    text = str(value)
    return text if _PLAIN_VALUE.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> list[str]:
    lines = [formatter.formatException(record.exc_info)] if record.exc_info else []
    return [*lines, formatter.formatStack(record.stack_info)] if record.stack_info else lines
