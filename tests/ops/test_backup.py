"""When a nightly backup is due."""

import pytest

from ops.backup import is_due

NIGHT = 20_000 * 86_400.0 + 3 * 3_600.0
"""Three o'clock in the morning (UTC) of a day."""


@pytest.mark.parametrize(
    ("latest", "now", "due"),
    [
        (0.0, NIGHT + 5, True),  # the first one of all
        (NIGHT - 80_000, NIGHT - 1, False),  # last night's
        (NIGHT - 80_000, NIGHT, True),
        (NIGHT, NIGHT + 86_399, False),
        (NIGHT, NIGHT + 86_400, True),
        (NIGHT - 10, NIGHT + 40_000, True),  # the night was missed
    ],
)
def test_a_backup_is_due_once_a_night(latest: float, now: float, due: bool) -> None:
    assert is_due(latest, now) is due
