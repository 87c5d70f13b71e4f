"""The models on offer: what the server lists, as far as the operator lets people choose from it."""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

import httpx2
from openai import RequestOptions

from config import Settings
from openai_client.call import Call
from openai_client.driver import Driver
from openai_client.errors import Failure
from openai_client.events import Event
from openai_client.exchange import exchange
from openai_client.faults import Fault
from openai_client.wire import as_object, children, number, string

_API: Final = "models"
_FRESH = 600.0
_RETRY = 30.0
_PATIENCE = 5.0
MOST = 99
"""Models on offer at most: a list on a chat platform takes little more."""

# Words in the names of models that hold no conversation.
_NO_CHAT = re.compile(
    r"embed|image|audio|realtime|\btts\b|whisper|transcribe|moderation|dall-e|\bsora\b|search-preview|search-api"
    r"|computer-use|rerank|speech|deep-research|turbo-instruct|^(davinci|babbage)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A model of the server; `created` is Unix time in seconds."""

    name: str
    created: int


class Models:
    """The list is kept for ten minutes and fetched by one task at a time, which needs no slot.

    `clock` gives seconds.
    """

    def __init__(self, driver: Driver, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._driver = driver
        self._default = settings.OPENAI_MODEL
        self._patterns = settings.OPENAI_MODELS
        self._may_be_used = settings.may_be_used
        self._clock = clock
        self._due = clock()
        self._fetching: asyncio.Task[None] | None = None
        self.listed = False
        """Whether the server's own list was had, so that what is not in `known` is not on offer."""
        self._known = self._offer([name for name in self._patterns if not re.search(r"[*?\[]", name)])

    @property
    def known(self) -> tuple[str, ...]:
        """What `offered` gave last, without asking; before that, what the settings name."""
        return self._known

    async def offered(self) -> tuple[str, ...]:
        """The names people may choose from, OPENAI_MODEL first, 99 at most; within five seconds.

        Where the server cannot be asked: what is known of it. Raises nothing but CancelledError.
        """
        if self._fetching is None and self._clock() >= self._due:
            self._fetching = asyncio.create_task(self._fetch(), name="model list")
        if self._fetching is not None:
            # Whoever is cancelled leaves the fetch to the others.
            await asyncio.wait({self._fetching})
        return self._known

    async def listed_now(self) -> list[Listed]:
        """All that the server lists, the newest first; Fault."""
        options: RequestOptions = {"timeout": httpx2.Timeout(_PATIENCE), "security": {"bearer_auth": True}}
        with exchange(Call(_unheard, self._clock, _API), lambda: False):
            answer = as_object(await self._driver.sdk.get("/models", cast_to=object, options=options))
        if not isinstance(answer.get("data"), list):
            raise Fault(Failure.FAILED, "answered without a list of models")
        listed = (Listed(string(entry, "id"), number(entry, "created")) for entry in children(answer, "data"))
        return sorted((each for each in listed if each.name), key=lambda each: (-each.created, each.name))

    async def close(self) -> None:
        """End a fetch that still runs; none follows."""
        self._due = float("inf")
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait({self._fetching}, timeout=_PATIENCE)

    async def _fetch(self) -> None:
        pause = _RETRY
        try:
            async with asyncio.timeout(_PATIENCE):
                self._known = self._chosen(await self.listed_now())
            self.listed = True
            pause = _FRESH
        except Fault as fault:
            self._driver.log("model_list_failed", detail=fault.detail)
        except TimeoutError:
            self._driver.log("model_list_failed", detail="no answer in time")
        finally:
            self._fetching = None
            self._due = max(self._due, self._clock() + pause)

    def _chosen(self, listed: Sequence[Listed]) -> tuple[str, ...]:
        names = [each.name for each in listed]
        if self._patterns:
            return self._offer([name for pattern in self._patterns for name in names if fnmatchcase(name, pattern)])
        return self._offer([name for name in names if not _NO_CHAT.search(name)])

    def _offer(self, names: Sequence[str]) -> tuple[str, ...]:
        usable = (name for name in (self._default, *names) if self._may_be_used(name))
        return tuple(dict.fromkeys(usable))[:MOST]


def _unheard(_: Event) -> None:
    """Whoever asks for the list waits for nothing but the list."""
