"""A store on a real file, with a clock that the test moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from database import Store
from tests.database.makers import Clock, Figures, address


@pytest.fixture
def url(tmp_path: Path) -> str:
    return address(tmp_path / "data" / "threadwell.db")


@pytest.fixture
def clock() -> Clock:
    return Clock(1_700_000_000.0)


@pytest.fixture
def figures() -> Figures:
    return Figures()


@pytest.fixture
async def store(url: str, figures: Figures, clock: Clock) -> AsyncIterator[Store]:
    opened = await Store.open(url, figures, clock)
    yield opened
    await opened.close()
