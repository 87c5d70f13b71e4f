"""From what the server or the connection did to a `Failure`: by code, then type, then status, then message."""

import errno
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx2
import openai

from openai_client.errors import Failure
from openai_client.events import Json
from openai_client.wire import as_object, string

_BY_WORD = {
    "insufficient_quota": Failure.QUOTA,
    "billing_hard_limit_reached": Failure.QUOTA,
    "billing_not_active": Failure.QUOTA,
    "rate_limit_exceeded": Failure.RATE_LIMITED,
    "invalid_api_key": Failure.AUTHENTICATION,
    "context_length_exceeded": Failure.CONTEXT_TOO_LONG,
    "exceed_context_size_error": Failure.CONTEXT_TOO_LONG,
    "content_filter": Failure.CONTENT_REFUSED,
    "moderation_blocked": Failure.CONTENT_REFUSED,
    "invalid_prompt": Failure.CONTENT_REFUSED,
    "image_generation_user_error": Failure.CONTENT_REFUSED,
}
_BY_STATUS = {
    401: Failure.AUTHENTICATION,
    402: Failure.QUOTA,
    403: Failure.AUTHENTICATION,
    413: Failure.CONTEXT_TOO_LONG,
    429: Failure.RATE_LIMITED,
}
_POLICY = re.compile(r"content_policy|policy_violation|_policy$|^content_filter|moderation")
_TOO_LONG = re.compile(
    r"context.{0,20}(length|size|window)|maximum context|too many (input )?tokens|(prompt|input) is too long",
    re.IGNORECASE,
)
_SERVER_TROUBLE = {"server_error", "internal_error", "internal_server_error", "overloaded_error", "timeout"}
_REPEATABLE_STATUS = {408, 409}
_USED_UP = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_NOT_IMPLEMENTED = 501  # nothing is wrong with a server that lacks something
_CODE = re.compile(r"[\w.:-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ServerError:
    """What the server said. `status` is 0 for an error inside a stream; `message` may quote people: never logged."""

    status: int = 0
    code: str = ""
    kind: str = ""
    param: str = ""
    message: str = ""

    def __str__(self) -> str:
        words = [f"status={self.status}"] if self.status else []
        words += [
            f"{name}={word}" for name, word in (("code", self.code), ("type", self.kind)) if _CODE.fullmatch(word)
        ]
        return " ".join(words) or "error without a code"


class Fault(Exception):
    """One attempt failed. `repeatable` says whether a repeat makes sense at all; `retry_after` is in seconds.

    `hard`: the server did not do its work at all, as opposed to saying no in good order. `local`: nothing was heard of
    it, because this process has run out of something.
    """

    def __init__(
        self,
        failure: Failure,
        detail: str,
        *,
        said: ServerError | None = None,
        repeatable: bool = False,
        hard: bool = False,
        local: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{failure.value}: {detail}")
        self.failure = failure
        self.detail = detail
        self.said = said or ServerError()
        self.repeatable = repeatable
        self.hard = hard
        self.local = local
        self.retry_after = retry_after


def dropped(detail: str) -> Fault:
    """The stream broke off. It may be repeated as long as nothing of the answer has been shown."""
    return Fault(Failure.DROPPED, detail, repeatable=True, hard=True)


def stalled(detail: str) -> Fault:
    """The server fell silent. It has been waited for long enough."""
    return Fault(Failure.STALLED, detail, hard=True)


def server_fault(body: Json, status: int = 0, retry_after: float | None = None) -> Fault:
    """The fault for an error object, `{code, type, param, message}`, from a status line or from inside a stream."""
    code = body.get("code")
    # Some servers put the status where the code belongs, as a number or as its digits.
    digits = int(str(code)) if str(code).isdecimal() else 0
    said = ServerError(
        status=status or digits,
        code="" if digits else string(body, "code"),
        kind=string(body, "type"),
        param=string(body, "param"),
        message=string(body, "message"),
    )
    failure = _failure(said)
    failed = failure is Failure.FAILED
    trouble = failed and _in_trouble(said)
    again = trouble or (failed and said.status in _REPEATABLE_STATUS) or failure is Failure.RATE_LIMITED
    hard = trouble and said.status != _NOT_IMPLEMENTED
    return Fault(failure, str(said), said=said, repeatable=again, hard=hard, retry_after=retry_after)


def _failure(said: ServerError) -> Failure:
    for word in (said.code, said.kind):
        if known := _BY_WORD.get(word):
            return known
        if _POLICY.search(word):
            return Failure.CONTENT_REFUSED
    if known := _BY_STATUS.get(said.status):
        return known
    return Failure.CONTEXT_TOO_LONG if _TOO_LONG.search(said.message) else Failure.FAILED


def _in_trouble(said: ServerError) -> bool:
    return said.status >= 500 or bool({said.code, said.kind} & _SERVER_TROUBLE)


def sdk_fault(error: openai.APIError, streaming: bool) -> Fault:
    """The fault for an exception of the SDK; `streaming` is true once the answer's headers have arrived."""
    if isinstance(error, openai.APIStatusError):
        return _status_fault(error)
    if isinstance(error, openai.APIConnectionError):
        return connection_fault(error.__cause__ or error, streaming)
    return server_fault(_error_body(error.body))


def _status_fault(error: openai.APIStatusError) -> Fault:
    body = _error_body(error.body) or {"message": error.message}
    return server_fault(body, error.status_code, retry_after(error.response.headers))


def _error_body(body: object) -> Json:
    """The error object within a body: bare, wrapped in `error`, or (FastAPI's way) a text or list in `detail`."""
    outer = as_object(body)
    inner = as_object(outer.get("error")) or outer
    if "message" not in inner and "detail" in inner:
        return {**inner, "message": str(inner["detail"])}
    return inner


def connection_fault(cause: BaseException, streaming: bool) -> Fault:
    """No connection, a broken one, or a silent socket. The transport reports a refused connection as a timeout too."""
    name = type(cause).__name__
    if isinstance(cause, httpx2.ReadTimeout):
        return stalled(name)
    if streaming:
        return dropped(name)
    local = _is_local(cause)
    return Fault(Failure.FAILED, name, repeatable=True, hard=not local, local=local)


def _is_local(cause: BaseException | None) -> bool:
    while cause is not None:
        if isinstance(cause, httpx2.PoolTimeout) or getattr(cause, "errno", None) in _USED_UP:
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def route_missing(said: ServerError) -> bool:
    """Whether the server lacks the address itself, as opposed to the model that was asked for."""
    if said.status not in {404, 405}:
        return False
    about_model = re.search(
        r"\bmodel\b.*\b(not|unknown|no)\b|\b(unknown|no such|invalid) model\b", said.message, re.IGNORECASE | re.DOTALL
    )
    return said.code != "model_not_found" and not about_model


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The pause the server asks for, in seconds: `retry-after-ms`, or `retry-after` as seconds or as an HTTP date."""
    if (milliseconds := _float(headers.get("retry-after-ms"))) is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    if value is None or (seconds := _float(value)) is not None:
        return None if value is None else seconds
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def _float(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None
