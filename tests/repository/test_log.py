"""The process's log lines: their shape, what they must not contain, and a stream that goes away."""

import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, cast

import pytest

from ops import log

ROOT = Path(__file__).parents[2]
Configure = Callable[..., io.StringIO]


class Written(io.StringIO):
    """A stream whose value is complete: the writing thread is ended before it is read."""

    stop: Callable[[], None]

    def getvalue(self) -> str:
        self.stop()
        return super().getvalue()


@pytest.fixture
def configure() -> Iterator[Configure]:
    """`log.configure` on a stream of the test's own; the loggers are put back afterwards."""
    root = logging.getLogger()
    loggers = [root, logging.getLogger(log.HOUSE), logging.getLogger("sqlalchemy")]
    handlers, levels = list(root.handlers), [logger.level for logger in loggers]

    def configured(level: str = "INFO", fmt: Literal["text", "json"] = "text") -> io.StringIO:
        stream = Written()
        stream.stop = log.configure(level, fmt, stream)
        return stream

    hooks = sys.excepthook, threading.excepthook
    yield configured
    sys.excepthook, threading.excepthook = hooks
    root.handlers[:] = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    """A server's key that looks like none; hidden for this test alone."""
    monkeypatch.setattr(log, "_hidden", set())
    monkeypatch.setattr(log, "_parts", set())
    log.hide(["Quite7Ordinary-9word", "threadwell", "short-1"])
    return "Quite7Ordinary-9word"


def house_record(event: str, **extra: object) -> logging.LogRecord:
    record = logging.makeLogRecord({"name": "threadwell.turn", "levelname": "INFO", "msg": event, **extra})
    record.created = 1_795_420_800.0  # 2026-11-23T08:00:00Z
    return record


def test_text_line_is_time_level_logger_event_and_fields() -> None:
    line = log.TextFormatter().format(house_record("turn_done", turn="T1", ms=812))
    assert line == "2026-11-23T08:00:00Z INFO threadwell.turn turn_done turn=T1 ms=812"


def test_text_values_that_could_be_mistaken_for_more_fields_are_quoted() -> None:
    line = log.TextFormatter().format(house_record("odd", reason="two words", forged="a\nb=c", empty=""))
    assert line.endswith(r'odd reason="two words" forged="a\nb=c" empty=""')


def test_text_event_stays_on_one_line() -> None:
    assert log.TextFormatter().format(house_record("first\r\nsecond")).endswith(r"first\r\nsecond")


def test_json_line_holds_the_same_and_cannot_be_overridden_by_fields() -> None:
    line = log.JsonFormatter().format(house_record("turn_done", turn="T1", ms=812, level="forged", path=Path("x")))
    assert cast(dict[str, object], json.loads(line)) == {
        "time": "2026-11-23T08:00:00Z",
        "level": "INFO",
        "logger": "threadwell.turn",
        "event": "turn_done",
        "turn": "T1",
        "ms": 812,
        "path": "x",
    }


@pytest.mark.parametrize("fmt", ["text", "json"])
def test_tracebacks_are_kept(configure: Configure, fmt: str) -> None:
    stream = configure(fmt=fmt)
    try:
        raise RuntimeError("the reason")
    except RuntimeError:
        logging.getLogger("threadwell.turn").exception("turn_failed")
    assert "RuntimeError: the reason" in stream.getvalue()
    assert "Traceback" in stream.getvalue()


@pytest.mark.parametrize(
    ("level", "seen"),
    [
        ("DEBUG", {"threadwell": {"DEBUG", "INFO", "WARNING", "ERROR"}, "slack_sdk": {"INFO", "WARNING", "ERROR"}}),
        ("INFO", {"threadwell": {"INFO", "WARNING", "ERROR"}, "slack_sdk": {"WARNING", "ERROR"}}),
        ("ERROR", {"threadwell": {"ERROR"}, "slack_sdk": {"ERROR"}}),
    ],
)
def test_libraries_are_quieter_than_the_house(configure: Configure, level: str, seen: dict[str, set[str]]) -> None:
    stream = configure(level)
    for name in seen:
        for said in ("DEBUG", "INFO", "WARNING", "ERROR"):
            logging.getLogger(f"{name}.part").log(logging.getLevelNamesMapping()[said], "hello")
    lines = [line.split() for line in stream.getvalue().splitlines()]
    assert {name: {line[1] for line in lines if line[2].startswith(name)} for name in seen} == seen


def test_a_library_that_turns_its_own_debugging_on_still_prints_no_payload(configure: Configure) -> None:
    stream = configure("DEBUG")
    noisy = logging.getLogger("slack_sdk.noisy_for_this_test")
    noisy.setLevel(logging.DEBUG)
    noisy.debug("Received: somebody's private words")
    noisy.info("connected")
    assert [line.split(" ", 3)[3] for line in stream.getvalue().splitlines()] == ["connected"]


def test_sql_parameters_are_not_printed_at_debug(configure: Configure) -> None:
    stream = configure("DEBUG")
    logging.getLogger("sqlalchemy.engine.Engine").info("[raw sql] ('somebody''s private words',)")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("fmt", ["text", "json"])
@pytest.mark.parametrize(
    "secret",
    ["xoxb-12345-67890-abcDEF", "xapp-1-A012-345-abcdef", "sk-proj-abcd_EFGH-1234", "ticket=01234567-89ab&app_id=1"],
)
def test_secrets_are_redacted_wherever_they_stand(configure: Configure, fmt: str, secret: str) -> None:
    stream = configure(fmt=fmt)
    logger = logging.getLogger("threadwell.turn")
    logger.info("said %s", secret, extra={"address": f"wss://host/?{secret}"})
    try:
        raise RuntimeError(secret)
    except RuntimeError:
        logger.exception("failed")
    tail = secret.partition("-")[2] if not secret.startswith("ticket") else "01234567-89ab"
    assert tail not in stream.getvalue()
    assert stream.getvalue().count("[redacted]") >= 3


def test_words_that_only_resemble_a_key_stay() -> None:
    assert log.redact("disk-usage ask-anything task-12345678") == "disk-usage ask-anything task-12345678"


def test_configuring_twice_prints_each_line_once(configure: Configure) -> None:
    configure()
    stream = configure()
    logging.getLogger("threadwell.turn").info("once")
    assert len(stream.getvalue().splitlines()) == 1


def test_characters_that_the_stream_cannot_encode_are_escaped() -> None:
    done = run_python("log.configure('INFO', 'text'); logging.getLogger('threadwell.x').info('caf\\u00e9')", "ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("caf\\xe9\n")


def test_a_reader_that_is_gone_changes_neither_the_work_nor_the_exit_code() -> None:
    program = """
import os
reader, writer = os.pipe()
os.close(reader)
os.dup2(writer, 1)
log.configure('INFO', 'text')
for number in range(3):
    logging.getLogger('threadwell.x').info('line', extra={'number': number})
sys.exit(3)
"""
    done = run_python(program)
    assert (done.returncode, done.stderr) == (3, "")


def test_a_closed_stream_is_survived(configure: Configure, capsys: pytest.CaptureFixture[str]) -> None:
    configure().close()
    logging.getLogger("threadwell.turn").info("nobody reads this")
    assert capsys.readouterr().err == ""


def test_a_wrong_call_of_a_logger_is_still_shown(configure: Configure, capsys: pytest.CaptureFixture[str]) -> None:
    stream = configure()
    logging.getLogger("threadwell.turn").info("%d", "no number")
    stream.getvalue()
    assert "no number" in capsys.readouterr().err


def run_python(program: str, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"import logging, sys\nfrom ops import log\n{program}"],
        cwd=ROOT,
        env={"PYTHONIOENCODING": encoding},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_what_is_hidden_is_shown_neither_whole_nor_in_part(secret: str) -> None:
    assert log.redact(f"a {secret} b {secret}") == "a [redacted] b [redacted]"
    assert log.redact(f"id=req_{secret[2:14]}_1 twice {secret[:11]},") == "id=req_[redacted]_1 twice [redacted],"
    assert log.redact(secret.upper()) == "[redacted]"
    assert log.redact(secret[:9]) == secret[:9]


def test_single_words_and_short_ones_are_no_secrets(secret: str) -> None:
    line = log.TextFormatter().format(house_record("short-1", key="ordinary"))
    assert line.endswith("threadwell.turn short-1 key=ordinary")


@pytest.mark.parametrize("way", ["die()", "thread = threading.Thread(target=die); thread.start(); thread.join()"])
def test_the_last_words_of_the_process_and_of_a_thread_tell_no_secret(way: str) -> None:
    program = (
        "import threading\ndef die():\n    raise KeyError(secret)\nsecret = 'Quite7Ordinary-9word'\n"
        f"log.configure('INFO', 'text')\nlog.hide([secret])\n{way}"
    )
    ended = run_python(program)
    assert "KeyError: '[redacted]'" in ended.stderr
    assert "Quite7" not in ended.stderr
