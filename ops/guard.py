"""Who may see what of the health server: everything from this machine, only what monitoring needs from others."""

import ipaddress
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

FOR_EVERYBODY = frozenset({"/health/live", "/health/ready", "/metrics"})
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def guard(host: str) -> Middleware:
    """Refuses strangers, and pages of other sites that a browser on this machine has open.

    Such a page may give its own name this machine's address: a name that is not this machine's, or the one that the
    server was told to listen at, is refused.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            if request.path not in FOR_EVERYBODY:
                _admit(request, host)
            response = await handler(request)
        except web.HTTPException as refusal:
            refusal.headers.update(_HEADERS)
            raise
        response.headers.update(_HEADERS)
        return response

    return check


def _admit(request: web.Request, host: str) -> None:
    if not _is_loopback(request.remote or ""):
        raise web.HTTPNotFound
    names = [urlsplit(f"//{request.host}").hostname or ""]
    if "Origin" in request.headers:
        names.append(urlsplit(request.headers["Origin"]).hostname or "")
    if not all(name == host or _is_loopback(name) for name in names):
        raise web.HTTPForbidden(text="this is served under the name of this machine only\n")


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
