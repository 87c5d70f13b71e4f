"""However often, late or out of order Slack delivers a message: it is answered once, or not at all if it is gone."""

import pytest

from playground.slack.wire import JsonObject
from tests.wire.harness import GENERAL, GRACE, House
from tests.wire.model_side import Calls, deliveries, everything_taken_in, model_works, taken_in, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


LOST: JsonObject = {"ignored_acks": 1, "ack_timeout": 0.3, "retry_pauses": [0.0] * 20}
"""One acknowledgement is not heard; later deliveries come until one is."""


def repeated(house: House, ts: str) -> bool:
    """Whether the message was delivered again."""
    return [envelope.retry_attempt for envelope in deliveries(house, ts)][:2] == [0, 1]


async def still_alive(house: House) -> None:
    """A later question is answered, so whatever came before it has had its time."""
    assert await house.ask("echo: still alive") == "still alive"


async def test_a_duplicate_delivery_is_acknowledged_and_answered_once(house: House) -> None:
    calls = Calls(house)
    house.playground.faults.apply({"duplicate_deliveries": 2, "ack_timeout": 30.0})
    ts = house.mention("echo: once")
    await taken_in(house, ts)
    await house.settled(ts)
    await still_alive(house)
    assert len(deliveries(house, ts)) == 4, "two events, each delivered twice"
    await until(lambda: all(envelope.acked_at for envelope in deliveries(house, ts)))
    assert [message.text for message in house.answers(ts)] == ["once"]
    assert calls.texts() == ["echo: once", "echo: still alive"]


async def test_a_redelivery_after_a_lost_acknowledgement_is_answered_once(house: House) -> None:
    calls = Calls(house)
    await everything_taken_in(house)
    house.playground.faults.apply(LOST)
    channel = house.playground.workspace.direct(GRACE).id
    ts = house.say("echo: once", GRACE, channel)
    await house.settled(ts, channel)
    await until(lambda: repeated(house, ts))
    await still_alive(house)
    assert [message.text for message in house.answers(ts, channel)] == ["once"]
    assert calls.texts() == ["echo: once", "echo: still alive"]


async def test_a_redelivery_of_a_waiting_message_stands_in_line_once(house: House) -> None:
    calls = Calls(house)
    house.playground.model.knobs.next(first_token_seconds=1.5)
    ts = house.mention("echo: one")
    await model_works(house)
    await everything_taken_in(house)
    house.playground.faults.apply(LOST)
    waiting = house.say("echo: two", thread_ts=ts)
    await until(lambda: repeated(house, waiting))
    await house.settled(ts, answers=2)
    await still_alive(house)
    assert [message.text for message in house.answers(ts)] == ["one", "two"]
    assert calls.texts() == ["echo: one", "echo: two", "echo: still alive"]


async def test_a_message_that_arrives_after_its_deletion_is_not_answered(house: House) -> None:
    calls = Calls(house)
    house.playground.faults.apply({"late_deliveries": 2, "late_seconds": 0.3})
    ts = house.mention("echo: a slip")
    house.playground.workspace.delete(GENERAL, ts)
    await taken_in(house, ts)
    await still_alive(house)
    assert house.answers(ts) == []
    assert calls.texts() == ["echo: still alive"]
