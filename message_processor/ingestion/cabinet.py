"""The bytes of files on the disk: one file each, named by its uid, in a folder beside the database."""

import asyncio
import re
from collections.abc import Iterable
from pathlib import Path

import aiofiles
import aiofiles.os

_UNFINISHED = ".part"
_UID = re.compile(r"[0-9a-f]{16,64}")


class Cabinet:
    """Keeps bytes until they are removed. OSError where the disk does not take or give them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, uid: str) -> Path:
        """Where the bytes of a file are, or would be."""
        if not _UID.fullmatch(uid):
            raise ValueError("not a uid")
        return self._folder / uid

    async def keep(self, uid: str, data: bytes) -> None:
        """Write the bytes; they are there whole or not at all."""
        path = self.path(uid)
        await aiofiles.os.makedirs(self._folder, mode=0o700, exist_ok=True)
        beside = path.with_suffix(_UNFINISHED)
        async with aiofiles.open(beside, "wb") as file:
            await file.write(data)
        await aiofiles.os.replace(beside, path)

    async def get(self, uid: str) -> bytes:
        """The bytes."""
        async with aiofiles.open(self.path(uid), "rb") as file:
            return await file.read()

    async def remove(self, uids: Iterable[str]) -> None:
        """Remove the bytes; those that are gone already are no error."""
        for uid in uids:
            await asyncio.to_thread(self.path(uid).unlink, missing_ok=True)

    async def left_behind(self, before: float) -> tuple[str, ...]:
        """What lies in the folder and was written before that Unix time in seconds, pieces of broken writes removed."""
        return await asyncio.to_thread(self._left_behind, before)

    def _left_behind(self, before: float) -> tuple[str, ...]:
        if not self._folder.is_dir():
            return ()
        old = [path for path in self._folder.iterdir() if path.stat().st_mtime < before]
        for path in old:
            if path.suffix == _UNFINISHED:
                path.unlink(missing_ok=True)
        return tuple(path.name for path in old if _UID.fullmatch(path.name))
