"""Gates: Slack's allowance, its Retry-After, and one call at a time until one gets through."""

import asyncio
from dataclasses import dataclass

import pytest

from config import Timings
from slack_client.pacing import Gate, Pacing


@dataclass
class Clock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def use(gate: Gate) -> None:
    with gate.calling():
        pass


def test_the_allowance_of_a_minute_comes_back(clock: Clock) -> None:
    gate = Gate(2, clock)
    use(gate)
    clock.now += 30
    use(gate)
    assert gate.room == 0
    clock.now += 30
    assert gate.room == 1
    clock.now += 30
    assert gate.room == 2


def test_a_429_shuts_the_gate_for_as_long_as_slack_says(clock: Clock) -> None:
    gate = Gate(20, clock)
    gate.refused(30)
    gate.refused(10)
    assert gate.shut_for == 30
    assert gate.room == 0
    clock.now += 30
    assert gate.shut_for == 0
    assert gate.room == 20


def test_after_a_429_one_call_at_a_time_until_one_gets_through(clock: Clock) -> None:
    gate = Gate(20, clock)
    gate.refused(1)
    clock.now += 1
    with gate.calling():
        assert gate.room == 0
    assert gate.room == 19, "a call whose end nobody knows leaves the gate usable"
    use(gate)
    gate.succeeded()
    with gate.calling():
        assert gate.room == 17


def test_a_call_that_was_under_way_before_the_429_proves_nothing(clock: Clock) -> None:
    gate = Gate(20, clock)
    gate.refused(5)
    gate.succeeded()
    assert gate.doubtful()


async def test_whoever_waits_passes_after_the_429_one_by_one() -> None:
    gate = Gate(20)
    gate.refused(0.2)
    inside = most = passed = 0

    async def call() -> None:
        nonlocal inside, most, passed
        async with gate.passage():
            assert gate.shut_for == 0
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1
            passed += 1

    async with asyncio.timeout(5):
        await asyncio.gather(*(call() for _ in range(5)))
    assert (most, passed) == (1, 5)


async def test_after_a_success_nobody_waits_for_another() -> None:
    gate = Gate(20)
    gate.refused(0.05)
    inside = most = 0

    async def call() -> None:
        nonlocal inside, most
        async with gate.passage():
            gate.succeeded()
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.05)
            inside -= 1

    async with asyncio.timeout(5):
        await asyncio.gather(*(call() for _ in range(5)))
    assert most >= 4


async def test_a_later_429_is_waited_for_too() -> None:
    gate = Gate(20)
    gate.refused(0.1)
    asyncio.get_running_loop().call_later(0.05, gate.refused, 0.2)
    async with gate.passage():
        assert gate.shut_for == 0


async def test_a_cancelled_wait_leaves_the_gate_to_others() -> None:
    gate = Gate(20)
    gate.refused(0.1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01), gate.passage():
            raise AssertionError("the gate is shut")
    async with asyncio.timeout(5), gate.passage():
        pass


def test_a_stream_begins_only_where_it_can_end(clock: Clock) -> None:
    pacing = Pacing(Timings(), clock)
    for _ in range(19):
        use(pacing.gate("chat.stopStream"))
    assert pacing.may_stream()
    pacing.live_streams = 1
    assert not pacing.may_stream()


@pytest.mark.parametrize("method", ["chat.startStream", "chat.stopStream", "chat.appendStream"])
def test_no_stream_begins_while_a_gate_is_shut_and_later_again(clock: Clock, method: str) -> None:
    pacing = Pacing(Timings(), clock)
    pacing.gate(method).refused(10)
    assert not pacing.may_stream()
    clock.now += 10
    assert pacing.may_stream()


def test_updates_share_the_allowance() -> None:
    pacing = Pacing(Timings(append_interval=0.8, appends_per_minute=90))
    pacing.live_streams = 1
    assert pacing.append_interval == 0.8
    pacing.live_streams = 30
    assert pacing.append_interval == 20
