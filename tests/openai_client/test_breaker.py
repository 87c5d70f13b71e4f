"""The circuit breaker as a state machine, on a clock of its own."""

import pytest

from config import Timings
from openai_client.breaker import Breaker, Breakers, State
from openai_client.errors import Failure
from openai_client.faults import Fault
from tests.openai_client.bench import Figures

TIMINGS = Timings(breaker_window=60.0, breaker_pause=15.0, breaker_longest_pause=120.0)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Endpoint:
    """A breaker, its clock and its figures."""

    def __init__(self) -> None:
        self.clock, self.figures = Clock(), Figures()
        self.breaker = Breaker("responses", TIMINGS, self.figures, self.clock)

    def fail(self, times: int = 1, every: float = 0.0) -> None:
        for _ in range(times):
            self.breaker.admit().failed("status=500")
            self.clock.now += every

    def opened(self) -> "Endpoint":
        self.fail(5)
        return self

    def after(self, seconds: float) -> Breaker:
        self.clock.now += seconds
        return self.breaker

    def refusal(self) -> Fault:
        with pytest.raises(Fault) as caught:
            self.breaker.admit()
        return caught.value

    def state(self) -> State:
        return self.breaker.state

    @property
    def shown(self) -> list[State]:
        return [State(int(value)) for name, value, _ in self.figures.values if name == "model_breaker"]


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


def test_five_hard_failures_in_a_row_open_it(endpoint: Endpoint) -> None:
    endpoint.fail(4)
    assert endpoint.state() is State.CLOSED
    endpoint.fail()
    refusal = endpoint.refusal()
    assert (refusal.failure, refusal.retry_after, refusal.repeatable) == (Failure.UNAVAILABLE, 15.0, False)


def test_an_answer_ends_the_row(endpoint: Endpoint) -> None:
    endpoint.fail(4)
    endpoint.breaker.admit().answered()
    endpoint.fail(4)
    assert endpoint.state() is State.CLOSED


def test_failures_that_lie_far_apart_are_no_row(endpoint: Endpoint) -> None:
    endpoint.fail(20, every=16.0)
    assert endpoint.state() is State.CLOSED
    endpoint.after(60.0)
    endpoint.fail(5, every=14.0)
    assert endpoint.state() is State.OPEN


def test_whoever_leaves_says_nothing(endpoint: Endpoint) -> None:
    endpoint.fail(4)
    for _ in range(10):
        endpoint.breaker.admit().given_up()
    assert endpoint.state() is State.CLOSED
    endpoint.fail()
    assert endpoint.state() is State.OPEN


def test_the_refusal_names_the_time_that_is_left(endpoint: Endpoint) -> None:
    endpoint.opened().after(10.0)
    assert endpoint.refusal().retry_after == pytest.approx(5.0)


def test_one_probe_at_a_time_goes_out_after_the_pause(endpoint: Endpoint) -> None:
    probe = endpoint.opened().after(15.0).admit()
    assert endpoint.refusal().retry_after == 15.0
    probe.answered()
    assert endpoint.breaker.refusal() is None
    assert endpoint.shown == [State.OPEN, State.PROBING, State.CLOSED]


def test_each_probe_that_fails_doubles_the_pause_up_to_the_longest(endpoint: Endpoint) -> None:
    endpoint.opened()
    pauses = []
    for _ in range(5):
        refusal = endpoint.breaker.refusal()
        assert refusal is not None
        assert refusal.retry_after is not None
        pauses.append(refusal.retry_after)
        endpoint.after(refusal.retry_after).admit().failed("status=500")
    assert pauses == [15.0, 30.0, 60.0, 120.0, 120.0]


def test_after_it_was_back_the_pause_is_short_again(endpoint: Endpoint) -> None:
    endpoint.opened().after(15.0).admit().failed("status=500")
    endpoint.after(30.0).admit().answered()
    assert endpoint.opened().refusal().retry_after == 15.0


def test_a_probe_that_is_given_up_makes_room_for_the_next_one(endpoint: Endpoint) -> None:
    endpoint.opened().after(15.0).admit().given_up()
    endpoint.breaker.admit().answered()
    assert endpoint.state() is State.CLOSED


def test_what_went_out_before_it_opened_says_nothing_any_more(endpoint: Endpoint) -> None:
    early = [endpoint.breaker.admit() for _ in range(3)]
    endpoint.opened()
    early[0].answered()
    early[1].failed("status=500")
    assert endpoint.refusal().retry_after == 15.0
    probe = endpoint.after(15.0).admit()
    early[2].failed("status=500")
    assert endpoint.state() is State.PROBING
    probe.answered()
    assert endpoint.state() is State.CLOSED


def test_what_this_process_lacks_says_nothing_of_the_server(endpoint: Endpoint) -> None:
    endpoint.fail(4)
    endpoint.breaker.admit().fell(Fault(Failure.FAILED, "ConnectError", local=True))
    endpoint.fail()
    assert endpoint.state() is State.OPEN


def test_only_the_first_word_of_a_permit_counts(endpoint: Endpoint) -> None:
    endpoint.fail(4)
    permit = endpoint.breaker.admit()
    permit.answered()
    permit.failed("ReadError")
    assert endpoint.state() is State.CLOSED


def test_going_away_and_coming_back_are_told_once(endpoint: Endpoint, caplog: pytest.LogCaptureFixture) -> None:
    endpoint.fail(5, every=1.0)
    for _ in range(3):
        endpoint.refusal()
    endpoint.after(14.0).admit().failed("status=502")
    endpoint.after(30.0).admit().answered()
    told = [record for record in caplog.records if record.name == "threadwell.model"]
    assert [record.getMessage() for record in told] == [
        "model_away", "model_probed", "model_still_away", "model_probed", "model_back",
    ]  # fmt: skip
    assert vars(told[-1])["seconds"] == 49.0
    assert endpoint.figures.counts == [("model_breaker_opens", {"endpoint": "responses"})]


async def test_a_sleep_ends_where_calls_are_refused(endpoint: Endpoint) -> None:
    endpoint.opened()
    await endpoint.breaker.sleep(3_600.0)


def test_each_api_has_a_breaker_of_its_own() -> None:
    figures = Figures()
    breakers = Breakers(TIMINGS, figures, Clock())
    for _ in range(5):
        breakers.of("images").admit().failed("status=500")
    assert breakers.of("images").state is State.OPEN
    assert breakers.of("responses").state is State.CLOSED
    assert ("model_breaker", 0.0, {"endpoint": "responses"}) in figures.values
