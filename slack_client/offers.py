"""What people are offered under an answer, as blocks in their language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from base_client import Offer
from message_processor.wording import ENGLISH, Wording
from slack_client.formatting.blocks import again_button, feedback_row
from slack_client.messaging import notice_mark

Row = Sequence[Mapping[str, object]]
"""Blocks under an answer: what people can do with it."""


@dataclass(frozen=True, slots=True)
class Offering:
    """What one turn's answer offers; `say` gives the words, as far as the person's language is known by then."""

    turn_id: str
    say: Callable[[], Wording] = lambda: ENGLISH

    def row(self, offers: frozenset[Offer]) -> Row:
        """The blocks; none where nothing is offered."""
        say = self.say()
        feedback = [feedback_row(self.turn_id, say)] if Offer.FEEDBACK in offers else []
        return [*feedback, *([again_button(self.turn_id, say)] if Offer.AGAIN in offers else [])]

    @property
    def text(self) -> str:
        """What stands for the blocks of a message that has no other words."""
        return self.say()("agent.again")

    @property
    def mark(self) -> Mapping[str, object]:
        """The metadata of the message that holds them where the answer's own cannot."""
        return offer_mark(self.turn_id)


def offer_mark(turn_id: str) -> Mapping[str, object]:
    """The metadata of a message below a turn's answer."""
    return notice_mark("offer", turn=turn_id)
