"""Files of our own on their way into a thread: a place is reserved, the bytes are put there, then they are shared."""

import asyncio
import json
import logging
from collections.abc import Mapping

import aiohttp
from yarl import URL

from base_client import ChatUnavailable, FileUnavailable, Observer, ThreadKey, Upload
from connections import counting
from slack_client.errors import Ambiguous, Refused, SlackFailure
from slack_client.file_objects import slack_only
from slack_client.web_api import WebApi

log = logging.getLogger("threadwell.slack")

_PATIENCE = 120.0
_ATTEMPTS = 4
_LOOKS = 3
"""How often Slack is asked whether an upload was shared: it may show it a moment later."""
_LONGEST_ALT_TEXT = 1_000
_LONGEST_TITLE = 255


class SlackUploads:
    """Brings files into threads. The bytes go to Slack's hosts alone, without the token."""

    def __init__(self, api: WebApi, api_url: str, observer: Observer, proxy: str | None = None) -> None:
        self._api = api
        self._guard = slack_only(api_url)
        self._proxy = proxy
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=_PATIENCE / 2),
            trace_configs=[counting(observer, "slack")],
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def reserve(self, name: str, size: int, alt_text: str) -> Upload:
        """See `base_client.ChatClient.reserve_upload`."""
        arguments = {"filename": name, "length": str(size), "alt_txt": alt_text[:_LONGEST_ALT_TEXT] or None}
        try:
            answer = await self._api.call_surely(
                "files.getUploadURLExternal", arguments, patience=_PATIENCE, repeatable=True
            )
        except SlackFailure as failure:
            raise ChatUnavailable(failure.reason) from None
        url, file_id = answer.get("upload_url"), answer.get("file_id")
        if not isinstance(url, str) or not isinstance(file_id, str):
            raise ChatUnavailable("malformed answer")
        return Upload(file_id, url)

    async def send(self, upload: Upload, data: bytes) -> None:
        """See `base_client.ChatClient.send_upload`."""
        reason = ""
        try:
            address = URL(upload.url)
            self._guard(address)
            async with asyncio.timeout(_PATIENCE):
                for attempt in range(_ATTEMPTS):
                    if attempt:
                        await self._api.pause(attempt)
                    reason = await self._send_once(address, data)
                    if not reason:
                        return
        except FileUnavailable as failure:
            reason = failure.trouble.value
        except (TimeoutError, ValueError) as error:
            reason = reason or type(error).__name__
        raise ChatUnavailable(reason)

    async def _send_once(self, address: URL, data: bytes) -> str:
        """What went wrong; empty when Slack has the bytes."""
        headers = {"Content-Type": "application/octet-stream"}
        try:
            async with self._session.post(
                address, data=data, headers=headers, allow_redirects=False, proxy=self._proxy
            ) as response:
                return "" if response.status == 200 else f"http_{response.status}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return type(error).__name__

    async def share(self, thread: ThreadKey, file_id: str, title: str, *, in_doubt: bool) -> None:
        """See `base_client.ChatClient.share_upload`."""
        arguments = {
            "files": json.dumps([{"id": file_id, "title": title[:_LONGEST_TITLE] or file_id}]),
            "channel_id": thread.channel,
            "thread_ts": thread.thread_ts or None,
        }
        try:
            async with asyncio.timeout(_PATIENCE):
                for attempt in range(_ATTEMPTS):
                    if in_doubt and await self._is_shared(thread, file_id):
                        return
                    if await self._share_once(thread, file_id, arguments):
                        return
                    in_doubt = True
                    await self._api.pause(attempt)
        except SlackFailure as failure:
            raise ChatUnavailable(failure.reason) from None
        except TimeoutError:
            raise ChatUnavailable("timeout") from None
        raise ChatUnavailable("no clear answer")

    async def give(self, team: str, person: str, name: str, data: bytes) -> None:
        """Send a file to a person in the direct conversation with the bot; ChatUnavailable."""
        try:
            answer = await self._api.call_surely(
                "conversations.open", {"users": person}, patience=_PATIENCE, repeatable=True
            )
        except SlackFailure as failure:
            raise ChatUnavailable(failure.reason) from None
        channel = answer.get("channel")
        if not isinstance(channel, Mapping) or not channel.get("id"):
            raise ChatUnavailable("malformed answer")
        upload = await self.reserve(name, len(data), "")
        await self.send(upload, data)
        await self.share(ThreadKey(team, str(channel["id"]), ""), upload.file_id, name, in_doubt=False)

    async def _share_once(self, thread: ThreadKey, file_id: str, arguments: Mapping[str, object]) -> bool:
        """True when it is shared, false when nobody knows. Raises Refused, and OutOfPatience."""
        try:
            await self._api.call_surely("files.completeUploadExternal", arguments, patience=_PATIENCE)
        except Ambiguous as failure:
            log.warning("share_in_doubt", extra={"lane": str(thread), "reason": failure.reason})
            return False
        except Refused:
            # Slack refuses an upload that is shared already: an earlier call may have been carried out late.
            if await self._is_shared(thread, file_id, looks=1):
                return True
            raise
        return True

    async def _is_shared(self, thread: ThreadKey, file_id: str, looks: int = _LOOKS) -> bool:
        for look in range(looks):
            if look:
                await self._api.pause(look)
            try:
                answer = await self._api.call_surely(
                    "files.info", {"file": file_id}, patience=_PATIENCE, read=True, repeatable=True
                )
            except Refused:
                continue  # an upload that is not completed is no file yet
            if _stands_in(answer.get("file"), thread):
                return True
        return False


def _stands_in(file: object, thread: ThreadKey) -> bool:
    """Whether a file object names a share in the thread, or in its channel where it has no ts."""
    shares = file.get("shares") if isinstance(file, Mapping) else None
    for reach in shares.values() if isinstance(shares, Mapping) else ():
        places = reach.get(thread.channel) if isinstance(reach, Mapping) else None
        for place in places if isinstance(places, list) else ():
            if isinstance(place, Mapping) and not thread.thread_ts:
                return True
            if isinstance(place, Mapping) and thread.thread_ts in {place.get("thread_ts"), place.get("ts")}:
                return True
    return False
