"""A look at a database that changes nothing in it, also while another process works on it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from store import migrations
from store.errors import StoreUnavailable
from store.sqlite import DRIVER_ERRORS, damage, damaged, file_of, journal_of, looking_engine, unavailable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was seen. `problem` says why the bot will not open the file, or is empty.

    `size` is in bytes, the journal's among them; `schema` is the number of the newest migration in the file, 0 where it
    has none; `pending` are those that the next start applies; `cut`: the look for damage took too long and was ended.
    """

    path: Path
    exists: bool
    size: int = 0
    schema: int = 0
    pending: int = 0
    cut: bool = False
    problem: str = ""


def read(url: str, work: Callable[[Connection], T]) -> T:
    """What `work` reads of the file of `url` from outside, also while a bot works on it; StoreUnavailable. Blocks."""
    path = file_of(url)
    try:
        if not path.is_file():
            raise StoreUnavailable(f"{path}: there is no such database")
        with looking_engine(path).connect() as connection:
            if migrations.schema_of(connection, migrations.MIGRATIONS).pending:
                raise StoreUnavailable(f"{path} is of an older release: start the bot of this release once")
            return work(connection)
    except DRIVER_ERRORS as error:
        raise unavailable(error, path) from error
    except OSError as error:
        raise StoreUnavailable(f"{path}: {error.strerror}", wrong_configuration=True) from None


def inspect(url: str, seconds: float) -> Inspection:
    """Look at the file of `url`, for damage `seconds` at most; StoreUnavailable where the address names no file."""
    path = file_of(url)
    if not path.exists():
        return Inspection(path, False)
    cut, size = False, sum(each.stat().st_size for each in (path, journal_of(path)) if each.exists())
    try:
        try:
            if damage(path, seconds) is not None:
                raise damaged(path)
        except TimeoutError:
            cut = True
        with looking_engine(path).connect() as connection:
            schema = migrations.schema_of(connection, migrations.MIGRATIONS)
    except StoreUnavailable as failure:
        return Inspection(path, True, size, cut=cut, problem=failure.reason)
    except DRIVER_ERRORS as error:
        return Inspection(path, True, size, cut=cut, problem=unavailable(error, path).reason)
    return Inspection(path, True, size, schema.newest, len(schema.pending), cut)
