"""Every call to Slack's Web API goes through here: one attempt, or as many as it takes, through its method's gate."""

import asyncio
import errno
import logging
import math
import random
import time
from collections.abc import Mapping

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from base_client import Observer
from config import Timings
from slack_client.errors import Ambiguous, OutOfPatience, RateLimited, Refused, SlackFailure, Unreachable
from slack_client.pacing import Pacing

log = logging.getLogger("threadwell.slack")

Answer = Mapping[str, object]
"""Slack's JSON answer; its fields are typed where they are read."""

RATE_LIMIT_CODES = {"ratelimited", "rate_limited"}
_TRANSIENT_CODES = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
_FORM_METHODS = {"files.getUploadURLExternal", "files.completeUploadExternal"}
"""Methods that take a form and no JSON."""
_NO_DESCRIPTORS = {errno.EMFILE, errno.ENFILE}
_SAME_TROUBLE = 60.0
_TOKEN_GONE = {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}
_DEFAULT_RETRY_AFTER = 5.0
_LEAST_RETRY_AFTER = 1.0


def _retry_after(headers: Mapping[str, str]) -> float:
    """Slack's word in seconds. What is no sensible number counts as `_DEFAULT_RETRY_AFTER`."""
    given = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        seconds = float(given)
    except ValueError:
        return _DEFAULT_RETRY_AFTER
    return max(_LEAST_RETRY_AFTER, seconds) if math.isfinite(seconds) else _DEFAULT_RETRY_AFTER


def _failure(method: str, error: SlackApiError) -> SlackFailure:
    response = error.response
    if isinstance(response, aiohttp.ClientResponse):  # what the SDK makes of JSON that it cannot parse
        status, data = response.status, None
    else:
        status, data = response.status_code, response.data
    code = data.get("error") if isinstance(data, dict) else None
    if status == 429 or code in RATE_LIMIT_CODES:
        return RateLimited(method, _retry_after(response.headers))
    if status >= 500 or code in _TRANSIENT_CODES or not isinstance(code, str):
        return Ambiguous(method, str(code or f"http_{status}"))
    return Refused(method, code)


class WebApi:
    """The workspace's Web API over one shared session. Nothing is repeated by the SDK; repeating is decided here."""

    def __init__(self, client: AsyncWebClient, pacing: Pacing, timings: Timings, observer: Observer) -> None:
        self._client = client
        self._timings = timings
        self._observer = observer
        self._out_of_descriptors: float | None = None
        self.token_gone = asyncio.Event()
        """Set once Slack no longer takes the bot's token."""
        self.latest_headers: Mapping[str, str] = {}
        """Those of the latest answer, also of a refusal; their names in small letters."""
        self.pacing = pacing

    async def call(
        self, method: str, arguments: Mapping[str, object], *, read: bool = False, token: str | None = None
    ) -> Answer:
        """One attempt, at once, with the bot's token or another. Raises a SlackFailure; while the gate is shut that is
        RateLimited, without asking Slack."""
        gate = self.pacing.gate_of(method, arguments)
        if gate.shut_for > 0:
            raise RateLimited(method, gate.shut_for)
        try:
            with gate.calling():
                answer = await self._send(method, arguments, read, token)
        except RateLimited as failure:
            gate.refused(failure.retry_after)
            self._observer.count("slack_rate_limited", method=method)
            raise
        except Refused as refusal:
            gate.succeeded()  # a clear no comes from behind the gate
            if token is None and refusal.reason in _TOKEN_GONE:
                self.token_gone.set()
            raise
        except (Ambiguous, Unreachable) as failure:
            self._observer.count("slack_call_failed", method=method)
            log.warning("slack_call_failed", extra={"method": method, "reason": failure.reason})
            raise
        gate.succeeded()
        return answer

    async def call_surely(
        self,
        method: str,
        arguments: Mapping[str, object],
        *,
        patience: float,
        read: bool = False,
        repeatable: bool = False,
    ) -> Answer:
        """As many attempts as it takes within `patience` seconds: waits as long as Slack says, tries again when it was
        not reached, and after an ambiguous end only if the call is `repeatable`.

        Raises Refused, Ambiguous, OutOfPatience.
        """
        attempt = 0
        try:
            async with asyncio.timeout(patience):
                while True:
                    try:
                        return await self._in_turn(method, arguments, read)
                    except RateLimited:
                        continue  # the gate is shut now and is waited for
                    except Unreachable:
                        pass
                    except Ambiguous:
                        if not repeatable:
                            raise
                    attempt += 1
                    await self.pause(attempt)
        except TimeoutError:
            raise OutOfPatience(method, f"not through in {patience:.0f} s") from None

    async def pause(self, attempt: int) -> None:
        """Wait before another attempt: longer after each one, and never in step with other callers."""
        longest = min(self._timings.retry_ceiling, self._timings.retry_base * 2 ** min(attempt, 10))
        await asyncio.sleep(random.uniform(longest / 2, longest))  # noqa: S311  spreads repeats, keeps no secret

    async def _in_turn(self, method: str, arguments: Mapping[str, object], read: bool) -> Answer:
        gate = self.pacing.gate_of(method, arguments)
        if not gate.doubtful():
            return await self.call(method, arguments, read=read)
        async with gate.passage():
            return await self.call(method, arguments, read=read)

    def _note_descriptors(self, error: OSError) -> None:
        """Every call that needs a connection fails then: operators are told once, not for each of them."""
        if error.errno not in _NO_DESCRIPTORS:
            return
        now, before = time.monotonic(), self._out_of_descriptors
        self._out_of_descriptors = now
        if before is None or now - before > _SAME_TROUBLE:
            log.error("out_of_descriptors", extra={"reason": errno.errorcode[error.errno]})

    def _note_headers(self, headers: Mapping[str, str]) -> None:
        self.latest_headers = {name.lower(): value for name, value in headers.items()}

    async def _send(self, method: str, arguments: Mapping[str, object], read: bool, token: str | None) -> Answer:
        began = time.perf_counter()
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            async with asyncio.timeout(self._timings.slack_call):
                if token is not None:
                    response = await self._client.api_call(method, params={**given, "token": token})
                elif read:
                    response = await self._client.api_call(method, http_verb="GET", params=given)
                elif method in _FORM_METHODS:
                    response = await self._client.api_call(method, data=given)
                else:
                    response = await self._client.api_call(method, json=given)
        except SlackApiError as error:
            self._note_headers(error.response.headers)
            raise _failure(method, error) from None
        except aiohttp.ClientConnectorError as error:
            self._note_descriptors(error.os_error)
            raise Unreachable(method, type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Ambiguous(method, type(error).__name__) from error
        except (AttributeError, UnicodeDecodeError) as error:
            # The SDK takes every body for a JSON object: a proxy's page in plain text makes it stumble.
            raise Ambiguous(method, "no JSON answer") from error
        finally:
            self._observer.observe("slack_call_seconds", time.perf_counter() - began, method=method)
        self._note_headers(response.headers)
        data = response.data
        if not isinstance(data, dict):
            raise Ambiguous(method, "no JSON answer")
        return data
