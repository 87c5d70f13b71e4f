"""What the doctor asks Slack: whether it takes the tokens, what they may do, and whether a socket opens."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from base_client import Finding, Level, Observer
from config import Settings, is_loopback
from slack_client.errors import Refused, SlackFailure
from slack_client.pacing import Pacing
from slack_client.web_api import Answer, WebApi

BOT_TOKEN, SCOPES, CLOCK = "bot token", "scopes", "clock"
APP_TOKEN, SOCKET = "app token", "socket"

_OFF, _FAR_OFF = 5.0, 60.0
"""Seconds that this machine's clock may differ from Slack's."""
_BOT_SCOPES = re.compile(r"^( +)bot:[ ]*\n((?:\1 +- .+\n)+)", re.MULTILINE)
_ASK_AGAIN = "see that this machine reaches SLACK_API_URL (network, proxy, https://slack-status.com)"


async def examine_bot_token(
    settings: Settings, observer: Observer, manifest: Path, clock: Callable[[], float] = time.time
) -> Sequence[Finding]:
    """The bot's token, its scopes beside those of the manifest, and this machine's clock beside Slack's."""
    wanted = await asyncio.to_thread(scopes_of, manifest)
    async with _web_api(settings, observer) as (api, _):
        began = clock()
        try:
            who = await api.call("auth.test", {})
        except SlackFailure as failure:
            advice = "install the app again (Install App page) and put its token into SLACK_BOT_TOKEN"
            findings = [_refused(BOT_TOKEN, failure, advice)]
        else:
            findings = [_identity(who), _scopes(api.latest_headers.get("x-oauth-scopes"), wanted)]
        return [*findings, _clock(api.latest_headers.get("date"), began, clock())]


async def examine_socket(settings: Settings, observer: Observer) -> Sequence[Finding]:
    """The app-level token, and one socket, opened and closed at once."""
    token = settings.SLACK_APP_TOKEN.get_secret_value()
    async with _web_api(settings, observer) as (api, client):
        try:
            answer = await api.call("apps.connections.open", {}, token=token)
        except SlackFailure as failure:
            advice = "make an app-level token with connections:write (Basic Information page) for SLACK_APP_TOKEN"
            return [_refused(APP_TOKEN, failure, advice)]
        taken = Finding(APP_TOKEN, Level.OK, "Slack takes it, and gives an address for a socket")
        return [taken, await _open_and_close(str(answer.get("url") or ""), client)]


def scopes_of(manifest: Path) -> frozenset[str]:
    """The bot's scopes in an app's manifest; empty where it cannot be read. A reader of YAML is not installed."""
    try:
        found = _BOT_SCOPES.search(manifest.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return frozenset()
    return frozenset(re.findall(r"- ([\w:.]+)", found[2])) if found else frozenset()


@asynccontextmanager
async def _web_api(settings: Settings, observer: Observer) -> AsyncIterator[tuple[WebApi, AsyncWebClient]]:
    timings = settings.timings
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timings.slack_call)) as session:
        client = AsyncWebClient(
            token=settings.SLACK_BOT_TOKEN.get_secret_value(),
            base_url=settings.SLACK_API_URL,
            session=session,
            retry_handlers=[],
        )
        if is_loopback(settings.SLACK_API_URL):
            client.proxy = None
        yield WebApi(client, Pacing(timings), timings, observer), client


def _refused(name: str, failure: SlackFailure, advice: str) -> Finding:
    if isinstance(failure, Refused):
        return Finding(name, Level.FAIL, f"Slack answers {failure.reason} to {failure.method}", advice)
    return Finding(name, Level.FAIL, f"Slack cannot be asked: {failure.reason}", _ASK_AGAIN)


def _identity(who: Answer) -> Finding:
    if not who.get("bot_id"):
        advice = "take the Bot User OAuth Token of the Install App page"
        return Finding(BOT_TOKEN, Level.FAIL, "it is a person's token, not a bot's", advice)
    return Finding(BOT_TOKEN, Level.OK, f"@{who.get('user')} in {who.get('team')} ({who.get('team_id')})")


def _scopes(header: str | None, wanted: frozenset[str]) -> Finding:
    if header is None or not wanted:
        missing = "Slack does not name them" if wanted else "slack_manifest.yaml names none"
        return Finding(SCOPES, Level.WARN, missing, "compare them by hand with slack_manifest.yaml")
    if missing := ", ".join(sorted(wanted - {scope.strip() for scope in header.split(",")})):
        advice = "put slack_manifest.yaml into the app (App Manifest page) and install it again"
        return Finding(SCOPES, Level.FAIL, f"missing: {missing}", advice)
    return Finding(SCOPES, Level.OK, f"all {len(wanted)} of the manifest")


def _clock(header: str | None, began: float, ended: float) -> Finding:
    """The header has whole seconds, and was written at some time between the two."""
    try:
        told = parsedate_to_datetime(header or "").timestamp()
    except ValueError:
        return Finding(CLOCK, Level.WARN, "not compared: Slack does not tell its time", "compare it by hand (date -u)")
    off = max(0.0, began - told - 1.0) or min(0.0, ended - told)
    if abs(off) <= _OFF:
        return Finding(CLOCK, Level.OK, "agrees with Slack's")
    level = Level.FAIL if abs(off) > _FAR_OFF else Level.WARN
    found = f"{abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} Slack's"
    return Finding(CLOCK, level, found, "let the machine keep its time by NTP (timedatectl set-ntp true)")


async def _open_and_close(url: str, client: AsyncWebClient) -> Finding:
    """Nothing is read: events that come on it meanwhile are not acknowledged, and Slack sends them to the bot's own."""
    try:
        async with aiohttp.ClientSession() as session, session.ws_connect(url, proxy=client.proxy):
            return Finding(SOCKET, Level.OK, "opens")
    except (aiohttp.ClientError, OSError, ValueError) as error:
        reason = f"http_{error.status}" if isinstance(error, aiohttp.WSServerHandshakeError) else type(error).__name__
        return Finding(
            SOCKET, Level.FAIL, f"does not open: {reason}", "let WebSockets (wss, port 443) to Slack through"
        )
