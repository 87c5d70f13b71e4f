"""What goes wrong on purpose in the Web API, and the published rates."""

import time

import aiohttp
import pytest

from playground.server import Playground
from playground.slack.faults import Faults, FaultsError
from tests.playground.slack_calls import SlackCalls

GENERAL = "C0GENERAL1"


async def test_the_next_calls_of_one_method_are_rate_limited(playground: Playground, slack: SlackCalls) -> None:
    playground.faults.add("rate_limited", "auth.test", times=2, retry_after=7)
    for _ in range(2):
        response = await slack.raw("auth.test")
        assert (response.status, response.headers["Retry-After"]) == (429, "7")
        assert await response.json() == {"ok": False, "error": "ratelimited"}
        await slack.ok("team.info")
    await slack.ok("auth.test")


async def test_every_third_call_fails_for_as_long_as_the_rule_stands(playground: Playground, slack: SlackCalls) -> None:
    playground.faults.add("server_error", times=None, every=3, status=502)
    statuses = [(await slack.raw("auth.test")).status for _ in range(7)]
    assert statuses == [200, 200, 502, 200, 200, 502, 200]
    playground.faults.reset()
    assert {(await slack.raw("auth.test")).status for _ in range(3)} == {200}


async def test_a_server_error_is_a_page_of_html(playground: Playground, slack: SlackCalls) -> None:
    playground.faults.add("server_error")
    response = await slack.raw("auth.test")
    assert (response.status, response.content_type) == (503, "text/html")
    assert "<html>" in await response.text()


async def test_a_particular_error_code(playground: Playground, slack: SlackCalls) -> None:
    playground.faults.add("error", "chat.postMessage", code="restricted_action")
    assert await slack.refused("chat.postMessage", channel=GENERAL, text="x") == "restricted_action"
    await slack.ok("chat.postMessage", channel=GENERAL, text="x")


@pytest.mark.parametrize(("kind", "stored"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_cut_connection_before_or_after_the_call_was_carried_out(
    playground: Playground, slack: SlackCalls, kind: str, stored: int
) -> None:
    playground.faults.apply({"rules": [{"kind": kind, "method": "chat.postMessage"}]})
    with pytest.raises(aiohttp.ClientError):
        await slack.call("chat.postMessage", channel=GENERAL, text="x")
    assert len(playground.workspace.channel(GENERAL).messages) == stored
    assert playground.calls[-1].status == 0
    await slack.ok("auth.test")


async def test_added_latency(playground: Playground, slack: SlackCalls) -> None:
    playground.faults.add("slow", seconds=0.2)
    began = time.monotonic()
    await slack.ok("auth.test")
    assert time.monotonic() - began >= 0.2
    assert playground.calls[-1].seconds >= 0.2


async def test_a_slow_call_is_carried_out_though_its_client_left(playground: Playground, slack: SlackCalls) -> None:
    playground.faults.add("slow", seconds=0.2)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.05)) as session:
        with pytest.raises(TimeoutError):
            await session.post(
                playground.slack_api_url + "chat.postMessage",
                json={"channel": GENERAL, "text": "x"},
                headers=slack.headers(),
            )
    await playground.workspace.wait_for(lambda: playground.workspace.channel(GENERAL).messages)


async def test_the_published_rates_hold_when_enforced(playground: Playground, slack: SlackCalls) -> None:
    playground.faults.enforce_tiers = True
    statuses = [(await slack.raw("users.list")).status for _ in range(21)]
    assert statuses == [200] * 20 + [429]
    retry_after = int((await slack.raw("users.list")).headers["Retry-After"])
    assert 55 <= retry_after <= 60
    await slack.ok("auth.test")


async def test_the_rate_of_posts_counts_for_each_channel_and_the_minute_slides(
    playground: Playground, slack: SlackCalls
) -> None:
    playground.faults.enforce_tiers = True
    playground.faults.tier_window = 1.0
    for _ in range(60):
        await slack.ok("chat.postMessage", channel=GENERAL, text="x")
    response = await slack.raw("chat.postMessage", channel=GENERAL, text="x")
    assert (response.status, response.headers["Retry-After"]) == (429, "1")
    await slack.ok("chat.postMessage", channel="C0TEAM0001", text="x")
    with pytest.raises(TimeoutError):
        await playground.workspace.wait_for(lambda: False, timeout=1.0)
    await slack.ok("chat.postMessage", channel=GENERAL, text="x")


def test_knobs_come_back_as_they_are_taken() -> None:
    faults = Faults()
    faults.apply({"burnt_tickets": 2, "retry_pauses": [0, 0.5], "rules": [{"kind": "slow", "seconds": 2}]})
    again = Faults()
    again.apply(faults.as_json())
    assert again == faults
    assert (again.burnt_tickets, again.retry_pauses, again.rules[0].seconds) == (2, (0, 0.5), 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"explode": 1},
        {"half_open": 1},
        {"burnt_tickets": -1},
        {"burnt_tickets": 1.5},
        {"late_seconds": "soon"},
        {"retry_pauses": 3},
        {"rules": {}},
        {"rules": [{"kind": "explode"}]},
        {"rules": [{"kind": "slow", "every": 0}]},
        {"rules": [{"kind": "slow", "colour": "red"}]},
        {"rules": [{"kind": "slow", "method": 1}]},
    ],
)
def test_knobs_with_wrong_values_change_nothing(wrong: dict[str, object]) -> None:
    faults = Faults()
    with pytest.raises(FaultsError):
        faults.apply({"burnt_tickets": 1} | wrong)  # type: ignore[arg-type]  # as it comes over HTTP
    assert faults == Faults()
