"""What people wrote in a soak, and what therefore has to stand in the answers."""

from dataclasses import dataclass, field
from random import Random

WORDS = "amber birch cobalt delta ember fern granite harbour indigo juniper kelp lantern meadow nectar opal".split()
LONGEST = 5_000


@dataclass(slots=True, eq=False)
class Written:
    """One message. `wanted` are the texts that an answer to it may repeat: a further one for each edit."""

    channel: str
    thread_ts: str
    ts: str
    author: str
    wanted: list[str]
    deleted: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.channel, self.ts


@dataclass(slots=True)
class Ledger:
    """All messages, by their place."""

    written: list[Written] = field(default_factory=list)

    def add(self, message: Written) -> None:
        self.written.append(message)

    def recent(self, roll: Random, among: int = 30) -> Written | None:
        """One of the newest messages; None where none is left."""
        found = [message for message in self.written[-among:] if not message.deleted]
        return roll.choice(found) if found else None


def wanted_text(number: int, version: int, roll: Random) -> str:
    """A text that occurs once only, and whose beginning and end are seen: most are short, a few are long."""
    size = roll.choice((3, 8, 8, 15, 15, 30, 30, 60, 120, 600))
    words = " ".join(roll.choice(WORDS) for _ in range(size))[:LONGEST]
    return f"[{number:06d}.{version} {words} {version}.{number:06d}]"
