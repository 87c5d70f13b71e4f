"""When the bot was started lately, in which mode and version: kept in the database, shown by the status page."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter, ValidationError

from database import Store

_FACT = "starts"
_KEPT = 10


@dataclass(frozen=True, slots=True)
class Start:
    """One start; `at` is Unix time in seconds."""

    at: float
    mode: str
    version: str


_READ = TypeAdapter(list[Start])


async def note_start(store: Store, mode: str, version: str, clock: Callable[[], float] = time.time) -> list[Start]:
    """Remember this start; the latest ones, the newest first."""
    try:
        before = _READ.validate_json(await store.fact(_FACT) or "[]")
    except ValidationError:
        before = []
    starts = [Start(clock(), mode, version), *before][:_KEPT]
    await store.set_fact(_FACT, json.dumps([asdict(start) for start in starts]))
    return starts
