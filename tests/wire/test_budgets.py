"""Budgets as people and operators meet them: answers within them, honest lines beyond, and every call accounted for."""

import asyncio
import re
import time
from pathlib import Path

import pytest
import pytest_asyncio

from budgets import Span
from playground.server import Playground
from tests.wire.conftest import MODES
from tests.wire.database_side import rows
from tests.wire.harness import ADA, GENERAL, GRACE, House, environment, launch, running_bot
from tests.wire.model_side import Calls, dies, everything_taken_in, model_works, own_house, recorded, until

pytestmark = [pytest.mark.asyncio(loop_scope="function"), pytest.mark.timeout(180)]

_QUIET = 60.0
"""Seconds before a day's end (UTC) in which no test begins: its limits would begin anew in the middle."""


@pytest_asyncio.fixture(autouse=True)
async def one_day() -> None:
    """Each test is within one day."""
    now = time.time()
    if (left := Span.USER_DAY.resets(now).timestamp() - now) < _QUIET:
        await asyncio.sleep(left + 1.0)


EACH_MODE = pytest.mark.parametrize("mode", MODES)
SPENT = re.compile(
    r"⚠️ What is left of your budget for today does not cover an answer: (\S+) tokens of (\S+) tokens are used\."
    r" It begins anew on \d{4}-\d\d-\d\d 00:00 UTC\. Ask Olga if you need more\."
)
CALLS = (
    "SELECT kind, state, input, output, images, cost, person, channel, attempt FROM usage ORDER BY at, attempt, number"
)
LIMITED = {"MAX_OUTPUT_TOKENS": "200", "ADMIN_CONTACT": "Olga"}


def taken(house: House, person: str = ADA) -> int:
    """Tokens that a person's calls took, or hold."""
    ((tokens,),) = rows(house, "SELECT coalesce(sum(input + output), 0) FROM usage WHERE person = ?", person)
    assert isinstance(tokens, int)
    return tokens


def notes(house: House) -> list[str]:
    found = (note.text for note in house.playground.workspace.ephemerals if note.user == ADA)
    return [text for text in found if "You have used" in text]


def begun(house: House, ts: str) -> bool:
    """Whether a good part of an answer is there."""
    return bool(house.answers(ts)) and len(house.answers(ts)[0].text) > 200


@EACH_MODE
async def test_beyond_the_budget_there_is_an_honest_line_and_no_call(folder: Path, mode: str) -> None:
    async with own_house(folder, mode, None, USER_DAY="6000", **LIMITED) as house:
        calls = Calls(house)
        said = [await house.ask(f"echo: answer {number}") for number in range(8)]
        answered = [text for text in said if text.startswith("answer")]
        assert 0 < len(answered) < 8
        assert len(calls()) == len(answered), "nobody asked the model for those that were refused"
        await until(lambda: len(house.bot.events("turn_done")) == 8)
        house.playground.workspace.open_home(ADA)
        home = await house.playground.workspace.wait_for(lambda: house.playground.workspace.home_of(ADA))
        line = f"Your budget for today: {taken(house)} tokens of 6000 tokens used, anew on "
        assert line in str(home).replace("\N{NARROW NO-BREAK SPACE}", "").replace("\\u202f", "")
        found = SPENT.fullmatch(said[-1].replace("\N{NARROW NO-BREAK SPACE}", "")) or pytest.fail(said[-1])
        assert (int(found[1]), int(found[2])) == (taken(house), 6_000)
        assert taken(house) + 200 < 6_000, "what an answer may take is kept free"
        assert await house.ask("echo: mine", user=GRACE) == "mine", "others have their own"
        ts = house.mention("echo: again")
        await recorded(house, ts)
        assert [event["error"] for event in house.bot.events("turn_done") if event["state"] == "failed"][-1] == "budget"
        assert rows(house, "SELECT count(*) FROM usage WHERE state = 'reserved'") == [(0,)]


@EACH_MODE
async def test_many_questions_at_once_share_one_budget(folder: Path, mode: str) -> None:
    async with own_house(folder, mode, None, USER_DAY="6000", SYNC_WORKERS="40", **LIMITED) as house:
        calls = Calls(house)
        house.playground.model.knobs.set(total_seconds=1.0)
        threads = [house.mention("echo: hello") for _ in range(30)]
        said = [(await house.settled(ts))[0].text for ts in threads]
        assert 2 <= said.count("hello") <= 5
        assert len(calls()) == said.count("hello")
        lines = {text for text in said if text != "hello"}
        assert lines == {
            "⚠️ Other questions are being answered right now, and may need what is left of the budget."
            " Please ask again when they are done. Ask Olga if you need more."
        }, "nothing that begins anew tomorrow: what is held is free again soon"
        for ts in threads:
            await recorded(house, ts)
        assert taken(house) <= 6_000


async def test_everybody_together_in_money_by_a_table_of_prices(folder: Path) -> None:
    prices = folder / "prices.toml"
    prices.write_text('["gpt-6*"]\ninput = 10\noutput = 50\n', encoding="utf-8")
    given = {"WORKSPACE_MONTH": "0.06 USD", "PRICES_FILE": str(prices), "MAX_OUTPUT_TOKENS": "200"}
    async with own_house(folder, "async", None, **given) as house:
        said = [await house.ask("echo: hello", user=user) for user in (ADA, GRACE, ADA, GRACE, ADA, GRACE)]
        assert "hello" in said
        assert re.search(
            r"this workspace's budget for this month .* \$0\.0\d of \$0\.06 are used.* \d{4}-\d\d-01 00:00 UTC",
            said[-1],
        )
        costs = rows(house, "SELECT input, cached, output, cost FROM usage")
        assert all(cost == (int(str(i)) * 10 + int(str(o)) * 50) * 1_000 for i, _, o, cost in costs), costs


@EACH_MODE
async def test_a_person_is_told_once_that_most_of_it_is_used(folder: Path, mode: str) -> None:
    given = {"USER_DAY": "12000", "USER_MONTH": "120000", "MAX_OUTPUT_TOKENS": "16"}
    async with own_house(folder, mode, None, **given) as house:
        while taken(house) < 9_600:
            ts = house.mention("echo: hello")
            await recorded(house, ts)
        await until(lambda: bool(house.playground.workspace.ephemerals))
        assert await house.ask("echo: hello") == "hello"
        await everything_taken_in(house)
        (note,) = notes(house)
        percent = re.match(r"You have used (\d+) % of your budget for today: ", note)
        assert percent is not None, note
        assert 80 <= int(percent[1]) < 100
        event = await house.bot.until_logged("budget_nearly_spent")
        assert len(house.bot.events("budget_nearly_spent")) == 1
        assert (event["limit"], event["user"]) == ("USER_DAY", ADA)


async def test_the_note_is_not_repeated_after_a_restart(folder: Path) -> None:
    async with Playground() as playground:
        async with running_bot(playground, folder, USER_DAY="7000", MAX_OUTPUT_TOKENS="16") as bot:
            house = House(playground, bot, "async")
            await house.ask(f"what is {'x' * 20_000}")
            await until(lambda: len(notes(house)) == 1)
        async with running_bot(playground, folder, USER_DAY="10000", MAX_OUTPUT_TOKENS="16") as bot:
            house = House(playground, bot, "async")
            while "hello" in await house.ask("echo: hello"):
                pass
            assert len(notes(house)) == 1


@EACH_MODE
async def test_what_was_stopped_is_estimated(folder: Path, mode: str) -> None:
    async with own_house(folder, mode) as house:
        ts = house.mention("slow 30 long 6000")
        await house.playground.workspace.wait_for(lambda: begun(house, ts), 20)
        house.say("stop", thread_ts=ts)
        await house.settled(ts)
        await recorded(house, ts)
        shown = len(house.answers(ts)[0].text)
        ((kind, state, tokens, output, images, cost, person, channel, attempt),) = rows(house, CALLS)
        assert (kind, state, images, person, channel, attempt) == ("answer", "estimated", 0, ADA, GENERAL, 1)
        assert isinstance(tokens, int)
        assert isinstance(output, int)
        assert 300 < tokens < 2_000
        assert shown / 8 < output < 1_500, "what was heard, and not what might have been"
        assert cost == tokens * 2_000 + output * 10_000


@EACH_MODE
@pytest.mark.slow
async def test_what_a_killed_process_left_is_settled_by_the_next(folder: Path, mode: str) -> None:
    async with Playground() as playground:
        bot = await launch(environment(playground, folder, mode, {"USER_DAY": "100000"}, {}), folder)
        await bot.until_logged("started", 30.0)
        house = House(playground, bot, mode)
        ts = house.mention("slow 5 long 2000")
        await playground.workspace.wait_for(lambda: begun(house, ts), 20)
        ((_, state, _, output, *_),) = rows(house, CALLS)
        assert (state, output) == ("reserved", 16_000)
        await bot.kill()
        async with running_bot(playground, folder, mode, USER_DAY="100000") as bot:
            house = House(playground, bot, mode)
            await recorded(house, ts)
            (before, after) = rows(house, CALLS)
            assert (before[1], before[8]) == ("estimated", 1)
            assert before[3] == 16_000, "nobody knows how much of it there was"
            assert (after[1], after[8]) == ("reported", 2)
            await bot.until_logged("usage_settled")


@EACH_MODE
@pytest.mark.slow
async def test_a_claim_that_was_killed_holds_nothing_for_ever(folder: Path, mode: str) -> None:
    async with Playground() as playground:
        ts = await dies(playground, folder, mode, "after:claim", "echo: hello")
        async with running_bot(playground, folder, mode, USER_DAY="19500") as bot:
            house = House(playground, bot, mode)
            await recorded(house, ts)
            assert [message.text for message in await house.settled(ts)] == ["hello"]
            assert rows(house, "SELECT count(*) FROM usage WHERE state = 'reserved'") == [(0,)]


async def test_pictures_and_what_the_utility_model_does_are_accounted_for(folder: Path) -> None:
    async with own_house(folder, "async", OPENAI_UTILITY_MODEL="gpt-5.6-luna") as house:
        ts = house.mention("draw a lighthouse")
        await house.playground.workspace.wait_for(lambda: any(message.files for message in house.answers(ts)), 30)
        await recorded(house, ts)
        kinds = "SELECT DISTINCT kind FROM usage WHERE state = 'reported' ORDER BY kind"
        await until(lambda: rows(house, kinds) == [("answer",), ("picture",), ("title",)])
        found = rows(
            house, "SELECT kind, model, images, input > 0, output > 0, cost > 0 FROM usage ORDER BY kind, number"
        )
        assert found == [
            ("answer", "gpt-6.2-sol", 0, 1, 1, 1),
            ("answer", "gpt-6.2-sol", 0, 1, 1, 1),
            ("picture", "gpt-image-2.6-sunburst", 1, 1, 1, 1),
            ("title", "gpt-5.6-luna", 0, 1, 1, 1),
        ]
        house.playground.workspace.interactivity.message_shortcut(GRACE, GENERAL, ts, "summarise_thread")
        digest = "SELECT model, person, channel, input > 0 FROM usage WHERE kind = 'summary' AND state = 'reported'"
        await until(lambda: rows(house, digest) == [("gpt-5.6-luna", GRACE, GENERAL, 1)])


async def test_what_the_claim_holds_covers_the_call(folder: Path) -> None:
    """Else each answer would wait for one more commit."""
    async with own_house(folder, "async") as house:
        ts = house.mention("echo: one")
        await recorded(house, ts)
        house.playground.model.knobs.set(first_token_seconds=2.0)
        for number, text in enumerate(("echo: two", f"echo: {'three ' * 50}"), 2):
            house.say(text, thread_ts=ts)
            await model_works(house)
            ((held,),) = rows(house, "SELECT input FROM usage WHERE state = 'reserved'")
            await recorded(house, ts, number)
            ((used,), *_) = rows(house, "SELECT input FROM usage ORDER BY at DESC")
            assert 0 < int(str(held)) - int(str(used)) < 200


async def test_a_picture_that_no_budget_covers_is_not_made(folder: Path) -> None:
    async with own_house(folder, "async", USER_DAY="5000", MAX_OUTPUT_TOKENS="200") as house:
        calls = Calls(house)
        ts = house.mention("draw a lighthouse")
        messages = await house.settled(ts)
        assert not any(message.files for message in messages)
        assert [call.api for call in calls()] == ["responses", "responses"]
        assert "budget does not cover another picture" in str(calls()[-1].body)


async def test_a_turn_that_outgrows_its_budget_keeps_what_it_said(folder: Path) -> None:
    async with own_house(folder, "async", USER_DAY="2200", MAX_OUTPUT_TOKENS="400") as house:
        house.playground.model.knobs.next(tool_calls=(("generate_image", "{}"),))
        ts = house.mention("go on and on")
        (message, *_) = await house.settled(ts)
        await recorded(house, ts)
        assert "does not cover an answer" in message.text
        assert rows(house, "SELECT count(*) FROM usage WHERE state = 'reserved'") == [(0,)]
        assert taken(house) <= 2_200


async def test_embeddings_are_accounted_for(folder: Path) -> None:
    async with own_house(folder, "async", EMBEDDING_MODEL="text-embedding-3-small") as house:
        ts = house.attach("what does it say?", [("note.txt", b"The heron stands in the water.\n" * 20)])
        await house.settled(ts)
        await recorded(house, ts)
        found = rows(house, "SELECT model, state, input > 0, output, person FROM usage WHERE kind = 'embedding'")
        assert found == [("text-embedding-3-small", "reported", 1, 0, ADA)]


async def test_a_limit_that_cannot_be_kept_is_one_line_and_exit_code_78(folder: Path) -> None:
    async with Playground() as playground:
        for given, line in (
            (
                {"USER_DAY": "-5"},
                "threadwell: USER_DAY: must be a number of tokens (200000) or an amount of money (5 USD)",
            ),
            (
                {"USER_MONTH": "5 USD", "OPENAI_MODEL": "llama"},
                "threadwell: USER_MONTH: is in money, and there is no price for llama; add it in PRICES_FILE",
            ),
        ):
            bot = await launch(environment(playground, folder, "async", given, {}), folder)
            async with asyncio.timeout(30):
                assert await bot.process.wait() == 78
            assert bot.text.splitlines() == [line]
        assert not (folder / "bot.db").exists(), "nothing was begun"
