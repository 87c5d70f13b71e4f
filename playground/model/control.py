"""The server's own controls over HTTP: knobs and journal, for programs and pages on this machine only."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from aiohttp import web

from playground.model.errors import ApiError
from playground.model.journal import ModelCall
from playground.model.knobs import LONGEST_QUEUE, Knobs, KnobSettings, read_settings

CALLS_SHOWN = 100
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Controls:
    """GET, PUT and DELETE of `/control/knobs`, GET of `/control/journal`."""

    def __init__(self, knobs: Knobs, journal: Sequence[ModelCall]) -> None:
        self._knobs = knobs
        self._journal = journal

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/control/knobs", self.show)
        app.router.add_put("/control/knobs", self.change)
        app.router.add_delete("/control/knobs", self.reset)
        app.router.add_get("/control/journal", self.calls)

    async def show(self, request: web.Request) -> web.Response:
        """All knobs, and how many calls have settings of their own queued (`waiting`)."""
        check_local(request)
        return self._state()

    async def change(self, request: web.Request) -> web.Response:
        """Set the knobs named in the body; its `next` is a list of settings for one call each."""
        check_local(request)
        given = await _object(request)
        queue = _queue(given.pop("next", []))
        settings = _read(given)
        if self._knobs.waiting + len(queue) > LONGEST_QUEUE:
            raise ApiError(400, f"next: at most {LONGEST_QUEUE} calls can wait")
        self._knobs.set(**settings)
        for one_call in queue:
            self._knobs.next(**one_call)
        return self._state()

    async def reset(self, request: web.Request) -> web.Response:
        """Back to the defaults."""
        check_local(request)
        self._knobs.reset()
        return self._state()

    async def calls(self, request: web.Request) -> web.Response:
        """The newest calls, oldest of them first; `?last=n` says how many, `?api=` filters."""
        check_local(request)
        last = request.query.get("last", str(CALLS_SHOWN))
        if not last.isdecimal() or int(last) < 1:
            raise ApiError(400, "last: expected a whole number from 1", param="last")
        api = request.query.get("api")
        calls = [call for call in self._journal if api is None or call.api == api]
        return web.json_response({"calls": [call.as_json() for call in calls[-int(last) :]]})

    def _state(self) -> web.Response:
        return web.json_response(self._knobs.as_json() | {"waiting": self._knobs.waiting})


def check_local(request: web.Request) -> None:
    """Raises ApiError 403 unless the request names this machine and no foreign page sent it."""
    origin = request.headers.get("Origin")
    places = [f"//{request.host}"] + ([origin] if origin is not None else [])
    if not all(_hostname(place) in _LOOPBACK for place in places):
        raise ApiError(403, "The controls answer this machine only.", code="not_local")


def _hostname(place: str) -> str | None:
    try:
        return urlsplit(place).hostname
    except ValueError:
        return None


async def _object(request: web.Request) -> dict[str, object]:
    try:
        given = await request.json()
    except ValueError as problem:
        raise ApiError(400, "The body is not JSON.") from problem
    if not isinstance(given, dict):
        raise ApiError(400, "The body is not a JSON object.")
    return given


def _queue(given: object) -> list[KnobSettings]:
    if not isinstance(given, list) or not all(isinstance(entry, dict) for entry in given):
        raise ApiError(400, "next: expected a list of objects", param="next")
    return [_read(entry) for entry in given]


def _read(given: Mapping[str, object]) -> KnobSettings:
    try:
        return read_settings(given)
    except ValueError as problem:
        raise ApiError(400, str(problem)) from problem
