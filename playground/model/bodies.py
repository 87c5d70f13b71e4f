"""What every call has to bring: a key and a JSON object."""

import json

from aiohttp import web

from playground.model.errors import ApiError
from playground.model.journal import ModelCall, slim
from playground.model.script import Json

_DATA_URL = b'"data:'  # a body without it is kept in the journal as it is


def check_key(request: web.Request) -> None:
    """Raises ApiError 401 where there is no bearer key; any will do."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise ApiError(401, "You didn't provide an API key. Provide it in an Authorization header (Bearer YOUR_KEY).")


async def read_body(request: web.Request, call: ModelCall) -> Json:
    """The JSON object of a call, noted in its line of the journal; ApiError 400 where there is none."""
    raw = await request.read()
    try:
        body = json.loads(raw, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise ApiError(400, "We could not parse the JSON body of your request.") from problem
    if not isinstance(body, dict):
        raise ApiError(400, "Invalid body: expected a JSON object.", code="invalid_type")
    call.body = slim(body) if _DATA_URL in raw else body
    return body


def _no_number(word: str) -> object:
    raise ValueError(f"{word} is not JSON")
