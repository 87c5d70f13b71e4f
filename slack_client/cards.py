"""The task cards of a reply: which of them people have not seen yet, and how they are left when a message ends."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from base_client import TaskCard, TaskState
from slack_client.formatting.text import Neutraliser

Chunk = Mapping[str, object]

_LONGEST = 256
_ROOM_FOR_JOINERS = 16
_AT_WORK = {TaskState.PENDING, TaskState.IN_PROGRESS}


class Cards:
    """The newest card of each id. Slack replaces a card's title and state, and appends to its details.

    A card stands in the message that showed it. When that message ends, its cards end with it; one whose tool still
    works is shown again by the next message.
    """

    def __init__(self) -> None:
        self._cards: dict[str, TaskCard] = {}
        self._fresh: dict[str, None] = {}  # ids that changed since Slack was told; the order of a set that keeps it
        self._standing: set[str] = set()  # ids in the message that is being written
        self._detailed: set[str] = set()  # ids whose details that message has
        self._homeless: set[str] = set()  # ids whose message was taken back: the next one shows them too
        self._refused = False

    def put(self, card: TaskCard) -> bool:
        """Take the newest card of its id; false when nothing about it is new."""
        card = replace(card, title=_fit(card.title or card.id), details=_fit(card.details))
        if self._cards.get(card.id) == card:
            return False
        self._cards[card.id] = card
        self._fresh[card.id] = None
        return True

    @property
    def title(self) -> str:
        """What is at work, in words; the card that came last, empty where nothing is."""
        at_work = [card.title for card in self._cards.values() if card.state in _AT_WORK]
        return at_work[-1] if at_work else ""

    def news(self) -> tuple[TaskCard, ...]:
        """What the message that is being written lacks."""
        return () if self._refused else tuple(self._cards[card_id] for card_id in self._fresh)

    def opening(self) -> tuple[TaskCard, ...]:
        """What a new message begins with: the news, what is still at work, and what stands nowhere any more."""
        if self._refused:
            return ()
        due = self._fresh.keys() | self._homeless
        return tuple(card for card in self._cards.values() if card.id in due or card.state in _AT_WORK)

    def endings(self, *, failed: bool, final: bool) -> tuple[TaskCard, ...]:
        """What the message ends with, so that none of its cards stays at work; the last message has all the news."""
        if self._refused:
            return ()
        last = TaskState.ERROR if failed else TaskState.COMPLETE
        wanted = [card for card in self._cards.values() if self._must_end(card) or (final and card.id in self._fresh)]
        return tuple(replace(card, state=last) if card.state in _AT_WORK else card for card in wanted)

    def _must_end(self, card: TaskCard) -> bool:
        """Whether people see the card at work, or not as it is."""
        return card.id in self._standing and (card.id in self._fresh or card.state in _AT_WORK)

    def chunks(self, cards: Iterable[TaskCard]) -> Sequence[Chunk]:
        """The cards as a stream takes them; details only where its message does not have them."""
        return [_chunk(card, details=card.id not in self._detailed) for card in cards]

    def shown(self, cards: Iterable[TaskCard], *, surely: bool = True) -> None:
        """The message holds them, or may hold them where that is not sure: their states are then sent once more."""
        for card in cards:
            self._standing.add(card.id)
            self._homeless.discard(card.id)
            if card.details:
                self._detailed.add(card.id)
            if surely and self._cards.get(card.id) == card:
                self._fresh.pop(card.id, None)

    def message_ended(self, told: Iterable[TaskCard], *, stays: bool) -> None:
        """The message takes no more; its end told people of these cards, which go with it unless it `stays`."""
        if not stays:
            self._homeless |= self._standing
        for card in told:
            now = self._cards[card.id]
            if now == card or now.state in _AT_WORK:
                self._fresh.pop(card.id, None)
        self._standing.clear()
        self._detailed.clear()

    def refuse(self) -> bool:
        """Slack takes no cards: go on without. True where some stand in the message and cannot be ended."""
        self._refused = True
        return any(self._must_end(self._cards[card_id]) for card_id in self._standing)


def _fit(text: str) -> str:
    """Text for a card: it pings nobody and keeps within Slack's limit."""
    if len(text) > _LONGEST - _ROOM_FOR_JOINERS:
        text = f"{text[: _LONGEST - _ROOM_FOR_JOINERS - 1]}…"
    neutraliser = Neutraliser()
    return (neutraliser.feed(text) + neutraliser.flush())[:_LONGEST]


def _chunk(card: TaskCard, *, details: bool) -> Chunk:
    chunk = {"type": "task_update", "id": card.id[:_LONGEST], "title": card.title, "status": card.state.value}
    return {**chunk, "details": card.details} if details and card.details else chunk
