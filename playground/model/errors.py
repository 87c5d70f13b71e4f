"""An error answer in OpenAI's shape."""

from dataclasses import dataclass


@dataclass(eq=False)
class ApiError(Exception):
    """Ends a call with `status` and `{"error": {message, type, code, param}}`. `retry_after` is in seconds."""

    status: int
    message: str
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    retry_after: float | None = None

    def body(self) -> dict[str, object]:
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}


def missing(param: str) -> ApiError:
    return ApiError(400, f"Missing required parameter: '{param}'.", code="missing_required_parameter", param=param)


def wrong_type(param: str, expected: str, got: object) -> ApiError:
    message = f"Invalid type for '{param}': expected {expected}, but got {_kind(got)} instead."
    return ApiError(400, message, code="invalid_type", param=param)


def wrong_value(param: str, message: str, code: str = "invalid_value") -> ApiError:
    return ApiError(400, message, code=code, param=param)


def _kind(value: object) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", int: "an integer"}
    return "null" if value is None else names.get(type(value), "a number")
