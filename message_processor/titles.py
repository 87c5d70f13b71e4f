"""A title for each conversation, made of its first exchange, beside everything else; a person's own title stays."""

import asyncio
import logging

from base_client import ChatClient, ChatUnavailable, ThreadKey, TitleChange
from database import CallKind, Store, StoreUnavailable
from message_processor import prompts
from message_processor.budget import BudgetSpent
from message_processor.fences import inert
from message_processor.turn import Turn
from message_processor.utility import Account, Utility
from openai_client.errors import ModelError

log = logging.getLogger("threadwell.turn")

_LONGEST = 60
_SECONDS = 60.0
_READ = 2_000
"""Characters of question and answer that a title is made of."""
_TOKENS = 300
_PERSON, _OWN = "person", "own"


def _fact(thread: ThreadKey) -> str:
    return f"title:{thread.team}/{thread}"


class Titles:
    """Names threads once, best effort: no answer waits for it, and no failure of it is anybody's concern."""

    def __init__(self, store: Store, chat: ChatClient, utility: Utility) -> None:
        self._store = store
        self._chat = chat
        self._utility = utility

    @property
    def wanted(self) -> bool:
        """Whether there are titles here, and a model with time for them."""
        return self._chat.has_titles and self._utility.present and self._utility.idle

    async def changed(self, change: TitleChange) -> None:
        """A person chose a title: it is theirs from now on. StoreUnavailable."""
        await self._store.set_fact(_fact(change.thread), _PERSON)

    async def name(self, turn: Turn, answer: str) -> None:
        """Give the turn's thread a title, if it has none yet."""
        try:
            async with asyncio.timeout(_SECONDS):
                await self._name(turn, answer)
        except (ModelError, BudgetSpent, ChatUnavailable, StoreUnavailable, TimeoutError) as failure:
            log.info("title_not_made", extra={"turn": turn.id, "reason": type(failure).__name__})

    async def _name(self, turn: Turn, answer: str) -> None:
        fact = _fact(turn.thread)
        if await self._store.fact(fact) is not None:
            return
        question = "\n".join(message.text for message in turn.messages)
        said = f"<message>\n{inert(question[:_READ])}\n</message>\n<answer>\n{inert(answer[:_READ])}\n</answer>"
        try:
            account = Account(turn.bill, CallKind.TITLE)
            text = await self._utility.ask(prompts.title(turn.locale), said, turn.person, _TOKENS, account)
        finally:
            await turn.bill.settle()
        title = _one_line(text)
        # Looked at again at the last moment: a person may have been faster.
        if title and await self._store.fact(fact) is None and await self._chat.rename(turn.thread, title):
            await self._store.set_fact(fact, _OWN)


def _one_line(text: str) -> str:
    line = " ".join(text.split()).strip("\"'“”«»*# .")
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"
