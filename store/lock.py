"""One process to a file: an advisory lock beside the database, dropped by the kernel when its holder dies."""

import errno
import fcntl
import os
from pathlib import Path

from store.errors import StoreInUse, StoreUnavailable

_PASSING = frozenset({errno.ENOSPC, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EDQUOT})


def _unusable(path: Path, error: OSError) -> StoreUnavailable:
    words = error.strerror or type(error).__name__
    return StoreUnavailable(f"{path}: {words}", wrong_configuration=error.errno not in _PASSING)


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "is a folder, not a file")
    except OSError as error:
        raise _unusable(path, error) from error


class FileLock:
    """Held from its making to `release`; the folder is made where it is missing.

    Both touch the disk: call them off the loop. StoreUnavailable where the file is in use or cannot be a file.
    """

    def __init__(self, path: Path) -> None:
        _make_folder(path)
        self.path = path.with_name(path.name + ".lock")
        try:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unusable(self.path, error) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise StoreInUse(f"{path} is in use by another process") from None
        except OSError as error:
            os.close(self._descriptor)
            raise _unusable(self.path, error) from error

    def release(self) -> None:
        """Let the next process in. The file stays: removing it would let two processes lock two files of one name."""
        os.close(self._descriptor)
