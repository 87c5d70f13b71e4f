"""The streamed message that is being written, and what of the answer's text belongs into it."""

from dataclasses import dataclass

from slack_client.formatting.split import Fence, closing_of, opening_of


@dataclass(slots=True)
class LivePart:
    """`start` and `sent` are offsets in the answer's text: where the message begins, and up to where Slack has it, as
    far as is known. A message that began with cards has no text as long as the two are the same.
    """

    number: int
    ts: str
    start: int
    sent: int
    began: float
    inside: Fence | None
    doubtful: bool = False

    def has_text(self, text: str, end: int) -> bool:
        """Whether the message holds more than white space when it ends at `end`."""
        return bool(text[self.start : end].strip())

    def piece(self, text: str, end: int) -> str:
        """What the message lacks of the text up to `end`."""
        begins = self.sent == self.start < end
        return (opening_of(self.inside) if begins else "") + text[self.sent : end]

    def last_piece(self, text: str, end: int) -> str:
        """The piece with which the message ends, a code block that is still open closed."""
        return self.piece(text, end) + closing_of(text[self.start : end], self.inside)

    def whole(self, text: str, end: int) -> str:
        """All that the message holds when it ends at `end`."""
        said = text[self.start : end]
        return opening_of(self.inside) + said + closing_of(said, self.inside)
