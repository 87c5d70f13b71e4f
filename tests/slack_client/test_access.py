"""Who may use the bot, and where."""

import pytest

from ops.figures import Figures
from slack_client.access import Access, Rules

GUESTS: dict[str, bool | None] = {"U1": False, "U2": False, "U0GUEST": True, "U0UNKNOWN": None}


class Profiles:
    """What Slack says of people; who was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def is_guest(self, person: str, seconds: float) -> bool | None:
        assert seconds < 1.0, "a click is acknowledged within a second"
        self.asked.append(person)
        return GUESTS[person]


def access(channels: str = "", people: str = "", profiles: Profiles | None = None) -> Access:
    return Access(Rules.read(channels.split()), Rules.read(people.split()), profiles or Profiles(), Figures())


@pytest.mark.parametrize(
    ("people", "person", "wanted"),
    [
        ("", "U1", True),
        ("", "U0GUEST", False),
        ("", "U0UNKNOWN", True),  # an outage of users.info silences nobody
        ("U1", "U1", True),
        ("U1", "U2", False),
        ("!U1", "U1", False),
        ("!U1", "U2", True),
        ("!U1", "U0GUEST", False),
        ("U0GUEST", "U0GUEST", True),
        ("U1 !U1", "U1", False),
        ("U1 !U2", "U1", True),
    ],
)
async def test_people(people: str, person: str, wanted: bool) -> None:
    assert await access(people=people).lets_in(person, "C1") is wanted


@pytest.mark.parametrize(
    ("channels", "channel", "wanted"),
    [
        ("", "C1", True),
        ("C1", "C1", True),
        ("C1", "C2", False),
        ("C1", "G2", False),
        ("!C1", "C1", False),
        ("!C1", "C2", True),
        ("C1", "D5", True),  # a direct conversation
        ("C1", "", True),  # nowhere in particular: the home tab
    ],
)
async def test_channels(channels: str, channel: str, wanted: bool) -> None:
    assert await access(channels).lets_in("U1", channel) is wanted


async def test_slack_is_asked_only_where_the_lists_leave_it_open() -> None:
    profiles = Profiles()
    door = access("C1", "U1 !U2", profiles)
    for person, channel in (("U1", "C1"), ("U2", "C1"), ("U1", "C9")):
        await door.lets_in(person, channel)
    assert profiles.asked == []
    assert door.named == {"U1"}
