"""What a message may consist of: the limits of text, blocks and metadata."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from playground.slack.arguments import Arguments
from playground.slack.wire import JsonObject, SlackError

MARKDOWN_CHARACTERS = 12_000
POST_CHARACTERS = 40_000
UPDATE_CHARACTERS = 4_000
MAX_BLOCKS = 50
BLOCKS_CHARACTERS = 13_200
SECTION_CHARACTERS = 3_000
HEADER_CHARACTERS = 150
METADATA_CHARACTERS = 16_000
CONTEXT_ACTIONS = {"feedback_buttons", "icon_button"}


@dataclass(frozen=True, slots=True)
class Content:
    """A message's text and blocks. `markdown` says that the text is Markdown."""

    text: str
    blocks: list[JsonObject]
    attachments: list[JsonObject]
    markdown: bool


def read_content(args: Arguments) -> Content:
    """Text or Markdown, blocks and attachments of a post or an update; refuses what Slack refuses."""
    markdown, text = args.text("markdown_text"), args.text("text")
    blocks = args.objects("blocks", "invalid_blocks_format")
    attachments = args.objects("attachments", "invalid_attachments")
    if markdown and (text or blocks):
        raise SlackError("markdown_text_conflict")
    if len(markdown) > MARKDOWN_CHARACTERS:
        raise SlackError("msg_too_long")
    if not (markdown or text.strip() or blocks or attachments):
        raise SlackError("no_text")
    check_blocks(blocks)
    return Content(markdown or text, blocks, attachments, bool(markdown))


def check_blocks(blocks: Sequence[JsonObject]) -> None:
    """Refuse too many, too long or malformed blocks."""
    if not blocks:
        return
    if len(blocks) > MAX_BLOCKS:
        raise SlackError("invalid_blocks", "[ERROR] no more than 50 items allowed [json-pointer:/blocks]")
    for number, block in enumerate(blocks):
        _check_block(number, block)
    markdown = sum(len(str(block.get("text", ""))) for block in blocks if block["type"] == "markdown")
    if markdown > MARKDOWN_CHARACTERS:
        raise SlackError("msg_too_long")
    if len(json.dumps(blocks, ensure_ascii=False)) > BLOCKS_CHARACTERS:
        raise SlackError("msg_blocks_too_long")


def _check_block(number: int, block: JsonObject) -> None:
    kind = block.get("type")
    if not isinstance(kind, str) or not kind:
        raise SlackError("invalid_blocks", f"[ERROR] missing required field: type [json-pointer:/blocks/{number}]")
    if kind == "section":
        _check_length(number, block, SECTION_CHARACTERS)
    elif kind == "header":
        _check_length(number, block, HEADER_CHARACTERS)
    elif kind == "context_actions":
        _check_context_actions(number, block)


def _check_length(number: int, block: JsonObject, limit: int) -> None:
    text = block.get("text")
    if isinstance(text, dict) and len(str(text.get("text", ""))) > limit:
        raise SlackError(
            "invalid_blocks", f"[ERROR] must be less than {limit + 1} characters [json-pointer:/blocks/{number}/text]"
        )


def _check_context_actions(number: int, block: JsonObject) -> None:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= 5:
        raise SlackError("invalid_blocks", f"[ERROR] one to five elements [json-pointer:/blocks/{number}/elements]")
    for element in elements:
        if not isinstance(element, dict) or element.get("type") not in CONTEXT_ACTIONS:
            raise SlackError("invalid_blocks", f"[ERROR] unsupported type [json-pointer:/blocks/{number}/elements]")


def read_metadata(args: Arguments) -> JsonObject | None:
    """Metadata of a message, or None."""
    metadata = args.object("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(metadata)) > METADATA_CHARACTERS:
        raise SlackError("metadata_too_large")
    return metadata
