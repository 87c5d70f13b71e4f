"""How a model call can fail: a small closed list, each with what an operator needs to find the cause."""

from enum import Enum


class Failure(Enum):
    """The kind of failure; the core has one clear line for each."""

    RATE_LIMITED = "rate_limited"
    QUOTA = "quota"
    AUTHENTICATION = "authentication"
    CONTEXT_TOO_LONG = "context_too_long"
    CONTENT_REFUSED = "content_refused"
    TIMEOUT = "timeout"
    STALLED = "stalled"
    UNAVAILABLE = "unavailable"  # not asked at all, because it has not answered others for a while
    DROPPED = "dropped"  # the stream broke off, or ended without saying that it is complete
    FAILED = "failed"
    INCOMPLETE = "incomplete"
    EMPTY = "empty"


class ModelError(Exception):
    """A model call failed. `detail` names the cause for the log (codes and class names, never people's text).

    `after_text` is true when some of the answer had already arrived: the partial answer is worth keeping, and the
    call is not repeated. `retry_after` is the server's own word in seconds, if it gave one; for UNAVAILABLE the seconds
    until the server is tried again.
    """

    def __init__(
        self,
        failure: Failure,
        detail: str,
        *,
        request_id: str = "",
        retry_after: float | None = None,
        after_text: bool = False,
    ) -> None:
        super().__init__(f"{failure.value}: {detail}")
        self.failure = failure
        self.detail = detail
        self.request_id = request_id
        self.retry_after = retry_after
        self.after_text = after_text
