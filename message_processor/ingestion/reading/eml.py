"""E-mails: the headers people read, the text, and the names of what is attached."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

from message_processor.ingestion.reading.contents import Contents, Source, numbered, pieces
from message_processor.ingestion.reading.decoding import decode
from message_processor.ingestion.reading.html_page import lines

_HEADERS = ("From", "To", "Cc", "Subject", "Date")


def read(source: Source) -> Contents:
    """FileUnreadable where there is no text."""
    message = message_from_bytes(source.data, policy=policy.default)
    parts = pieces([*_headers(message), "", *_body(message), *_attachments(message)])
    return numbered([(f"part {number}", text) for number, text in enumerate(parts, 1)], source.start)


def _headers(message: EmailMessage) -> Iterator[str]:
    for name in _HEADERS:
        try:
            value = message[name]
        except (ValueError, IndexError, TypeError, AttributeError):  # the parser of broken headers has faults itself
            continue
        if value:
            yield f"{name}: {' '.join(str(value).split())}"


def _body(message: EmailMessage) -> list[str]:
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return []
    payload = body.get_payload(decode=True)
    text = decode(payload, body.get_content_charset("")) if isinstance(payload, bytes) else ""
    return lines(text) if body.get_content_subtype() == "html" else text.splitlines()


def _attachments(message: EmailMessage) -> Iterator[str]:
    names = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    if names:
        yield ""
        yield f"Attached: {', '.join(names)}"
