"""Files inside of a request: forms with files, and JSON that holds them as base64."""

import base64
import binascii

from aiohttp import web

from playground.slack.arguments import Arguments, read_object
from playground.slack.files import LARGEST_FILE
from playground.slack.wire import JsonObject, SlackError

Parts = tuple[JsonObject, list[tuple[str, bytes]]]
"""The arguments of a request, and its files by name and bytes."""
MOST_FILES = 30
LARGEST_REQUEST = MOST_FILES * LARGEST_FILE


def with_room(request: web.Request, largest: int = LARGEST_FILE) -> web.Request:
    """The same request, whose body may be as large as a file."""
    return request.clone(client_max_size=largest)


async def read_parts(request: web.Request) -> Parts:
    """What a form holds, beside its query string."""
    arguments: JsonObject = dict(request.query)
    files: list[tuple[str, bytes]] = []
    try:
        form = await with_room(request, LARGEST_REQUEST).post()
    except ValueError:  # no boundary, no end
        raise SlackError("invalid_form_data") from None
    for name, value in form.items():
        if isinstance(value, web.FileField):
            with value.file as file:
                files.append((value.filename or name, _within_limit(file.read())))
        elif isinstance(value, str):
            arguments[name] = value
    return arguments, files


async def read_json_parts(request: web.Request) -> Parts:
    """The same as JSON: `files` is a list of objects with `name` and `data` (base64)."""
    body = read_object(await with_room(request, LARGEST_REQUEST).read())
    files = [_decoded(Arguments(given)) for given in Arguments(body).objects("files", "invalid_arguments")]
    return dict(request.query) | body, files


def _decoded(given: Arguments) -> tuple[str, bytes]:
    try:
        data = base64.b64decode(given.text("data"), validate=True)
    except (binascii.Error, ValueError):
        raise SlackError("invalid_arguments", "[ERROR] data is base64") from None
    return given.required("name"), _within_limit(data)


def _within_limit(data: bytes) -> bytes:
    if len(data) > LARGEST_FILE:
        raise SlackError("file_upload_size_restricted")
    return data
