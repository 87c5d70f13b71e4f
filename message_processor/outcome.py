"""How a turn comes out, and what one attempt at it consists of."""

from dataclasses import dataclass

from base_client import Reply
from database import TurnState
from message_processor.transcript import Transcript
from message_processor.turn import Turn


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a turn came out: `text` is the answer as far as there is one, `notice` our own line under or instead.

    `again`: people are offered to have it answered again.
    """

    state: TurnState
    text: str = ""
    notice: str = ""
    error: str = ""
    again: bool = False


@dataclass(slots=True)
class Work:
    """One attempt at a turn: the reply that is written, and what the model has said.

    `began` is Unix time; `opens`: it is the first exchange of its thread.
    """

    turn: Turn
    reply: Reply
    transcript: Transcript
    began: float
    opens: bool = False
