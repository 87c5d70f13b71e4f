"""Servers that take no tools, no pictures or no files: the request goes without, and people can be told."""

import json

import pytest

from openai_client.errors import Failure
from openai_client.events import Document, Json, LeftOut, Picture, ToolResult, ToolSpec, UserText
from tests.openai_client.bench import Bench
from tests.openai_client.server import Refuse

TOOLS = (ToolSpec("look", "Look.", {"type": "object", "properties": {}}),)
PICTURE = Picture(b"\x89PNG", "image/png")
SCAN = Document(b"%PDF", "application/pdf", "scan.pdf")
SHOWN = (UserText("Look!", (PICTURE, SCAN)),)
NO_PICTURE = "[a picture that this server does not take]"
NO_FILE = "[a file that this server does not take]"


def refusal(message: str, status: int = 400, code: object = None, param: str | None = None) -> Refuse:
    return Refuse(status, {"error": {"message": message, "code": code, "type": "invalid", "param": param}})


def left_out(bench: Bench) -> list[str]:
    return [event.what for event in bench.events if isinstance(event, LeftOut)]


def text_of(body: Json) -> str:
    return json.dumps(body)


@pytest.mark.parametrize(
    "reply",
    [
        refusal("registry.ollama.ai/library/gemma:2b does not support tools"),
        refusal("tools param requires --jinja flag", 500, 500),
        refusal("No endpoints found that support tool use.", 404, 404),
        refusal("Unrecognized request argument supplied: tools", param="tools"),
        refusal("Function calling is not supported by this model.", 422),
        Refuse(422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "tools"], "msg": "Extra inputs"}]}),
    ],
)
async def test_a_server_without_tools_is_asked_without_them_ever_after(bench: Bench, reply: Refuse) -> None:
    bench.will(reply, bench.answer("Plain."))
    await bench.ask(tools=TOOLS)
    assert [event for event in bench.events if isinstance(event, LeftOut)] == [LeftOut("tools", lasting=True)]
    await bench.ask(tools=TOOLS)
    assert ["tools" in body for body in bench.bodies] == [True, False, False]
    assert left_out(bench) == ["tools", "tools"]
    assert bench.text == "Plain.Plain."
    assert bench.waits == []


async def test_nothing_is_left_out_of_a_request_that_has_no_such_part(bench: Bench) -> None:
    bench.will(refusal("this model does not support tools"), bench.answer("Plain."))
    await bench.ask(tools=TOOLS)
    bench.events.clear()
    await bench.ask()
    assert left_out(bench) == []


async def test_another_model_of_the_server_still_gets_tools(bench: Bench) -> None:
    bench.will(refusal("small does not support tools"), bench.answer("Plain."))
    await bench.ask(model="small", tools=TOOLS)
    await bench.ask(model="large", tools=TOOLS)
    assert ["tools" in body for body in bench.bodies] == [True, False, True]


async def test_earlier_tool_calls_become_plain_words_for_a_server_without_tools(bench: Bench) -> None:
    bench.will(
        bench.stream(
            bench.dialect.opening(),
            bench.dialect.text("One moment."),
            *bench.dialect.tool_call("c1", "look", "{}"),
            *bench.dialect.ending("One moment.", tools=True),
        ),
        refusal("tools are not supported"),
        bench.answer("Plain."),
    )
    done = await bench.ask(tools=TOOLS)
    await bench.ask(tools=TOOLS, items=(UserText("Hello?"), done.replay, ToolResult("c1", "A cat.", (PICTURE,))))
    items = bench.bodies[-1].get("input") or bench.bodies[-1]["messages"]
    assert isinstance(items, list)
    assert [item["role"] for item in items if item["role"] != "system"] == ["user", "assistant", "user"]
    assert {"role": "assistant", "content": "One moment."} in items
    assert "A cat." in text_of(items[-1])
    assert "data:image/png" in text_of(items[-1])


async def test_a_fault_in_one_tool_of_ours_is_not_taken_for_a_server_without_tools(bench: Bench) -> None:
    bench.will(refusal("Unknown parameter: 'tools[0].strict'.", code="unknown_parameter", param="tools[0].strict"))
    await bench.fail(tools=TOOLS)
    await bench.fail(tools=TOOLS)
    assert ["tools" in body for body in bench.bodies] == [True, False, True, False]


@pytest.mark.parametrize(
    "reply",
    [
        refusal("image input is not supported - hint: you may need to provide the mmproj", 500, 500),
        refusal("Invalid content type. image_url is only supported by certain models."),
        refusal("messages[0]: unknown variant `image_url`, expected `text`", 422),
        refusal("No endpoints found that support image input", 404),
        refusal("llama9 is not a multimodal model"),
        refusal("At most 0 image(s) may be provided in one prompt."),
        refusal("Input should be a valid string", 422, param="messages.1.content"),
        refusal("This model does not support vision. Remove input_image, or file a request.", 415),
    ],
)
async def test_a_server_without_eyes_gets_a_note_for_each_picture(bench: Bench, reply: Refuse) -> None:
    bench.will(reply, bench.answer("Blind."))
    for _ in range(2):
        await bench.ask(items=SHOWN, tools=TOOLS)
    assert left_out(bench) == ["pictures", "pictures"]
    assert ["data:image/png" in text_of(body) for body in bench.bodies] == [True, False, False]
    for body in bench.bodies[1:]:
        assert text_of(body).count(NO_PICTURE) == 1
        assert "data:application/pdf" in text_of(body)
        assert "tools" in body
    assert bench.waits == []


async def test_pictures_of_tools_leave_a_note_in_their_result(bench: Bench) -> None:
    bench.will(refusal("vision is not supported"), bench.answer("Blind."))
    await bench.ask(items=(ToolResult("c1", "Here.", (PICTURE, PICTURE)),))
    items = bench.bodies[-1].get("input") or bench.bodies[-1]["messages"]
    assert isinstance(items, list)
    assert items[-1].get("output", items[-1].get("content")) == f"Here.\n{NO_PICTURE}\n{NO_PICTURE}"


@pytest.mark.parametrize(
    "reply",
    [
        refusal("json: cannot unmarshal array into Go struct field .output of type string"),
        refusal("Input should be a valid string", 422, param="input[0].output"),
        refusal("Invalid 'input[0].output': expected a string"),
    ],
)
async def test_where_results_hold_text_only_their_pictures_follow_them(responses_bench: Bench, reply: Refuse) -> None:
    bench = responses_bench
    results = (ToolResult("c1", "Here.", (PICTURE,)), ToolResult("c2", "Nothing."))
    bench.will(reply, bench.answer("I see."))
    for _ in range(2):
        await bench.ask(items=results)
    assert left_out(bench) == []
    assert len(bench.bodies) == 3
    for body in bench.bodies[1:]:
        items = body["input"]
        assert isinstance(items, list)
        assert [item.get("output") for item in items] == ["Here.", "Nothing.", None]
        assert "data:image/png" in text_of(items[2])


async def test_pictures_that_do_not_pass_behind_results_either_are_left_out(responses_bench: Bench) -> None:
    bench = responses_bench
    bench.will(refusal("output: expected string"), refusal("vision is not supported"), bench.answer("Blind."))
    await bench.ask(items=(ToolResult("c1", "Here.", (PICTURE,)),))
    assert left_out(bench) == ["pictures"]
    assert "data:image/png" not in text_of(bench.bodies[-1])


@pytest.mark.parametrize(
    "reply",
    [
        refusal("'input_file' is not supported at this moment"),
        refusal("Unknown part type: file"),
        refusal("Invalid value: 'file'. Supported values are: 'text', 'image_url' and 'input_audio'."),
        refusal("PDF input is not supported by this model."),
    ],
)
async def test_a_server_without_files_gets_a_note_for_each(bench: Bench, reply: Refuse) -> None:
    bench.will(reply, bench.answer("Unread."))
    for _ in range(2):
        await bench.ask(items=SHOWN)
    assert left_out(bench) == ["documents", "documents"]
    assert ["data:application/pdf" in text_of(body) for body in bench.bodies] == [True, False, False]
    assert all("data:image/png" in text_of(body) for body in bench.bodies)
    assert text_of(bench.bodies[-1]).count(NO_FILE) == 1


async def test_a_server_that_takes_nothing_is_told_everything_one_after_the_other(bench: Bench) -> None:
    refusals = [refusal(f"{what} not supported") for what in ("tools are", "image input is", "file input is")]
    bench.will(*refusals, bench.answer("Plain."))
    await bench.ask(items=SHOWN, tools=TOOLS)
    assert left_out(bench) == ["tools", "pictures", "documents"]
    assert len(bench.bodies) == 4
    bench.events.clear()
    await bench.ask(items=SHOWN, tools=TOOLS)
    assert sorted(left_out(bench)) == ["documents", "pictures", "tools"]
    assert len(bench.bodies) == 5


@pytest.mark.parametrize(
    "reply",
    [
        refusal("The image data you provided does not represent a valid image.", code="invalid_image"),
        refusal("You uploaded an unsupported image.", code="image_parse_error"),
        refusal("Image too large", code="image_too_large"),
        refusal("Failed to load image: unsupported format"),
        refusal("cannot identify image file: unknown"),
        Refuse(413, "<html>Request Entity Too Large</html>"),
    ],
)
async def test_one_bad_picture_is_left_out_and_the_next_one_shown(bench: Bench, reply: Refuse) -> None:
    look = (UserText("Look!", (PICTURE,)),)
    bench.will(reply, bench.answer("Blind."), bench.answer("I see."))
    for _ in range(2):
        await bench.ask(items=look)
    assert ["data:image/png" in text_of(body) for body in bench.bodies] == [True, False, True]
    assert [event for event in bench.events if isinstance(event, LeftOut)] == [LeftOut("pictures", lasting=False)]


async def test_a_bad_picture_named_inside_the_stream_is_left_out_too(responses_bench: Bench) -> None:
    bench = responses_bench
    error = {"code": "invalid_base64_image", "message": "No image."}
    failed: Json = {"type": "response.failed", "response": {"status": "failed", "error": error}}
    bench.will(bench.broken(failed), bench.answer("Blind."))
    await bench.ask(items=SHOWN)
    assert bench.text == "Blind."
    assert left_out(bench) == ["pictures"]


@pytest.mark.parametrize(
    "reply",
    [
        refusal("Your image was refused.", code="image_content_policy_violation"),
        refusal("This model does not support vision.", 401),
        refusal("The model is unknown.", 404, "model_not_found"),
        refusal("No."),
        refusal("Invalid content: expected a string with maximum length 10, but got one of length 12."),
        refusal("The output would be too long."),
    ],
)
async def test_other_errors_leave_nothing_out(bench: Bench, reply: Refuse) -> None:
    bench.will(reply)
    await bench.fail(items=SHOWN, tools=TOOLS)
    assert left_out(bench) == []


async def test_a_refused_picture_is_a_refusal_by_content(bench: Bench) -> None:
    bench.will(refusal("Your image was refused.", code="image_content_policy_violation"))
    assert (await bench.fail(items=SHOWN)).failure is Failure.CONTENT_REFUSED


async def test_a_server_that_goes_on_refusing_is_not_asked_for_ever(bench: Bench) -> None:
    bench.will(refusal("image input and tools are not supported"))
    assert (await bench.fail(items=SHOWN, tools=TOOLS)).failure is Failure.FAILED
    assert len(bench.bodies) == 3


async def test_a_second_round_follows_words_and_a_tool_call(bench: Bench) -> None:
    bench.will(
        bench.stream(
            bench.dialect.opening(),
            bench.dialect.text("One moment."),
            *bench.dialect.tool_call("c1", "look", "{}"),
            *bench.dialect.ending("One moment.", tools=True),
        ),
        bench.broken(),
        bench.answer("A cat."),
    )
    first = await bench.ask(tools=TOOLS)
    assert first.calls[0].name == "look"
    await bench.ask(tools=TOOLS, items=(UserText("Hello?"), first.replay, ToolResult("c1", "seen")))
    assert bench.text == "One moment.A cat."
    items = bench.bodies[-1].get("input") or bench.bodies[-1]["messages"]
    assert isinstance(items, list)
    assert all(item in items for item in first.replay.items)
