"""The words by which people steer the offline model."""

from pathlib import Path

import openai
import pytest

from playground import model
from playground.model.asked import Asked, read
from playground.model.journal import Api
from playground.model.knobs import NAMES, Knobs
from playground.model.texts import long_answer
from playground.model.tool_words import TOOL_WORDS
from playground.model.words import WORDS, steer, wishes
from tests.playground.model_rig import Event, kinds, running, text_of


def asked(*messages: Event, tools: object = None) -> Asked:
    return read(Api.RESPONSES, {"model": "m", "input": list(messages), "tools": tools})


def said(text: str) -> Event:
    return {"role": "user", "content": f'<message from="Slow Ann">\n{text}\n</message>\n<now>stall</now>'}


@pytest.mark.parametrize("length", [0, 1, 10, 400, 401, 2_999, 3_000, 20_000, 200_000])
def test_long_answer_has_the_length_asked_for_and_closes_its_fences(length: int) -> None:
    text = long_answer(length)
    assert len(text) == length
    assert text.count("```") % 2 == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("please be SLOW 4", {"total_seconds": 4.0, "first_token_seconds": 1.0}),
        ("stall", {"stall_after_chunks": 3}),
        ("drop it", {"drop_after_chunks": 3}),
        ("error 503 now", {"status": 503}),
        ("error quota", {"status": 429, "code": "insufficient_quota"}),
        ("429!", {"status": 429, "retry_after": 2.0}),
        ("refuse", {"refusal": "I cannot help with that."}),
        ("empty", {"empty": True}),
        ("barcode, installed, 1.429, @stall, drop-in, http://x/table", {}),
        ("hello there", {}),
        ("stall echo: slow drop", {"stall_after_chunks": 3, "answer": "slow drop"}),
    ],
)
def test_words_in_the_newest_message(text: str, expected: dict[str, object]) -> None:
    assert wishes(asked(said("drop"), said(text))) == expected


def test_echo_keeps_lines_and_the_echoes_of_messages_that_came_together() -> None:
    earlier: list[Event] = [said("echo: old"), {"role": "assistant", "content": "old"}]
    assert wishes(asked(*earlier, said("echo: a\n\nb "), said("echo: c")))["answer"] == "a\n\nb\nc"
    assert "answer" not in wishes(asked(said("echo: a"), said("thanks")))


def test_knob_set_by_hand_wins_over_a_word() -> None:
    knobs = Knobs(total_seconds=2.0, answer="fixed")
    steered = steer(asked(said("slow table stall")), knobs)
    assert (steered.total_seconds, steered.answer, steered.stall_after_chunks) == (2.0, "fixed", 3)
    assert knobs.stall_after_chunks is None
    assert steer(asked(said("stall")), Knobs(words=False)) == Knobs(words=False)


def test_tool_word_calls_an_offered_tool_with_arguments_that_fit() -> None:
    schema = {
        "type": "object",
        "properties": {"size": {"type": "integer"}, "kind": {"enum": ["a", "b"]}, "note": {"type": "string"}},
        "required": ["size", "kind"],
    }
    tools = [
        {"type": "function", "name": "first", "parameters": {}},
        {"type": "function", "name": "draw", "parameters": schema},
    ]
    assert wishes(asked(said("tool draw"), tools=tools)) == {"tool_calls": (("draw", '{"size": 1, "kind": "a"}'),)}
    assert wishes(asked(said("tool"), tools=tools)) == {"tool_calls": (("first", "{}"),)}
    assert wishes(asked(said("tool"))) == {}
    call: Event = {"type": "function_call", "call_id": "c", "name": "first", "arguments": "{}"}
    result: Event = {"type": "function_call_output", "call_id": "c", "output": "done"}
    assert wishes(asked(said("tool"), call, result, tools=tools)) == {}


async def test_help_lists_every_word() -> None:
    async with running() as rig:
        answer = text_of(await rig.responses("help"))
    assert all(f"- `{word.shown}`: {word.meaning}" in answer for word in WORDS)


async def test_pings_are_cut_across_chunks() -> None:
    async with running() as rig:
        events = await rig.chat("ping everyone")
        chunks = [event for event in await rig.responses("ping everyone") if "delta" in event]
    assert "<!channel>" in text_of(events)
    assert "<@U0000000001>" in text_of(events)
    assert not any("<!channel>" in str(event["delta"]) for event in chunks)


async def test_words_work_over_the_wire() -> None:
    async with running() as rig:
        assert len(text_of(await rig.responses("long 20000"))) == 20_000
        with pytest.raises(openai.InternalServerError):
            await rig.responses("error 500")
        failed = await rig.responses("fail")
    assert kinds(failed)[-1] == "response.failed"
    assert text_of(failed)


def test_readme_names_every_word_and_every_knob() -> None:
    readme = Path(model.__file__).with_name("README.md").read_text(encoding="utf-8")
    shown = [word.shown for word in WORDS] + [word.shown for word in TOOL_WORDS]
    assert [word for word in shown if f"`{word}`" not in readme] == []
    assert [name for name in NAMES if f"`{name}`" not in readme] == []
