"""The server's words for a pause, and the errors of the connection."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest

from openai_client.errors import Failure
from openai_client.faults import ServerError, connection_fault, retry_after


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Thu, 01 Jan 1998 00:00:00 GMT"}, 0.0),
    ],
)
def test_the_pause_a_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(httpx2.Headers(headers)) == seconds


def test_a_pause_given_as_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    seconds = retry_after({"retry-after": date})
    assert seconds is not None
    assert 85 < seconds <= 90


def test_a_silent_socket_is_a_stall_and_everything_else_a_lost_connection() -> None:
    assert connection_fault(httpx2.ReadTimeout("slow"), streaming=True).failure is Failure.STALLED
    assert connection_fault(httpx2.ReadError("gone"), streaming=True).failure is Failure.DROPPED
    for cause in (httpx2.PoolTimeout("full"), httpx2.ConnectTimeout("slow"), httpx2.ConnectError("refused")):
        fault = connection_fault(cause, streaming=False)
        assert (fault.failure, fault.repeatable) == (Failure.FAILED, True)


def test_words_that_are_no_codes_are_not_repeated_in_the_log() -> None:
    assert str(ServerError(400, code="what you said: x", kind="plain_type", message="secret")) == (
        "status=400 type=plain_type"
    )
    assert str(ServerError(message="secret")) == "error without a code"
