"""Files leave again: when their time is over, when a person deletes them, and left-overs that nobody wants."""

import asyncio
import logging
import time
from collections.abc import Sequence

from base_client import FileDeletion, MessageKey
from database import Store, StoreUnavailable
from message_processor.ingestion.cabinet import Cabinet

log = logging.getLogger("threadwell.ingestion")

_BATCH = 50
_PAUSE = 0.2
"""Seconds between two batches: clean-up stays behind people's questions."""
_DAY = 86_400.0
_ORPHAN_AGE = 3_600.0


class Sweeper:
    """Removes content of files from the store and the disk, in small batches."""

    def __init__(self, store: Store, cabinet: Cabinet, retention_days: float) -> None:
        self._store = store
        self._cabinet = cabinet
        self._retention = retention_days * _DAY

    async def forget(self, deletion: FileDeletion) -> None:
        """A person deleted the file: it is gone when this returns."""
        await self._cabinet.remove(await self._store.files.forget(deletion.team, deletion.file_id))

    async def forget_message(self, key: MessageKey) -> None:
        """A person deleted a message: the bytes of its files go too."""
        await self._cabinet.remove(await self._store.files.of_message(key))

    async def remove(self, uids: Sequence[str]) -> None:
        """What the store has let go: its bytes go too."""
        await self._cabinet.remove(uids)

    async def watch(self, interval: float) -> None:
        """Sweep every `interval` seconds, for ever."""
        while True:
            try:
                if gone := await self.sweep(time.time()):
                    log.info("files_swept", extra={"files": gone})
            except (StoreUnavailable, OSError) as failure:
                log.warning("files_not_swept", extra={"reason": type(failure).__name__})
            await asyncio.sleep(interval)

    async def sweep(self, now: float) -> int:
        """Drop what is older than the retention, and bytes that no row wants; how many files went."""
        gone = 0
        while uids := await self._store.files.expired(now - self._retention, _BATCH):
            await self._cabinet.remove(uids)
            await self._store.files.drop_content(uids)
            gone += len(uids)
            await asyncio.sleep(_PAUSE)
        # Bytes are written before their row: only old ones without a row are nobody's.
        orphans = await self._store.files.unknown_of(await self._cabinet.left_behind(now - _ORPHAN_AGE))
        await self._cabinet.remove(orphans)
        return gone + len(orphans)
