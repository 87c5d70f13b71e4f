"""Error answers that the knobs ask for."""

from playground.model.errors import ApiError
from playground.model.knobs import Knobs

HTML_PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>"
NO_SUCH_API = {"detail": "Not Found"}  # what servers without the Responses API answer

_TYPES = {
    "insufficient_quota": "insufficient_quota",
    "rate_limit_exceeded": "requests",
    "moderation_blocked": "image_generation_user_error",
}
_CODES = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}
_MESSAGES = {
    "insufficient_quota": "You exceeded your current quota, please check your plan and billing details.",
    "rate_limit_exceeded": "Rate limit reached for requests.",
    "context_length_exceeded": "Your input exceeds the context window of this model.",
    "invalid_api_key": "Incorrect API key provided.",
    "model_not_found": "The model does not exist or you do not have access to it.",
    "moderation_blocked": "Your request was rejected by the safety system. safety_violations=[violence].",
    "content_policy_violation": "Your request was rejected by the safety system.",
}


def error_of(knobs: Knobs) -> ApiError | None:
    """The error answer that the knobs ask for, complete with the usual code, type and words of its status."""
    if not knobs.status:
        return None
    code = knobs.code or _CODES.get(knobs.status)
    usual = "server_error" if knobs.status >= 500 else "invalid_request_error"
    return ApiError(
        status=knobs.status,
        message=knobs.message or _MESSAGES.get(code or "", f"The offline model was asked to answer {knobs.status}."),
        type=knobs.error_type or _TYPES.get(code or "", usual),
        code=code,
        retry_after=knobs.retry_after or None,
    )
