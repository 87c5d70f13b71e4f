"""Short soaks with known seeds: nothing is lost or doubled while everything fails. `make soak` draws others."""

from pathlib import Path

import pytest

from tests.soak.plan import Size, steps
from tests.soak.soak import soak
from tests.wire.conftest import MODES


@pytest.mark.slow
@pytest.mark.timeout(420)
@pytest.mark.parametrize(("mode", "messages", "seed"), [(MODES[0], 1_000, 3), (MODES[1], 150, 11)])
async def test_nothing_is_lost_or_doubled_while_everything_fails(
    tmp_path: Path, mode: str, messages: int, seed: int
) -> None:
    problems = await soak(seed, Size(messages, threads=100, between_restarts=min(200, messages // 2)), mode, tmp_path)
    assert not problems, f"seed {seed}: " + "\n".join(problems)


def test_a_seed_gives_the_same_deeds_again() -> None:
    size = Size(messages=300)

    def deeds(seed: int) -> list[tuple[str, float]]:
        return [(step.deed.value, step.roll.random()) for step in steps(seed, size)]

    assert deeds(7) == deeds(7)
    assert deeds(7) != deeds(8)
