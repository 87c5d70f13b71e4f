"""The models that the offline model says it has."""

from playground.model.errors import ApiError
from playground.model.knobs import Knobs

_OLDEST = 1_760_000_000  # seconds since the epoch
_APART = 1_000_000  # seconds between one model and the next

MODELS = (
    "whisper-1",
    "text-embedding-3-small",
    "gpt-4.1",
    "gpt-5.4",
    "gpt-5.6-luna",
    "gpt-6.1-terra",
    "gpt-6.2-astra",
    "gpt-6.2-terra",
    "gpt-6.2-sol",
    "gpt-image-2.6-sunburst",
)
"""The oldest first."""


def listed(knobs: Knobs) -> dict[str, object]:
    """The answer to `GET /v1/models`; ApiError where the knobs make it fail."""
    if knobs.models_status:
        raise ApiError(knobs.models_status, "The models cannot be listed right now.", type="server_error")
    known = [
        {"id": name, "object": "model", "created": _OLDEST + at * _APART, "owned_by": "offline"}
        for at, name in enumerate(knobs.models or MODELS)
    ]
    return {"object": "list", "data": known}
