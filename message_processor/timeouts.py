"""Whether threads are answered again after the model took too long: the figure by which hanging bots are known."""

from collections import OrderedDict

from base_client import Observer, ThreadKey
from database import TurnState
from openai_client.errors import Failure

_TIMEOUTS = frozenset({Failure.TIMEOUT.value, Failure.STALLED.value})
_REMEMBERED = 1_000


class Timeouts:
    """Counts turns that ended by a timeout, and those of them whose thread had its next answer."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._waiting: OrderedDict[ThreadKey, None] = OrderedDict()

    def ended(self, thread: ThreadKey, state: TurnState, error: str) -> None:
        """A turn of the thread has come to its end."""
        if error in _TIMEOUTS:
            self._observer.count("turn_timeouts")
            self._waiting[thread] = None
            if len(self._waiting) > _REMEMBERED:
                self._waiting.popitem(last=False)
        elif state is TurnState.DONE and thread in self._waiting:
            del self._waiting[thread]
            self._observer.count("turn_timeouts_recovered")
