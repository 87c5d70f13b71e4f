"""The tool loop: bounded, side by side, in order, and whatever goes wrong becomes words for the model."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from base_client import MessageKey, Offer, TaskCard, TaskState, ThreadKey
from database import StoredMessage
from message_processor import tools
from message_processor.lines import Lines
from message_processor.shelf import Shelf
from message_processor.tools import CALLS, Job, Registered, ToolFailure, ToolLoop, ToolOutput
from message_processor.turn import Turn
from message_processor.wording import Wording, wording_of
from openai_client.events import ToolCall, ToolResult

THREAD = ThreadKey("T", "C", "1.0")
TURN = Turn("turn", THREAD, (StoredMessage(MessageKey("T", "C", "1.0"), THREAD, "U", False, "hello", "turn"),))

GERMAN = replace(TURN, lines=Lines(wording_of("de-DE")))


class Figures:
    """An observer that counts."""

    def __init__(self) -> None:
        self.counted: list[tuple[str, str]] = []

    def count(self, name: str, **labels: str) -> None:
        self.counted.append((labels.get("tool", ""), labels.get("outcome", "")))

    def observe(self, name: str, value: float, **labels: str) -> None: ...

    def gauge(self, name: str, value: float, **labels: str) -> None: ...


class Cards:
    """A reply that remembers what it was shown."""

    def __init__(self) -> None:
        self.shown: list[TaskCard] = []
        self.statuses: list[str] = []

    def task(self, card: TaskCard) -> None:
        self.shown.append(card)

    def status(self, text: str) -> None:
        self.statuses.append(text)

    def say(self, text: str) -> None: ...

    async def close(self, notice: str = "", offers: frozenset[Offer] = frozenset()) -> bool:
        return True

    def states(self, number: int) -> list[TaskState]:
        return [card.state for card in self.shown if card.id == f"tool-{number}"]


class Words(BaseModel):
    model_config = ConfigDict(extra="forbid")

    word: str = Field(max_length=10)


class Scripted:
    """A tool that does what the test wants."""

    name = "scripted"
    description = "For tests."
    parameters = Words

    def __init__(self, work: Callable[[Job, str], Awaitable[ToolOutput]], timeout: float = 5.0) -> None:
        self._work = work
        self.timeout = timeout

    def title(self, arguments: Words, say: Wording) -> str:
        return say("tools.search", query=arguments.word)

    async def run(self, job: Job, arguments: Words) -> ToolOutput:
        return await self._work(job, arguments.word)


async def perform(
    work: Callable[[Job, str], Awaitable[ToolOutput]],
    *raw: str,
    cards: Cards | None = None,
    timeout: float = 5.0,
    done: int = 0,
    turn: Turn = TURN,
) -> tuple[ToolResult, ...]:
    """The results of one response with these calls."""
    loop = ToolLoop([Registered(Scripted(work, timeout))], Figures())
    calls = [ToolCall(f"call-{i}", "scripted", arguments) for i, arguments in enumerate(raw)]
    return await loop.run(turn, Shelf(), cards or Cards(), calls, done)


async def echo(job: Job, word: str) -> ToolOutput:
    return ToolOutput(f"said {word}")


async def test_results_come_in_the_order_of_the_calls() -> None:
    async def slower_first(job: Job, word: str) -> ToolOutput:
        await asyncio.sleep(0.05 if word == "a" else 0)
        return ToolOutput(word)

    ran = await perform(slower_first, '{"word": "a"}', '{"word": "b"}')
    assert [each.output for each in ran] == ["a", "b"]
    assert [each.call_id for each in ran] == ["call-0", "call-1"]


async def test_calls_run_side_by_side_but_not_more_than_four() -> None:
    running, most = 0, 0

    async def busy(job: Job, word: str) -> ToolOutput:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return ToolOutput(word)

    await perform(busy, *['{"word": "x"}'] * 10)
    assert most == 4


async def test_a_call_that_waits_for_its_place_is_shown_as_pending() -> None:
    cards, go = Cards(), asyncio.Event()

    async def wait(job: Job, word: str) -> ToolOutput:
        await go.wait()
        return ToolOutput(word)

    task = asyncio.create_task(perform(wait, *['{"word": "x"}'] * 5, cards=cards))
    await asyncio.sleep(0.01)
    assert cards.states(4) == [TaskState.PENDING]
    go.set()
    await task
    assert cards.states(4)[-1] is TaskState.COMPLETE


async def test_a_failure_is_told_to_the_model_and_shown_to_people() -> None:
    async def fail(job: Job, word: str) -> ToolOutput:
        raise ToolFailure("There is no such bird.", "tools.picture_gone", number=7)

    cards = Cards()
    (ran,) = await perform(fail, '{"word": "x"}', cards=cards)
    assert ran.output == "Not done: There is no such bird."
    assert cards.states(0) == [TaskState.PENDING, TaskState.IN_PROGRESS, TaskState.ERROR]
    assert cards.shown[-1].details == "picture 7 is gone"


async def test_people_read_cards_in_their_language_and_the_model_english() -> None:
    ends = {
        "gone": (ToolFailure("There is none.", "tools.no_page"), "diese Seite gibt es nicht"),
        "slow": (TimeoutError(), "das hat zu lange gedauert"),
        "broken": (RuntimeError(), "das hat nicht funktioniert"),
    }

    async def fail(job: Job, word: str) -> ToolOutput:
        raise ends[word][0]

    for word, (_, shown) in ends.items():
        cards = Cards()
        (ran,) = await perform(fail, f'{{"word": "{word}"}}', cards=cards, turn=GERMAN)
        assert (cards.shown[-1].title, cards.shown[-1].details) == (f"Sucht nach „{word}“", shown)
        assert re.match("Not done: (There is|it took|the tool)", ran.output)


async def test_one_broken_tool_spoils_no_other() -> None:
    async def work(job: Job, word: str) -> ToolOutput:
        if word == "bad":
            raise RuntimeError("secret detail")
        return ToolOutput(word)

    bad, good = await perform(work, '{"word": "bad"}', '{"word": "good"}')
    assert "secret detail" not in bad.output
    assert bad.output.startswith("Not done")
    assert good.output == "good"


async def test_a_tool_has_its_own_time() -> None:
    async def sleep(job: Job, word: str) -> ToolOutput:
        await asyncio.sleep(60)
        return ToolOutput(word)

    cards = Cards()
    (ran,) = await perform(sleep, '{"word": "x"}', cards=cards, timeout=0.02)
    assert "too long" in ran.output
    assert cards.states(0)[-1] is TaskState.ERROR


async def test_arguments_that_do_not_fit_are_explained() -> None:
    for raw in (
        "",
        "{}",
        '{"word": 7}',
        '{"word": "x", "more": 1}',
        "[]",
        "no json",
        '{"word": "far too long a word"}',
    ):
        (ran,) = await perform(echo, raw)
        assert "do not fit scripted" in ran.output, raw


async def test_an_unknown_tool_is_explained_and_counted_without_its_name() -> None:
    figures = Figures()
    loop = ToolLoop([Registered(Scripted(echo))], figures)
    (ran,) = await loop.run(TURN, Shelf(), Cards(), [ToolCall("1", "delete_everything", "{}")], 0)
    assert "no tool 'delete_everything'" in ran.output
    assert figures.counted == [("unknown", "failed")]


async def test_calls_over_the_cap_are_not_run() -> None:
    ran = await perform(echo, '{"word": "x"}', '{"word": "y"}', done=CALLS - 1)
    assert ran[0].output == "said x"
    assert "No more tool calls" in ran[1].output


async def test_a_very_long_output_is_cut() -> None:
    async def much(job: Job, word: str) -> ToolOutput:
        return ToolOutput("x" * 1_000_000)

    (ran,) = await perform(much, '{"word": "x"}')
    assert len(ran.output) < tools._LONGEST_OUTPUT + 200


async def test_progress_rewords_the_card() -> None:
    async def work(job: Job, word: str) -> ToolOutput:
        job.progress("page 12 of 80")
        return ToolOutput(word)

    cards = Cards()
    await perform(work, '{"word": "x"}', cards=cards)
    assert "Page 12 of 80" in [card.title for card in cards.shown]


async def test_cancelling_a_turn_ends_its_tools() -> None:
    ended = asyncio.Event()
    began = asyncio.Event()

    async def work(job: Job, word: str) -> ToolOutput:
        began.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()
        return ToolOutput(word)

    task = asyncio.create_task(perform(work, '{"word": "x"}'))
    await began.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    assert ended.is_set()


def test_the_schema_names_every_parameter_and_no_titles() -> None:
    schema = Registered(Scripted(echo)).spec.parameters
    assert schema["additionalProperties"] is False
    assert schema["properties"] == {"word": {"maxLength": 10, "type": "string"}}
