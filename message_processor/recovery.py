"""What an earlier process accepted and did not end: taken up before anything new comes in, and how it comes out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from base_client import Message, MessageKey
from database import Store, StoredMessage, TurnState, UnfinishedTurn
from message_processor.lines import Lines
from message_processor.outcome import Outcome

ATTEMPTS = 3
"""A turn that was begun this often and never ended is given up: it may be what ends the process."""


class Recovery:
    """Unfinished turns, each waiting in its thread's lane under the key of its first message."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turns: dict[MessageKey, UnfinishedTurn] = {}
        self._old: frozenset[MessageKey] = frozenset()

    async def find(self, too_old_before: float) -> list[Message]:
        """What the lanes have to be woken with, in order of ts: a message for each turn, and those no turn took.

        What came before the Unix time is remembered as too old to be answered without asking.
        """
        begun = [self.await_turn(turn) for turn in await self._store.unfinished()]
        self._old = await self._store.unclaimed_before(too_old_before)
        return sorted([*begun, *await self._store.unclaimed()], key=lambda message: message.key.ts)

    def await_turn(self, turn: UnfinishedTurn) -> Message:
        """Let a turn be taken up by its lane; what the lane has to be woken with."""
        first = turn.keys[0]
        self._turns[first] = turn
        return Message(first, turn.thread, turn.author, "")

    def is_awaited(self, turn: UnfinishedTurn) -> bool:
        """Whether its lane has still to take it up."""
        return turn.keys[0] in self._turns

    def take(self, batch: Iterable[Message]) -> tuple[list[UnfinishedTurn], list[Message]]:
        """The batch's turns to resume, and its messages that are for a turn of their own."""
        resumed, fresh = [], []
        for message in batch:
            turn = self._turns.pop(message.key, None)
            if turn is None:
                fresh.append(message)
            else:
                resumed.append(turn)
        return resumed, fresh

    def are_old(self, messages: Sequence[StoredMessage]) -> bool:
        """Whether all of them were left by an earlier process too long ago; a later one renews those before it."""
        return all(message.key in self._old for message in messages)


@dataclass(frozen=True, slots=True)
class Resumption:
    """One more attempt at a turn. `age` and `longest` (from when on it is too old to be answered) are in seconds."""

    turn: UnfinishedTurn
    attempts: int
    age: float
    longest: float
    deleted: bool

    def settled(self, lines: Lines) -> Outcome | None:
        """How it comes out, where that needs no model. A complete answer is delivered whatever its age."""
        turn, undelivered = self.turn, self.turn.state is TurnState.UNDELIVERED
        if self.deleted:
            return Outcome(TurnState.FAILED, error="deleted")
        if turn.text and turn.error and not turn.stopped:
            return Outcome(TurnState.FAILED, turn.text, error=turn.error, again=True)
        if turn.text:
            return Outcome(self._ended, turn.text, again=turn.stopped)
        if turn.stopped:
            return Outcome(self._ended, notice=lines.say("agent.stopped"), error="stopped", again=True)
        if self.age > self.longest:
            return too_old(lines)
        if undelivered:
            return Outcome(TurnState.FAILED, notice=lines.warning("turn.internal"), error=turn.error, again=True)
        if self.attempts > ATTEMPTS:
            return Outcome(TurnState.FAILED, notice=lines.warning("turn.given_up"), error="given_up", again=True)
        return None

    @property
    def _ended(self) -> TurnState:
        return TurnState.STOPPED if self.turn.stopped else TurnState.DONE


def too_old(lines: Lines) -> Outcome:
    """The end of a question that waited for too long: people are asked whether it still matters."""
    return Outcome(TurnState.FAILED, notice=lines.warning("turn.too_old"), error="too_old", again=True)
