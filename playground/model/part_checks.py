"""Checks of a message's content: text, or a list of parts whose pictures and files are really there."""

from collections.abc import Collection, Mapping

from playground.model.checks import array, mapping
from playground.model.errors import ApiError, missing, wrong_type, wrong_value

INPUT_PARTS = frozenset({"input_text", "input_image", "input_file", "input_audio"})
TOOL_OUTPUT_PARTS = frozenset({"input_text", "input_image", "input_file"})
OUTPUT_PARTS = frozenset({"output_text", "refusal"})
CHAT_PARTS: Mapping[str, frozenset[str]] = {
    "user": frozenset({"text", "image_url", "input_audio", "file"}),
    "assistant": frozenset({"text", "refusal"}),
}
CHAT_TEXT_ONLY = frozenset({"text"})  # what system and developer messages and tool results are made of
_TEXTS = {"input_text": "text", "output_text": "text", "text": "text", "refusal": "refusal"}
_DETAILS = ("auto", "low", "high", "original")


def check_content(place: str, content: object, allowed: Collection[str]) -> None:
    """Raises ApiError unless `content` is text or a list of parts of the `allowed` types."""
    if content is None:
        raise missing(place)
    if isinstance(content, str):
        return
    for at, given in enumerate(array(place, content)):
        _check_part(f"{place}[{at}]", mapping(f"{place}[{at}]", given), allowed)


def _check_part(place: str, part: Mapping[str, object], allowed: Collection[str]) -> None:
    kind = part.get("type")
    if not isinstance(kind, str) or kind not in allowed:
        known = ", ".join(f"'{name}'" for name in sorted(allowed))
        raise wrong_value(f"{place}.type", f"Invalid value: '{kind}'. Supported values are: {known}.")
    if kind in _TEXTS:
        _check_text(f"{place}.{_TEXTS[kind]}", part.get(_TEXTS[kind]))
    elif kind == "input_image":
        _check_picture(place, part, "image_url")
    elif kind == "image_url":
        _check_picture(f"{place}.image_url", mapping(f"{place}.image_url", part.get("image_url")), "url")
    elif kind == "input_file":
        _check_file(place, part, ("file_data", "file_id", "file_url"))
    elif kind == "file":
        _check_file(f"{place}.file", mapping(f"{place}.file", part.get("file")), ("file_data", "file_id"))


def _check_text(place: str, value: object) -> None:
    if value is None:
        raise missing(place)
    if not isinstance(value, str):
        raise wrong_type(place, "a string", value)


def _check_picture(place: str, part: Mapping[str, object], name: str) -> None:
    detail = part.get("detail")
    if detail is not None and detail not in _DETAILS:
        known = ", ".join(f"'{choice}'" for choice in _DETAILS)
        raise wrong_value(f"{place}.detail", f"Invalid value: '{detail}'. Supported values are: {known}.")
    _refuse_stored(place, part)
    _check_text(f"{place}.{name}", part.get(name))


def _check_file(place: str, part: Mapping[str, object], names: Collection[str]) -> None:
    given = [name for name in names if part.get(name) is not None]
    if len(given) != 1:
        raise ApiError(400, f"Expected exactly one of {', '.join(names)} in '{place}'.", param=place)
    _refuse_stored(place, part)
    _check_text(f"{place}.{given[0]}", part[given[0]])
    if given == ["file_data"]:
        _check_text(f"{place}.filename", part.get("filename"))


def _refuse_stored(place: str, part: Mapping[str, object]) -> None:
    """Nothing can have been uploaded before: there is no Files API here."""
    if (stored := part.get("file_id")) is not None:
        raise ApiError(400, f"File '{stored}' not found.", code="file_not_found", param=f"{place}.file_id")
