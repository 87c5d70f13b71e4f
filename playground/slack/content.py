"""What a message may consist of: the limits of text, blocks and metadata."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from playground.slack.arguments import Arguments
from playground.slack.block_checks import MARKDOWN_CHARACTERS
from playground.slack.block_checks import check_blocks as check_each
from playground.slack.named_blocks import named
from playground.slack.strict_parts import StrictPart
from playground.slack.wire import JsonObject, SlackError

POST_CHARACTERS = 40_000
UPDATE_CHARACTERS = 4_000
MAX_BLOCKS = 50
BLOCKS_CHARACTERS = 13_200
METADATA_CHARACTERS = 16_000


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
    return Content(markdown or text, named(blocks), attachments, bool(markdown))


def check_blocks(blocks: Sequence[JsonObject]) -> None:
    """Refuse too many, too long or malformed blocks of a message."""
    if not blocks:
        return
    wrong: list[str] = []
    body = StrictPart({"blocks": list(blocks)}, "", wrong)
    check_each(body.parts("blocks", MAX_BLOCKS), "message")
    if wrong:
        raise SlackError("invalid_blocks", *wrong)
    markdown = sum(len(str(block.get("text", ""))) for block in blocks if block["type"] == "markdown")
    if markdown > MARKDOWN_CHARACTERS:
        raise SlackError("msg_too_long")
    if len(json.dumps(blocks, ensure_ascii=False)) > BLOCKS_CHARACTERS:
        raise SlackError("msg_blocks_too_long")


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
