"""The migration plan's own tests: many messages at once, a model that never answers, connections that are reused."""

import math
import re
import time
from pathlib import Path
from statistics import median

import pytest

from message_processor.lines import Lines
from message_processor.wording import ENGLISH
from openai_client.errors import Failure
from playground.model.journal import Outcome
from tests.wire.harness import ADA, GENERAL, GRACE, House
from tests.wire.model_side import Calls, deliveries, everything_taken_in, model_works, own_house, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINES = Lines(ENGLISH)

MANY = 50
HANGING = 15
_REFUSED = re.compile(r"I'm still busy .* could not take (a|\d+) message")
NO_ANSWER = LINES.failure(Failure.TIMEOUT)


def busy_lines(house: House, thread_ts: str) -> list[int]:
    """How many messages each busy line of the thread stands for."""
    counts = [_REFUSED.search(message.text) for message in house.answers(thread_ts)]
    return [1 if count[1] == "a" else int(count[1]) for count in counts if count]


def answer_lines(house: House, thread_ts: str) -> list[str]:
    """The echoes in the thread, one a line."""
    texts = [message.text for message in house.answers(thread_ts)]
    return [line for text in texts if not _REFUSED.search(text) for line in text.splitlines()]


async def test_many_threads_at_once(house: House) -> None:
    calls = Calls(house)
    workspace = house.playground.workspace
    channels = [GENERAL, *(workspace.add_channel(f"plan-{house.mode}-{number}").id for number in range(4))]
    places = [(channels[number % len(channels)], number) for number in range(MANY)]
    threads = [(house.mention(f"echo: {number}", channel=channel), channel) for channel, number in places]
    for number, (ts, channel) in enumerate(threads):
        assert [message.text for message in await house.settled(ts, channel)] == [str(number)]
    assert sorted(calls.texts()) == sorted(f"echo: {number}" for number in range(MANY))


async def test_many_messages_in_one_thread(house: House) -> None:
    calls = Calls(house)
    house.playground.model.knobs.next(total_seconds=1.5, chunk_count=5)
    ts = house.mention("echo: 0")
    await model_works(house)
    for number in range(1, MANY):
        house.say(f"echo: {number}", thread_ts=ts)
    await house.playground.workspace.wait_for(
        lambda: len(calls.texts()) + sum(busy_lines(house, ts)) >= MANY and house.is_quiet(ts), 30
    )
    answered = calls.texts()
    assert len(answered) == len(set(answered)), "none twice"
    assert {f"echo: {line}" for line in answer_lines(house, ts)} >= set(answered)
    assert busy_lines(house, ts) == [MANY - len(answered)], "one line stands for all the others"
    [line] = [message for message in house.answers(ts) if _REFUSED.search(message.text)]
    updates = [call for call in house.playground.calls if call.method == "chat.update" and call.args["ts"] == line.ts]
    assert len(updates) < 10, "it is updated, but not for each message"


async def test_without_a_line_the_thread_is_busy_at_once(folder: Path, mode: str) -> None:
    async with own_house(folder, mode, THREAD_QUEUE_LIMIT="0") as house:
        calls = Calls(house)
        workspace, faults, knobs = house.playground.workspace, house.playground.faults, house.playground.model.knobs
        knobs.next(first_token_seconds=2.5)
        ts = house.mention("echo: one")
        await model_works(house)
        await everything_taken_in(house)
        house.say("echo: refused", thread_ts=ts)
        await workspace.wait_for(lambda: busy_lines(house, ts) == [1])
        await everything_taken_in(house)
        faults.apply({"ignored_acks": 1, "ack_timeout": 0.3, "retry_pauses": [0.0] * 20})
        again = house.say("echo: refused, and delivered twice", thread_ts=ts)
        await until(lambda: len(deliveries(house, again)) >= 2)
        await workspace.wait_for(lambda: busy_lines(house, ts) == [2])
        await house.settled(ts, answers=2)
        await house.bot.until_logged("turn_done")  # the answer is seen before the lane is free
        faults.reset()

        knobs.next(total_seconds=3.0, chunk_count=5)
        house.say("echo: two", thread_ts=ts)
        await model_works(house)
        house.say("echo: refused", thread_ts=ts)
        await workspace.wait_for(lambda: busy_lines(house, ts) == [2, 1])
        await house.settled(ts, answers=4)
        assert busy_lines(house, ts) == [2, 1], "a later series has a line of its own"
        assert calls.texts() == ["echo: one", "echo: two"]


async def seconds_to_answer(house: House) -> float:
    """The median of a few questions, one after the other."""
    spent = []
    for _ in range(5):
        began = time.monotonic()
        await house.ask("echo: quick")
        spent.append(time.monotonic() - began)
    return median(spent)


async def hanging_threads(house: House) -> list[str]:
    """Questions that the model does not answer, as many of them under way as there can be at a time."""
    people = (ADA, GRACE)  # one person alone may not have all workers
    threads = [house.mention("please hang", people[number % 2]) for number in range(HANGING)]
    await model_works(house, HANGING if house.mode == "async" else 10)
    return threads


async def all_given_up(house: House, threads: list[str], calls: Calls) -> None:
    for ts in threads:
        assert [message.text for message in await house.settled(ts)] == [NO_ANSWER]
    await until(lambda: house.playground.model.active == 0)
    hanging = [call for call in calls() if call.status == 0]
    assert [call.outcome for call in hanging] == [Outcome.CLIENT_CLOSED] * HANGING, "every connection was closed"


async def test_a_model_that_never_answers_holds_up_nobody_else(folder: Path) -> None:
    async with own_house(folder, "async", ASYNC_TIMEOUT_SECONDS="6") as house:
        calls = Calls(house)
        idle = await seconds_to_answer(house)
        threads = await hanging_threads(house)
        beside = await seconds_to_answer(house)
        assert house.playground.model.active == HANGING, "they hung all the while"
        assert beside < 4 * idle + 0.1
        await all_given_up(house, threads, calls)


async def test_a_model_that_never_answers_holds_up_no_acknowledgement(folder: Path) -> None:
    async with own_house(folder, "threaded", ASYNC_TIMEOUT_SECONDS="1.5", SYNC_WORKERS="10") as house:
        calls = Calls(house)
        threads = await hanging_threads(house)
        ts = house.mention("echo: at last")
        await until(lambda: any(envelope.acked_at for envelope in deliveries(house, ts)))
        assert not house.answers(ts)
        waited = [(envelope.acked_at or math.inf) - envelope.sent_at for envelope in deliveries(house, ts)]
        assert min(waited) < 1.0
        await all_given_up(house, threads, calls)
        assert [message.text for message in await house.settled(ts)] == ["at last"]


async def test_one_person_does_not_hold_all_workers(folder: Path) -> None:
    async with own_house(folder, "threaded", SYNC_WORKERS="5", SHUTDOWN_GRACE_SECONDS="0") as house:
        for _ in range(8):
            house.mention("please hang")
        await model_works(house, 4)
        waiting = house.mention("echo: hers too")
        assert await house.ask("echo: somebody else's", user=GRACE) == "somebody else's"
        assert not house.answers(waiting)
        assert house.playground.model.active == 4


async def test_connections_are_reused(house: House) -> None:
    playground = house.playground
    before = dict(playground.connections)
    for number in range(20):
        assert await house.ask(f"echo: {number}", user=ADA) == str(number)
    opened = {host: count - before[host] for host, count in playground.connections.items()}
    assert opened["sockets"] == 0
    assert opened["slack"] <= 3
    assert opened["model"] <= 3
