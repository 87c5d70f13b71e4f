"""Titles and summaries, which the offline model knows by their instructions."""

import openai
import pytest

from tests.playground.model_rig import Event, running, text_of

TITLE = "Write a short title for this conversation."
CLOCK: Event = {"type": "function", "name": "clock", "parameters": {"type": "object", "properties": {}}}
SUMMARY = "Write a summary of the conversation so far."


def said(text: str) -> str:
    return f'<message from="Ann">\n{text}\n</message>'


async def test_a_title_is_the_beginning_of_the_first_message() -> None:
    history: list[Event] = [
        {"role": "user", "content": said("how do I bake Bread at home?")},
        {"role": "assistant", "content": "With flour."},
    ]
    async with running() as rig:
        assert text_of(await rig.responses(history, instructions=TITLE)) == "How do I bake Bread"
        system: Event = {"role": "system", "content": TITLE}
        assert text_of(await rig.chat(messages=[system, *history])) == "How do I bake Bread"


async def test_the_instructions_alone_make_a_title() -> None:
    async with running() as rig:
        assert text_of(await rig.responses(TITLE)).startswith("I am the **offline model**")


@pytest.mark.parametrize("word", ["hang", "error 500", "empty", "tools forever"])
async def test_no_word_steers_a_title(word: str) -> None:
    async with running() as rig:
        assert text_of(await rig.responses(said(word), instructions=TITLE, tools=[CLOCK])) == word.capitalize()


async def test_a_summary_has_the_beginning_of_each_message_behind_the_earlier_one() -> None:
    long = " ".join(f"w{number}" for number in range(30))
    beginning = " ".join(f"w{number}" for number in range(12))
    apart: list[Event] = [
        {"role": "user", "content": said(long)},
        {"role": "assistant", "content": "Well then."},
    ]
    together = f"<conversation>\n{said(long)}\n<answer>\nWell then.\n</answer>\n</conversation>"
    async with running() as rig:
        first = text_of(await rig.responses(apart, instructions=SUMMARY))
        assert first == f"Summary: {beginning} / Well then."
        assert text_of(await rig.responses(together, instructions=SUMMARY)) == first
        earlier = f"<summary>\n{first}\n</summary>\n{said('And more.')}"
        assert text_of(await rig.responses(earlier, instructions=SUMMARY)) == f"{first} / And more."


async def test_a_summary_is_never_longer_than_it_may_be() -> None:
    earlier: list[Event] = [{"role": "user", "content": said("word " * 12)} for _ in range(100)]
    async with running() as rig:
        assert len(text_of(await rig.responses(earlier, instructions=SUMMARY))) == 2_000


async def test_settings_for_the_next_call_wait_for_one_that_is_no_chore() -> None:
    async with running() as rig:
        rig.server.knobs.next(status=500)
        assert text_of(await rig.responses("a b", instructions=TITLE)) == "A b"
        with pytest.raises(openai.InternalServerError):
            await rig.responses("a b")
        rig.server.knobs.set(status=503)
        with pytest.raises(openai.InternalServerError):
            await rig.responses("a b", instructions=TITLE)
