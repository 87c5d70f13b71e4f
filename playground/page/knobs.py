"""The faults a visitor can choose, by Slack and by the model, with the words for them."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["seconds", "count", "switch", "optional"]


@dataclass(frozen=True, slots=True)
class Knob:
    """A setting of `Faults` (name begins with `slack.`), of the model's `Knobs` (`model.`), or of the app (`app.`)."""

    name: str
    label: str
    kind: Kind
    note: str = ""


SLACK = (
    Knob("slack.enforce_tiers", "Enforce Slack's rate limits", "switch", "429 above the published tier of a method"),
    Knob("slack.stream_lifetime", "Streams live for", "seconds", "holds for streams that start from now on"),
    Knob("slack.duplicate_deliveries", "Deliver the next events twice", "count"),
    Knob("slack.late_deliveries", "Hold back the next events", "count"),
    Knob("slack.late_seconds", "… for", "seconds"),
    Knob("slack.ignored_acks", "Do not hear the next acknowledgements", "count", "the event is delivered again"),
    Knob("slack.disconnects_in_flight", "Disconnect just before the next events", "count"),
    Knob("slack.burnt_tickets", "Refuse the next socket handshakes", "count"),
    Knob("slack.trigger_lifetime", "A window may be opened for", "seconds", "after a click or a command"),
    Knob("slack.half_open", "Sockets are half-open", "switch", "open, and silent for good"),
)
APP = (Knob("app.is_agent", "The app is an agent", "switch", "sessions, Stop and suggested prompts need that"),)
PACE = (
    Knob("model.first_token_seconds", "Silence before the first word", "seconds"),
    Knob("model.chunk_seconds", "Silence between chunks", "seconds"),
    Knob("model.chunk_characters", "Size of a chunk in characters", "count"),
    Knob("model.total_seconds", "Spread an answer over", "seconds"),
    Knob("model.keepalive_seconds", "Keepalive in silence every", "seconds", "0: never"),
    Knob("model.image_seconds", "Draw a picture for", "seconds", "each draft of it, and the finished one"),
)
BREAKAGE = (
    Knob("model.status", "Refuse calls with status", "count", "429, 500, 503 … · 0: answer"),
    Knob("model.retry_after", "… and Retry-After", "seconds"),
    Knob("model.hang_before_headers", "Never answer", "switch"),
    Knob("model.stall_after_chunks", "Fall silent after chunk", "optional"),
    Knob("model.drop_after_chunks", "Drop the connection after chunk", "optional"),
    Knob("model.truncate_after_chunks", "End early after chunk", "optional", "without saying so"),
    Knob("model.malformed_after_chunks", "Broken JSON after chunk", "optional"),
    Knob("model.content_filter", "Cut by the content filter", "switch"),
    Knob("model.empty", "Answer with no text", "switch"),
    Knob("model.no_responses_api", "No Responses API", "switch", "404, as on many compatible servers"),
    Knob("model.no_tools", "No tools", "switch", "400 when a call offers some"),
    Knob("model.no_pictures", "Sees no pictures", "switch", "400 when a call has one"),
    Knob("model.no_files", "Takes no files", "switch", "400 when a call has one"),
    Knob("model.no_image_stream", "Shows no drafts of a picture", "switch", "plain JSON instead of a stream"),
    Knob("model.words", "Words in messages steer the model", "switch"),
)
RULES = {
    "rate_limited": "429 with Retry-After",
    "server_error": "Server error (5xx)",
    "drop_before": "Connection dropped before the call",
    "drop_after": "Connection dropped after the call",
    "slow": "Slow",
    "error": "Error code",
}
"""Kinds of rules for Web API calls."""
METHODS = (
    "chat.startStream",
    "chat.appendStream",
    "chat.stopStream",
    "chat.postMessage",
    "chat.update",
    "agents.sessions.setStatus",
    "assistant.threads.setStatus",
    "chat.postEphemeral",
    "views.open",
    "views.update",
    "views.publish",
    "reactions.add",
    "conversations.replies",
    "files.getUploadURLExternal",
    "files.completeUploadExternal",
    "files.info",
    "upload",
    "download",
    "users.info",
    "auth.test",
    "apps.connections.open",
)
"""Methods the bot calls, which a rule may be about; `upload` and `download` are the bytes of files."""
EVENTS = {
    "cut": "Cut all sockets",
    "disconnect": "Ask all sockets to leave",
    "freeze": "Freeze all sockets",
    "expire": "Expire all streams",
}
"""What happens once, at a click."""
