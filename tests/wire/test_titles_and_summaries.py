"""What the utility model does beside the answers: titles of threads, and summaries of their older part."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from playground.model.journal import ModelCall
from tests.wire.harness import ADA, GENERAL, House
from tests.wire.model_side import asked, everything_taken_in, own_house, told, until

pytestmark = pytest.mark.asyncio(loop_scope="function")

UTILITY = "gpt-5.6-luna"


def calls_of(house: House, model: str) -> Sequence[ModelCall]:
    return [call for call in house.playground.model.journal if call.body.get("model") == model]


def title(house: House, ts: str) -> str:
    return house.playground.workspace.sessions.title_of(GENERAL, ts)


async def test_a_thread_is_named_after_its_first_exchange_and_once(folder: Path) -> None:
    async with own_house(folder, "async", OPENAI_UTILITY_MODEL=UTILITY) as house:
        ts = house.mention("how tall is the lighthouse of Alexandria")
        await house.settled(ts)
        await until(lambda: bool(title(house, ts)))
        assert "lighthouse" in title(house, ts).lower() or "tall" in title(house, ts).lower()
        house.say("echo: and on", thread_ts=ts)
        await house.settled(ts, answers=2)
        await everything_taken_in(house)
        assert len(calls_of(house, UTILITY)) == 1


async def test_a_title_that_a_person_chose_stays(folder: Path) -> None:
    async with own_house(folder, "async", OPENAI_UTILITY_MODEL=UTILITY) as house:
        house.playground.model.knobs.set(first_token_seconds=1.5)
        ts = house.mention("echo: hello")
        await house.settled(ts)
        await until(lambda: bool(calls_of(house, UTILITY)))
        house.playground.workspace.rename_session(ADA, GENERAL, ts, "My own title")
        await until(lambda: calls_of(house, UTILITY)[0].ended_at is not None)
        await everything_taken_in(house)
        await house.bot.stop()
        assert title(house, ts) == "My own title"
        assert "agents.sessions.rename" not in [call.method for call in house.playground.calls]


async def test_an_app_that_is_no_agent_asks_for_no_titles(folder: Path) -> None:
    async with own_house(folder, "async", OPENAI_UTILITY_MODEL=UTILITY) as house:
        house.playground.workspace.is_agent = False
        await house.ask("echo: hello")
        await house.bot.stop()
        assert not calls_of(house, UTILITY)


async def test_a_title_that_cannot_be_made_disturbs_nobody(folder: Path) -> None:
    async with own_house(folder, "async", OPENAI_UTILITY_MODEL=UTILITY) as house:
        house.playground.faults.add("error", "agents.sessions.rename", times=None, code="no_such_session")
        ts = house.mention("echo: hello")
        [message] = await house.settled(ts)
        assert message.text == "hello"
        await house.bot.until_logged("title_not_made")


FILLER = " ".join(f"word{number}" for number in range(150))


async def long_thread(house: House, exchanges: int) -> str:
    ts = house.mention(f"the secret word is heliotrope, and echo: exchange 0 {FILLER}")
    for number in range(1, exchanges):
        await house.settled(ts, answers=number)
        house.say(f"echo: exchange {number} {FILLER}", thread_ts=ts)
    await house.settled(ts, answers=exchanges)
    return ts


async def test_the_older_part_of_a_long_thread_is_summed_up_and_added_to(folder: Path) -> None:
    async with own_house(
        folder, "async", OPENAI_UTILITY_MODEL=UTILITY, CONTEXT_TOKENS="4000", MAX_OUTPUT_TOKENS="500"
    ) as house:
        house.playground.workspace.is_agent = False
        ts = await long_thread(house, 6)
        first = len(calls_of(house, UTILITY))
        assert first >= 1, "the window was full"
        last = told(calls_of(house, "gpt-6.2-sol")[-1])
        assert any("<summary" in text and "heliotrope" in text for text in last), "what is gone is in short"
        assert not any("heliotrope" in text and "<message" in text for text in last)
        for number in range(6, 10):
            house.say(f"echo: exchange {number} {FILLER}", thread_ts=ts)
            await house.settled(ts, answers=number + 1)
        rolled = calls_of(house, UTILITY)[first:]
        assert rolled, "it was full again"
        assert "<summary>" in asked(rolled[0]).turns[-1].text, "the earlier summary is carried on"
        assert len(rolled) <= 3, "not in each turn"
        stored = [text for text in told(calls_of(house, "gpt-6.2-sol")[-1]) if "<summary" in text]
        assert len(stored) == 1


async def test_a_full_context_is_summed_up_once_and_asked_once_more(folder: Path) -> None:
    async with own_house(folder, "async", OPENAI_UTILITY_MODEL=UTILITY) as house:
        house.playground.workspace.is_agent = False
        ts = await long_thread(house, 3)
        before = len(house.playground.model.journal)
        house.playground.model.knobs.next(status=400, code="context_length_exceeded", message="too long")
        house.say("echo: on we go", thread_ts=ts)
        messages = await house.settled(ts, answers=4)
        assert messages[-1].text == "on we go"
        models = [call.body["model"] for call in house.playground.model.journal[before:]]
        assert models == ["gpt-6.2-sol", UTILITY, "gpt-6.2-sol"]


async def test_without_a_utility_model_the_window_is_cut(folder: Path) -> None:
    async with own_house(folder, "async", CONTEXT_TOKENS="4000", MAX_OUTPUT_TOKENS="500") as house:
        await long_thread(house, 6)
        last = told(calls_of(house, "gpt-6.2-sol")[-1])
        assert not any("<summary" in text for text in last)
        assert any("heliotrope" in text for text in last), "the first message stays"


async def test_a_deletion_of_what_was_summed_up_removes_the_summary(folder: Path) -> None:
    async with own_house(
        folder, "async", OPENAI_UTILITY_MODEL=UTILITY, CONTEXT_TOKENS="4000", MAX_OUTPUT_TOKENS="500"
    ) as house:
        house.playground.workspace.is_agent = False
        ts = await long_thread(house, 6)
        house.playground.workspace.delete(GENERAL, ts)
        await everything_taken_in(house)
        house.say("echo: what do you know", thread_ts=ts)
        await house.settled(ts, answers=7)
        assert not any(
            "heliotrope" in text for text in told(calls_of(house, "gpt-6.2-sol")[-1])[:-1] if "<summary" in text
        )
