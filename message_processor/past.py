"""A thread's past: from the store, and from the platform where the store has not seen it."""

import logging
from collections import OrderedDict

from base_client import ChatClient, ThreadKey
from database import Store, StoredMessage
from message_processor.turn import Turn

log = logging.getLogger("threadwell.turn")

_THREADS_REMEMBERED = 10_000


class ThreadPast:
    """Reads the past of threads; remembers which have no gap between store and platform since this process began."""

    def __init__(self, store: Store, chat: ChatClient) -> None:
        self._store = store
        self._chat = chat
        self._caught_up: OrderedDict[ThreadKey, None] = OrderedDict()

    async def before(self, turn: Turn) -> tuple[StoredMessage, ...]:
        """What was said in the thread before the turn's messages. ChatUnavailable goes on: no history is no answer."""
        if turn.messages[0].key.ts == turn.thread.thread_ts:
            history: tuple[StoredMessage, ...] = ()  # the thread begins here
        else:
            history = await self._store.history(turn.thread, before_turn=turn.id)
            if turn.thread in self._caught_up:
                return history
            history = await self._catch_up(turn, history)
        self._caught_up[turn.thread] = None
        if len(self._caught_up) > _THREADS_REMEMBERED:
            self._caught_up.popitem(last=False)
        return history

    def forget(self, thread: ThreadKey) -> None:
        """The store has let the thread go: its past is read anew."""
        self._caught_up.pop(thread, None)

    async def _catch_up(self, turn: Turn, history: tuple[StoredMessage, ...]) -> tuple[StoredMessage, ...]:
        """Read what the platform holds and we don't: all of an unknown thread, or what came while we were away."""
        state = await self._store.thread_state(turn.thread)
        after = state.newest_ts if state.read else None
        past = await self._chat.read_thread(turn.thread, after, turn.messages[0].key.ts)
        if state.read and not past:
            return history
        await self._store.import_past(turn.thread, past)
        log.info("thread_read", extra={"turn": turn.id, "lane": str(turn.thread), "messages": len(past)})
        return await self._store.history(turn.thread, before_turn=turn.id)
