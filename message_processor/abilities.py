"""Which models take tools, and which threads have been told what one does not take."""

import logging
from collections import OrderedDict

from base_client import ThreadKey
from database import Store, StoreUnavailable

log = logging.getLogger("threadwell.turn")

_FACT = "models_without_tools"
_THREADS_REMEMBERED = 10_000


class Abilities:
    """Learned from calls and kept over restarts: the first window after one is built from it already.

    `server` is the model server's address; what was found out at another one does not count.
    """

    def __init__(self, store: Store, server: str) -> None:
        self._store = store
        self._server = server
        self._told: OrderedDict[tuple[ThreadKey, str], None] = OrderedDict()
        self._without: set[str] = set()

    async def recall(self) -> None:
        """Take over what an earlier process found out."""
        server, *models = (await self._store.fact(_FACT) or "").splitlines() or [""]
        if server == self._server:
            self._without = set(models)

    def tools(self, model: str) -> bool:
        """Whether the model takes tools, as far as is known."""
        return model not in self._without

    async def learn(self, model: str, left_out: set[str]) -> None:
        """A call of the model that offered tools went without these."""
        takes_tools = "tools" not in left_out
        if takes_tools == self.tools(model):
            return
        if takes_tools:
            self._without.discard(model)
        else:
            self._without.add(model)
        try:
            await self._store.set_fact(_FACT, "\n".join([self._server, *sorted(self._without)]))
        except StoreUnavailable as failure:
            log.warning("abilities_not_recorded", extra={"reason": failure.reason})

    def to_tell(self, thread: ThreadKey, what: set[str]) -> list[str]:
        """Which of these the thread has not been told yet; it counts as told from now on."""
        news = sorted(each for each in what if (thread, each) not in self._told)
        for each in news:
            self._told[thread, each] = None
        while len(self._told) > _THREADS_REMEMBERED:
            self._told.popitem(last=False)
        return news
