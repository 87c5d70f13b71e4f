"""One turn at a time in a thread, what waits is answered together, and at most so many model calls at once."""

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
import pytest_asyncio

from message_processor.wording import ENGLISH
from tests.wire.conftest import MODES
from tests.wire.harness import ADA, BOT, GENERAL, GRACE, House
from tests.wire.model_side import Calls, everything_taken_in, model_works, own_house, taken_in, to_answer, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

WAITING = "hourglass_flowing_sand"


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=MODES)
async def narrow_house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """A house with two model calls at a time, and nobody else's use of Slack's allowances."""
    folder = tmp_path_factory.mktemp("narrow")
    async with own_house(folder, request.param, ASYNC_MAX_CONCURRENT_REQUESTS="2") as house:
        yield house


async def busy_thread(house: House, seconds: float = 1.0) -> str:
    """A thread whose first question is being answered for a while."""
    house.playground.model.knobs.next(total_seconds=seconds, chunk_count=5)
    ts = house.mention("echo: one")
    await model_works(house)
    return ts


def shown(house: House, thread_ts: str) -> list[str]:
    return [message.text for message in house.answers(thread_ts)]


async def test_waiting_messages_of_one_author_are_answered_together(house: House) -> None:
    ts = await busy_thread(house)
    for word in ("two", "three", "four"):
        house.say(f"echo: {word}", thread_ts=ts)
    await house.settled(ts, answers=2)
    assert shown(house, ts) == ["one", "two\nthree\nfour"]


async def test_they_are_answered_in_order_of_writing_not_of_arrival(house: House) -> None:
    ts = await busy_thread(house)
    house.playground.faults.late_seconds = 0.3
    house.playground.faults.late_deliveries = 1
    late = house.say("echo: two", thread_ts=ts)
    house.say("echo: three", thread_ts=ts)
    await taken_in(house, late)
    await house.settled(ts, answers=2)
    assert shown(house, ts) == ["one", "two\nthree"]


async def test_another_author_between_them_splits_the_batch(house: House) -> None:
    calls = Calls(house)
    ts = await busy_thread(house)
    house.say("echo: two", ADA, thread_ts=ts)
    house.say("echo: three", GRACE, thread_ts=ts)
    house.say("echo: four", ADA, thread_ts=ts)
    await house.settled(ts, answers=4)
    assert shown(house, ts) == ["one", "two", "three", "four"]
    times = [(call.started_at, call.ended_at or 0.0) for call in calls()]
    assert all(ended <= began for (_, ended), (began, _) in pairwise(times)), "one turn at a time"


async def test_ten_at_most_are_answered_together(house: House) -> None:
    calls = Calls(house)
    ts = await busy_thread(house)
    for number in range(12):
        house.say(f"echo: {number}", thread_ts=ts)
    await house.settled(ts, answers=3)
    assert [len(to_answer(call)) for call in calls()] == [1, 10, 2]
    assert "\n".join(shown(house, ts)[1:]).split() == [str(number) for number in range(12)]


async def test_a_deleted_message_leaves_the_line(house: House) -> None:
    calls = Calls(house)
    ts = await busy_thread(house)
    house.say("echo: two", thread_ts=ts)
    slip = house.say("echo: a slip", thread_ts=ts)
    await taken_in(house, slip)
    house.playground.workspace.delete(GENERAL, slip)
    await house.settled(ts, answers=2)
    assert shown(house, ts) == ["one", "two"]
    assert not any("slip" in text for text in calls.texts())


async def test_where_all_that_waited_is_deleted_nothing_is_answered(house: House) -> None:
    calls = Calls(house)
    ts = await busy_thread(house)
    slip = house.say("echo: a slip", thread_ts=ts)
    await taken_in(house, slip)
    house.playground.workspace.delete(GENERAL, slip)
    await everything_taken_in(house)
    await house.settled(ts)
    house.say("echo: two", thread_ts=ts)
    await house.settled(ts, answers=2)
    assert shown(house, ts) == ["one", "two"]
    assert len(calls()) == 2


async def test_an_edited_message_is_answered_as_it_is_now(house: House) -> None:
    calls = Calls(house)
    ts = await busy_thread(house)
    waiting = house.say("echo: draft", thread_ts=ts)
    await taken_in(house, waiting)
    house.playground.workspace.edit(GENERAL, waiting, "echo: final")
    await house.settled(ts, answers=2)
    assert shown(house, ts) == ["one", "final"]
    assert not any("draft" in text for text in calls.texts())


async def test_a_waiting_message_is_marked_until_its_turn(narrow_house: House) -> None:
    workspace = narrow_house.playground.workspace
    ts = await busy_thread(narrow_house)
    waiting = [narrow_house.say(f"echo: {word}", thread_ts=ts) for word in ("two", "three")]
    messages = [workspace.message(GENERAL, stamp) for stamp in waiting]
    await workspace.wait_for(lambda: all(message.reactions.get(WAITING) == [BOT] for message in messages))
    assert len(narrow_house.answers(ts)) <= 1, "it is shown while the first question is still being answered"
    await narrow_house.settled(ts, answers=2)
    await workspace.wait_for(lambda: not any(message.reactions for message in messages))
    assert WAITING not in workspace.message(GENERAL, ts).reactions


async def test_never_more_model_calls_than_allowed(narrow_house: House) -> None:
    workspace, model = narrow_house.playground.workspace, narrow_house.playground.model
    model.knobs.next(6, total_seconds=0.5, chunk_count=4)
    threads = [narrow_house.mention(f"echo: {number}") for number in range(6)]
    waiting = ENGLISH("turn.waiting_for_slot")
    await workspace.wait_for(lambda: any(workspace.status(GENERAL, ts) == waiting for ts in threads))
    for number, ts in enumerate(threads):
        assert [message.text for message in await narrow_house.settled(ts)] == [str(number)]
    assert model.peak_active == 2
    await until(lambda: model.active == 0)
