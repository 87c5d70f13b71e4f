"""The words by which people make the offline model use its tools, and what it answers with what they gave."""

import json

import openai
import pytest

from playground.model.asked import Asked, read
from playground.model.journal import Api
from playground.model.tool_words import TOOL_WORDS
from playground.model.words import wishes
from tests.playground.model_rig import Event, kinds, running, text_of

DRAW: Event = {
    "type": "object",
    "properties": {
        "prompt": {"type": "string"},
        "size": {"type": "string", "enum": ["auto", "1024x1024"], "default": "auto"},
        "count": {"type": "integer", "minimum": 1, "default": 1},
    },
    "required": ["prompt"],
}
NUMBERS: Event = {"type": "array", "items": {"type": "integer"}, "minItems": 1}
EDIT: Event = {
    "type": "object",
    "properties": {
        "prompt": {"type": "string"},
        "pictures": NUMBERS,
        "mask": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
    },
    "required": ["prompt", "pictures", "mask"],
}
LOOK: Event = {"type": "object", "properties": {"pictures": NUMBERS}, "required": ["pictures"]}
SEARCH: Event = {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}
READ: Event = {
    "type": "object",
    "properties": {name: {"type": "integer"} for name in ("document", "from", "to")},
    "required": ["from", "to"],
}


def tool(name: str, parameters: Event) -> Event:
    return {"type": "function", "name": name, "description": "x", "parameters": parameters}


TOOLS = [
    tool("generate_image", DRAW),
    tool("edit_image", EDIT),
    tool("look_at_pictures", LOOK),
    tool("search_document", SEARCH),
    tool("read_pages", READ),
]
FILES = """<files>
<picture number="1" name="shot.png" size="800x600"/>
<picture number="12" made="true" prompt="a lighthouse" size="1024x1024"/>
<document number="2" name="report.pdf" parts="80" status="read" given="by the tools"/>
</files>"""
WHOLE = """<document number="3" name="short.pdf">
<page label="page 1">
The first page.
</page>
<page label="page 2">
Whales sing   at night.
</page>
</document>"""


def said(text: str, *blocks: str) -> Event:
    return {
        "role": "user",
        "content": "\n".join([f'<message from="Ann">\n{text}\n</message>', *blocks, "<now>x</now>"]),
    }


def wish(text: str, *blocks: str, tools: list[Event] | None = None) -> list[tuple[str, Event]]:
    wanted = wishes(_asked([said(text, *blocks)], TOOLS if tools is None else tools))
    return [(name, json.loads(arguments)) for name, arguments in wanted.get("tool_calls", ())]


def _asked(messages: list[Event], tools: list[Event]) -> Asked:
    return read(Api.RESPONSES, {"model": "m", "input": messages, "tools": tools})


def given(output: object, name: str = "read_pages") -> list[Event]:
    """A call and what its tool gave."""
    call: Event = {"type": "function_call", "call_id": "c1", "name": name, "arguments": "{}"}
    return [call, {"type": "function_call_output", "call_id": "c1", "output": output}]


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("draw a lighthouse", "generate_image", {"prompt": "a lighthouse"}),
        ("Please paint a house\nwith a table", "generate_image", {"prompt": "a house\nwith a table"}),
        ("draw 3 boats", "generate_image", {"prompt": "boats", "count": 3}),
        ("draw 5 boats", "generate_image", {"prompt": "5 boats"}),
        ("make it night", "edit_image", {"prompt": "make it night", "pictures": [12], "mask": None}),
        ("please change it to red", "edit_image", {"prompt": "change it to red", "pictures": [12], "mask": None}),
        ("edit picture 1: make it blue", "edit_image", {"prompt": "make it blue", "pictures": [1], "mask": None}),
        ("look at the first one again", "look_at_pictures", {"pictures": [1]}),
        ("look at the last one", "look_at_pictures", {"pictures": [12]}),
        ("look at picture 7", "look_at_pictures", {"pictures": [7]}),
        ("look at pictures 1 and 12", "look_at_pictures", {"pictures": [1, 12]}),
        ("what does page 57 say?", "read_pages", {"document": 2, "from": 57, "to": 57}),
        ("Pages 3 to 5, please", "read_pages", {"document": 2, "from": 3, "to": 5}),
        ("pages 3-5", "read_pages", {"document": 2, "from": 3, "to": 5}),
        ("search for blue whales.", "search_document", {"query": "blue whales"}),
        ('find "whales"', "search_document", {"query": "whales"}),
    ],
)
def test_words_call_tools_with_arguments_that_fit(text: str, name: str, arguments: Event) -> None:
    assert wish(text, FILES) == [(name, arguments)]


@pytest.mark.parametrize(
    "text", ["draw a boat", "make it blue", "look at picture 1", "page 2", "find whales", "two tools"]
)
def test_words_do_nothing_where_the_tools_are_not_offered(text: str) -> None:
    assert wish(text, FILES, tools=[]) == []
    assert wishes(_asked([said(text, FILES)], [])) == {}


@pytest.mark.parametrize("text", ["make it blue", "look at the first one", "page 2", "find whales", "withdraw it"])
def test_words_do_nothing_where_there_is_nothing_to_use_the_tools_on(text: str) -> None:
    assert wish(text) == []


def test_words_within_a_prompt_do_not_count_and_those_before_do() -> None:
    wanted = wishes(_asked([said("slow 4, draw a table that will stall, error 500")], TOOLS))
    assert wanted["total_seconds"] == 4.0
    assert set(wanted) == {"tool_calls", "total_seconds", "first_token_seconds"}
    afterwards = wishes(_asked([said("draw a table"), *given("Made picture 1.", "generate_image")], TOOLS))
    assert afterwards == {}


def test_names_of_attached_files_are_no_words() -> None:
    mark = '<attached picture="1" name="stall.png"/>\n<attached document="2" name="draw me.pdf"/>'
    assert wishes(_asked([said(f"echo: hello\n{mark}", FILES)], TOOLS)) == {"answer": "hello"}


def test_marks_within_messages_number_the_pictures_too() -> None:
    assert wish('make it blue\n<attached picture="4" name="a.png"/>')[0][1]["pictures"] == [4]


def test_several_calls_and_calls_that_do_not_fit() -> None:
    assert [name for name, _ in wish("two tools")] == ["generate_image", "edit_image"]
    assert len(wish("tools together", tools=TOOLS[:1])) == 2
    assert wish("wrong arguments") == [("generate_image", {"prompt": 7, "nonsense": True})]
    assert wish("wrong arguments", tools=TOOLS[2:3]) == [("look_at_pictures", {"prompt": 7, "nonsense": True})]


def test_tools_forever_calls_again_whatever_the_tools_gave() -> None:
    first = wishes(_asked([said("tools forever")], TOOLS))
    again = wishes(_asked([said("tools forever"), *given("x"), *given("y")], TOOLS))
    assert first == again
    assert [name for name, _ in first["tool_calls"]] == ["search_document"]


def test_page_that_is_in_the_request_needs_no_tool() -> None:
    assert wish("page 2", FILES, WHOLE) == []
    assert wish("page 3", FILES, WHOLE) == [("read_pages", {"document": 3, "from": 3, "to": 3})]


def test_page_of_another_document_does_not_do() -> None:
    newer = '<document number="4" name="long.pdf" parts="80" status="read" given="by the tools"/>'
    assert wish("page 2", WHOLE, newer) == [("read_pages", {"document": 4, "from": 2, "to": 2})]


async def test_page_in_the_request_is_quoted() -> None:
    async with running() as rig:
        answer = text_of(await rig.responses([said("what is on page 2?", FILES, WHOLE)], tools=TOOLS))
    assert "- **page 2:** Whales sing at night.\n" in answer
    assert "The first page" not in answer


async def test_page_that_a_tool_gave_is_quoted_by_its_label() -> None:
    page = f'<page document="2" label="page 57">\nThe answer is {"long " * 100}\n</page>'
    other = '<page document="2" label="page 58">\nNot this one.\n</page>'
    async with running() as rig:
        first = await rig.responses([said("what is on page 57?", FILES)], tools=TOOLS)
        second = await rig.responses([said("what is on page 57?", FILES), *given(f"{page}\n{other}")], tools=TOOLS)
    assert "response.function_call_arguments.done" in kinds(first)
    quoted = f"- **page 57:** The answer is {'long ' * 100}"
    assert quoted[:310] in text_of(second)
    assert "**page 58:**" not in text_of(second)


async def test_pages_that_a_search_found_are_quoted() -> None:
    found = "\n".join(f'<page document="2" label="page {n}">\nWhale number {n}.\n</page>' for n in (4, 9))
    async with running() as rig:
        answer = text_of(await rig.responses([said("search for whales", FILES), *given(found)], tools=TOOLS))
    assert "- **page 4:** Whale number 4.\n- **page 9:** Whale number 9.\n" in answer


async def test_call_of_several_tools_goes_over_the_wire_of_both_apis() -> None:
    chat_tools = [{"type": "function", "function": {"name": t["name"], "parameters": t["parameters"]}} for t in TOOLS]
    async with running() as rig:
        events = await rig.responses([said("two tools")], tools=TOOLS)
        chunks = await rig.chat("two tools", tools=chat_tools)
    done = [event for event in events if event["type"] == "response.output_item.done"]
    assert len(done) == 2
    assert sum("tool_calls" in str(chunk) for chunk in chunks) > 2


async def test_help_and_its_list_have_the_tool_words() -> None:
    async with running() as rig:
        answer = text_of(await rig.responses("help"))
    assert all(f"- `{word.shown}`: {word.meaning}" in answer for word in TOOL_WORDS)


@pytest.mark.parametrize(
    ("tools", "param"),
    [
        ([{"type": "function", "name": "f", "parameters": {}}], "tools[0].parameters"),
        ([{"type": "function", "name": "f", "parameters": []}], "tools[0].parameters"),
        ([{"type": "function", "name": "f", "parameters": DRAW, "strict": True}], "tools[0].parameters"),
        (
            [{"type": "function", "name": "f", "parameters": DRAW | {"additionalProperties": False}, "strict": True}],
            "tools[0].parameters",
        ),
        ([{"type": "function", "function": {"name": "f"}}], "tools[0].name"),
        ([{"name": "f"}], "tools[0].type"),
        ({"type": "function"}, "tools"),
    ],
)
async def test_tools_that_do_not_fit_are_refused(tools: object, param: str) -> None:
    async with running() as rig:
        with pytest.raises(openai.BadRequestError) as caught:
            await rig.responses(tools=tools)
    assert caught.value.param == param


async def test_chat_refuses_tools_of_the_other_api_and_choices_without_tools() -> None:
    async with running() as rig:
        with pytest.raises(openai.BadRequestError) as other:
            await rig.chat(tools=TOOLS)
        with pytest.raises(openai.BadRequestError) as lonely:
            await rig.chat(tool_choice="auto")
    assert (other.value.param, lonely.value.param) == ("tools[0].function", "tool_choice")


async def test_outputs_of_tools_are_checked_like_messages() -> None:
    wrong: list[object] = [5, [{"type": "output_text", "text": "x"}], [{"type": "input_image"}], ["x"]]
    async with running() as rig:
        for output in wrong:
            with pytest.raises(openai.BadRequestError):
                await rig.responses([said("x"), *given(output)])
        assert text_of(await rig.responses([said("x"), *given([{"type": "input_text", "text": "Done."}])]))
