"""Who may use the pages and controls of the playground: this machine, and no page of another site."""

from urllib.parse import urlsplit

from aiohttp import web

NAMES = {"127.0.0.1", "localhost", "::1"}


def check_loopback(request: web.Request) -> None:
    """Refuse (403) a Host that is not this machine and an Origin that is not this very server.

    The first stops a foreign name that resolves to this machine, the second a foreign page in the same browser.
    """
    host = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin")
    if host not in NAMES or (origin is not None and origin != f"http://{request.host}"):
        raise web.HTTPForbidden(text="only from this machine and its own pages")
