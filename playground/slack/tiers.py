"""Slack's published rate limits, per minute."""

import math
from collections import deque

from playground.slack.wire import JsonObject

TIER_2, TIER_3, TIER_4 = 20, 50, 100
LIMITS = {
    "agents.sessions.rename": TIER_3,
    "agents.sessions.setStatus": TIER_3,
    "apps.connections.open": TIER_3,
    "assistant.threads.setStatus": 60,
    "assistant.threads.setSuggestedPrompts": TIER_4,
    "assistant.threads.setTitle": TIER_4,
    "bots.info": TIER_3,
    "chat.appendStream": TIER_4,
    "chat.delete": TIER_3,
    "chat.postEphemeral": TIER_4,
    "chat.postMessage": 60,
    "chat.startStream": TIER_2,
    "chat.stopStream": TIER_2,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.list": TIER_2,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "files.completeUploadExternal": TIER_4,
    "files.delete": TIER_3,
    "files.getUploadURLExternal": TIER_4,
    "files.info": TIER_4,
    "reactions.add": TIER_3,
    "reactions.remove": TIER_2,
    "team.info": TIER_3,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}
"""Calls a minute. Methods with a limit of their own ("special") that is not published have none here."""
PER_WORKSPACE = {"chat.postMessage": 600}
"""A further limit for methods whose own limit counts for each channel."""


class Tiers:
    """Counts calls in a sliding minute."""

    def __init__(self) -> None:
        self._calls: dict[tuple[str, str], deque[float]] = {}

    def retry_after(self, method: str, args: JsonObject, now: float, window: float) -> int:
        """0 where the call is allowed, else the whole seconds to wait; a refused call does not count."""
        limits = _limits(method, args)
        waits = [self._wait((method, scope), limit, now, window) for scope, limit in limits]
        if wait := max(waits, default=0.0):
            return max(1, math.ceil(wait))
        for scope, _ in limits:
            self._calls[method, scope].append(now)
        return 0

    def _wait(self, key: tuple[str, str], limit: int, now: float, window: float) -> float:
        calls = self._calls.setdefault(key, deque())
        while calls and calls[0] <= now - window:
            calls.popleft()
        return calls[0] + window - now if len(calls) >= limit else 0.0

    def reset(self) -> None:
        """Forget all calls."""
        self._calls.clear()


def _limits(method: str, args: JsonObject) -> list[tuple[str, int]]:
    limit = LIMITS.get(method)
    if limit is None:
        return []
    if method == "chat.postMessage":
        return [(str(args.get("channel")), limit), ("", PER_WORKSPACE[method])]
    if method == "assistant.threads.setStatus":
        return [(f"{args.get('channel_id')} {args.get('thread_ts')}", limit)]
    return [("", limit)]
