"""The older part of a long thread as a summary: made when the window is full, kept, and added to when it is again."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from database import CallKind, Store, StoredMessage, StoreUnavailable, Summary
from message_processor import prompts
from message_processor.budget import Bill, BudgetSpent
from message_processor.fences import inert
from message_processor.turn import Turn
from message_processor.utility import Account, Utility
from message_processor.window import Group, cost, groups, said_by
from openai_client.errors import ModelError
from openai_client.token_counter import estimate

log = logging.getLogger("threadwell.turn")

_SECONDS = 90.0
_TOKENS = 1_500
_PER_CALL = 40_000
"""Tokens of a thread that one call sums up."""
_CALLS = 6
_LONGEST = 8_000
"""Characters of a summary."""


@dataclass(frozen=True, slots=True)
class Covered:
    """A thread's past: its older part as a summary, where there is one, and the messages behind that."""

    summary: Summary | None
    rest: tuple[StoredMessage, ...]


def covered(history: Sequence[StoredMessage], summary: Summary | None) -> Covered:
    """The past with what the summary covers left out."""
    if summary is None:
        return Covered(None, tuple(history))
    rest = [message for group in groups(history) if group[0].key.ts > summary.until_ts for message in group]
    return Covered(summary, tuple(rest))


class Summaries:
    """Makes and keeps them. Without a utility model there are none, and windows are cut."""

    def __init__(self, store: Store, utility: Utility) -> None:
        self._store = store
        self._utility = utility

    async def of(self, turn: Turn, history: Sequence[StoredMessage]) -> Covered:
        """The thread's past as far as it is summed up. StoreUnavailable goes on."""
        return covered(history, await self._store.people.summary(turn.thread) if history else None)

    async def roll(
        self,
        turn: Turn,
        past: Covered,
        names: Mapping[str, str],
        room: int,
        begins: Callable[[], None],
    ) -> Covered:
        """Sum up the oldest of the past where it needs more than `room` tokens, until it needs half of that.

        `begins` is called before the model is asked. Where it cannot answer, the past stays as it is.
        """
        leaving = _leaving(groups(past.rest), names, room)
        if not leaving or not self._utility.present:
            return past
        begins()
        text = past.summary.text if past.summary else ""
        try:
            async with asyncio.timeout(_SECONDS):
                for portion in _portions(leaving, names):
                    text = await self.digest(prompts.ROLLING, text, portion, turn.person, turn.bill)
            summary = Summary(text, leaving[-1][0].key.ts)
            await self._store.people.set_summary(turn.thread, summary.text, summary.until_ts, turn.id)
        except (ModelError, BudgetSpent, StoreUnavailable, TimeoutError) as failure:
            log.warning("thread_not_summed_up", extra={"turn": turn.id, "reason": type(failure).__name__})
            return past
        log.info("thread_summed_up", extra={"turn": turn.id, "messages": sum(map(len, leaving))})
        return covered([message for group in groups(past.rest) for message in group], summary)

    async def digest(self, instructions: str, earlier: str, said: Sequence[str], person: str, bill: Bill) -> str:
        """One summary of messages, with an earlier one in it. ModelError, BudgetSpent."""
        before = [f"<summary>\n{inert(earlier)}\n</summary>"] if earlier else []
        account = Account(bill, CallKind.SUMMARY)
        text = await self._utility.ask(instructions, "\n".join([*before, *said]), person, _TOKENS, account)
        return text[:_LONGEST]


def _leaving(all_groups: Sequence[Group], names: Mapping[str, str], room: int) -> list[Group]:
    """The oldest groups, so many that the others need half the room; none where all of them fit."""
    costs = [cost(group, names) for group in all_groups]
    total = sum(costs)
    if total <= room:
        return []
    leaving: list[Group] = []
    for group, tokens in zip(all_groups, costs, strict=True):
        if total <= room // 2:
            break
        leaving.append(group)
        total -= tokens
    return leaving


def _portions(leaving: Sequence[Group], names: Mapping[str, str]) -> list[list[str]]:
    """What is said, in parts that a call can take; the last ones only where there are too many."""
    portions: list[list[str]] = [[]]
    tokens = 0
    for text in said_by([message for group in leaving for message in group], names, _PER_CALL):
        size = estimate(text)
        if portions[-1] and tokens + size > _PER_CALL:
            portions.append([])
            tokens = 0
        portions[-1].append(text)
        tokens += size
    return portions[-_CALLS:]
