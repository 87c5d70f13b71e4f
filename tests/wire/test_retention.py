"""A silent conversation leaves while others are answered."""

from pathlib import Path

from tests.wire.database_side import rows
from tests.wire.harness import GENERAL, GRACE, House
from tests.wire.model_side import Calls, own_house, recorded, told, until

DAYS = 20.0 / 86_400


async def test_a_conversation_leaves_when_its_time_is_over_and_a_mention_reads_it_anew(folder: Path) -> None:
    given = {"HISTORY_RETENTION_DAYS": f"{DAYS:.6f}"}
    async with own_house(folder, "async", {"retention_interval": 0.5}, **given) as house:
        ts = house.mention("echo: said long ago")
        await house.settled(ts)
        await recorded(house, ts)
        await until(lambda: not kept(house, ts), 60)
        assert await house.ask("echo: meanwhile", user=GRACE) == "meanwhile"
        calls = Calls(house)
        house.mention("echo: and again", thread_ts=ts)
        await house.settled(ts, answers=2)
        assert any("said long ago" in text for text in told(calls()[-1])), "Slack still has it"


def kept(house: House, ts: str) -> list[tuple[object, ...]]:
    return rows(house, "SELECT text FROM messages WHERE channel = ? AND thread_ts = ?", GENERAL, ts)
