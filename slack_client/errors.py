"""How a Web API call can fail, as far as it matters for what to do next."""


class SlackFailure(Exception):
    """A Web API call did not succeed. `method` and `reason` are fit for the log."""

    def __init__(self, method: str, reason: str) -> None:
        super().__init__(f"{method}: {reason}")
        self.method = method
        self.reason = reason


class Refused(SlackFailure):
    """Slack answered no: `reason` is its error code. Nothing was changed."""


class RateLimited(SlackFailure):
    """Slack's allowance is used up. `retry_after` is its word in seconds; nothing was changed."""

    def __init__(self, method: str, retry_after: float) -> None:
        super().__init__(method, "ratelimited")
        self.retry_after = retry_after


class Unreachable(SlackFailure):
    """No connection was made: Slack has not seen the call."""


class Ambiguous(SlackFailure):
    """The connection was lost, or Slack failed, after the call was sent: it may or may not have been carried out."""


class OutOfPatience(SlackFailure):
    """The call did not get through before its deadline."""
