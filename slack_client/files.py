"""Files that people sent, fetched from Slack with the bot's token, which nobody but Slack gets to see."""

import logging
from dataclasses import replace
from pathlib import PurePath

from pydantic import SecretStr

from base_client import FileRef, FileTrouble, FileUnavailable
from message_processor.ingestion.web import Platform, Web
from slack_client.errors import Refused, SlackFailure
from slack_client.file_objects import files_of, slack_only
from slack_client.web_api import WebApi

log = logging.getLogger("threadwell.slack")

_FETCH_SECONDS = 120.0
_INFO_PATIENCE = 30.0
_GONE = {"file_deleted", "file_not_found"}
_HTML = {"text/html", "application/xhtml+xml"}
_HTML_ENDINGS = {".htm", ".html", ".mhtml", ".shtml", ".xhtml"}


class SlackFiles:
    """Gives the bytes of files. `api_url` says where Slack is, `proxy` the way there if it is not the straight one."""

    def __init__(self, api: WebApi, web: Web, token: SecretStr, api_url: str, proxy: str | None = None) -> None:
        self._api = api
        self._web = web
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
        self._platform = Platform(slack_only(api_url), headers, proxy)

    async def fetch(self, file: FileRef, limit: int) -> bytes:
        """See `base_client.ChatClient.fetch_file`."""
        if not (file.url or file.trouble):
            file = await self._asked_for(file)
        if file.trouble:
            raise FileUnavailable(FileTrouble(file.trouble))
        if file.size > limit:
            raise FileUnavailable(FileTrouble.TOO_LARGE)
        fetched = await self._web.get(file.url, limit, self._platform, seconds=_FETCH_SECONDS)
        if fetched.media_type in _HTML and PurePath(file.name).suffix.lower() not in _HTML_ENDINGS:
            raise FileUnavailable(FileTrouble.DENIED)  # a page that asks for a login
        return fetched.data

    async def _asked_for(self, file: FileRef) -> FileRef:
        """The file as Slack shows it to who asks."""
        try:
            answer = await self._api.call_surely(
                "files.info", {"file": file.id}, patience=_INFO_PATIENCE, read=True, repeatable=True
            )
        except Refused as refusal:
            log.info("file_not_shown", extra={"reason": refusal.reason})
            trouble = FileTrouble.GONE if refusal.reason in _GONE else FileTrouble.DENIED
            raise FileUnavailable(trouble) from None
        except SlackFailure:
            raise FileUnavailable(FileTrouble.UNREACHABLE) from None
        found = files_of([answer.get("file")])
        if not found or not (found[0].url or found[0].trouble):
            raise FileUnavailable(FileTrouble.DENIED)
        # The name that people saw decides; one that was not shown with the message is learned here.
        return replace(found[0], name=found[0].name if file.name == file.id else file.name)
