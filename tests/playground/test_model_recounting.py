"""The offline model tells which settings it was called with, and what it was told earlier."""

import pytest

from tests.playground.made_files import data_url, picture_bytes
from tests.playground.model_rig import Event, running, text_of

TOOL: Event = {"type": "function", "name": "clock", "parameters": {"type": "object", "properties": {}}}
INSTRUCTIONS = "x" * 400 + "\nBe brief,\nand kind."


def lines(text: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in text.splitlines())


async def test_settings_over_responses() -> None:
    async with running() as rig:
        told = await rig.responses(
            "which settings? please",
            instructions=INSTRUCTIONS,
            tools=[TOOL, TOOL | {"name": "draw"}],
            reasoning={"effort": "high"},
            text={"verbosity": "low"},
            temperature=0.5,
            top_p=0.25,
        )
    said = lines(text_of(told))
    instructions = said.pop("instructions")
    assert said == {
        "model": "gpt-test",
        "effort": "high",
        "verbosity": "low",
        "temperature": "0.5",
        "top_p": "0.25",
        "detail": "none",
        "tools": "clock, draw",
    }
    assert len(instructions) == 302
    assert instructions.endswith('x Be brief, and kind."')


async def test_settings_over_chat() -> None:
    system: Event = {"role": "system", "content": "Be kind."}
    messages: list[Event] = [system, {"role": "user", "content": "settings?"}]
    async with running() as rig:
        said = lines(text_of(await rig.chat(messages=messages, reasoning_effort="low")))
    assert (said["effort"], said["verbosity"], said["instructions"]) == ("low", "none", '"Be kind."')


@pytest.mark.parametrize(("given", "said"), [("low", "low"), (None, "auto")])
async def test_the_detail_is_that_of_the_newest_picture(given: str | None, said: str) -> None:
    def picture(detail: str | None) -> Event:
        part: Event = {"type": "input_image", "image_url": data_url(picture_bytes())}
        return part | ({"detail": detail} if detail else {})

    content = [{"type": "input_text", "text": "settings?"}, picture("high"), picture(given)]
    async with running() as rig:
        assert lines(text_of(await rig.responses([{"role": "user", "content": content}])))["detail"] == said


async def test_recall_counts_what_was_told_and_quotes_the_summary() -> None:
    summary = "Ann asked for " + "tea " * 200
    history: list[Event] = [
        {"role": "user", "content": f"<summary>\n{summary}\n</summary>"},
        {"role": "user", "content": '<message from="Ann">\nhello\n</message>'},
        {"role": "assistant", "content": "Hi."},
        {"role": "user", "content": '<message from="Ann">\nrecall\n</message>'},
    ]
    async with running() as rig:
        said = lines(text_of(await rig.responses(history, instructions="A <summary> may come first.")))
        alone = lines(text_of(await rig.responses("recall")))
    assert said["earlier messages"] == "2"
    assert said["summary"] == f'"{summary[:500]}"'
    assert alone == {"earlier messages": "0", "summary": "none"}
