"""Slack's file objects, typed once, and which addresses a file of Slack's may have."""

import re
from collections.abc import Callable, Mapping

from yarl import URL

from base_client import FileRef, FileTrouble, FileUnavailable
from config import is_loopback

_MOST = 100
"""Files of one message that are looked at; Slack itself takes ten at a time."""
_LONGEST_NAME = 255
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

_BY_MODE = {
    "external": FileTrouble.EXTERNAL,
    "hidden_by_limit": FileTrouble.HIDDEN,
    "tombstone": FileTrouble.GONE,
}
_BY_ACCESS = {"access_denied": FileTrouble.DENIED, "file_not_found": FileTrouble.GONE}
_TO_BE_ASKED = "check_file_info"
"""A file of another organisation: Slack shows it only to who asks for it."""

_LOGIN_PATHS = {"login", "signin"}


def files_of(raw: object) -> tuple[FileRef, ...]:
    """The files of a message's `files`, a hundred at most; what is no file object is left out."""
    found = (_file(entry) for entry in (raw[:_MOST] if isinstance(raw, list) else ()))
    return tuple(file for file in found if file is not None)


def _file(raw: object) -> FileRef | None:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("id"), str) or not raw["id"]:
        return None
    size, trouble = raw.get("size"), _trouble(raw)
    url = "" if trouble or raw.get("file_access") == _TO_BE_ASKED else _text(raw, "url_private_download", "url_private")
    name = _NOT_IN_NAMES.sub(" ", _text(raw, "name", "title")).strip()
    return FileRef(
        id=raw["id"],
        name=(name or raw["id"])[:_LONGEST_NAME],
        size=size if isinstance(size, int) and size > 0 else 0,
        url=url,
        trouble=trouble,
    )


def _text(raw: Mapping[object, object], *fields: str) -> str:
    """The first of the fields that holds text."""
    values = (raw.get(field) for field in fields)
    return next((value for value in values if isinstance(value, str) and value), "")


def _trouble(raw: Mapping[object, object]) -> str:
    found = _BY_MODE.get(_text(raw, "mode")) or _BY_ACCESS.get(_text(raw, "file_access"))
    if found is None and raw.get("is_external") is True:
        found = FileTrouble.EXTERNAL
    return "" if found is None else found.value


def slack_only(api_url: str) -> Callable[[URL], None]:
    """Lets addresses of Slack's own hosts through, raises FileUnavailable for all others.

    Slack's hosts are those under slack.com by https; where the API is on this machine, it is that one address alone.
    """
    api = URL(api_url)
    here = (api.scheme, api.raw_host, api.port) if is_loopback(api_url) else None

    def check(url: URL) -> None:
        place = (url.scheme, url.raw_host, url.port)
        ours = place == here if here is not None else _is_slacks(url)
        if not ours or url.user is not None or url.password is not None:
            raise FileUnavailable(FileTrouble.REFUSED_ADDRESS)
        if "redir" in url.query or _LOGIN_PATHS & set(url.parts[1:2]):
            raise FileUnavailable(FileTrouble.DENIED)  # where Slack sends whoever may not see a file

    return check


def _is_slacks(url: URL) -> bool:
    labels = (url.raw_host or "").split(".")
    return url.scheme == "https" and url.port == 443 and labels[-2:] == ["slack", "com"] and all(labels[:-2] or [""])
