"""What the offline model sees in the pictures and files it is sent, through the real SDK."""

import openai
import pytest
from PIL import Image

from playground.model.colours import PALETTE, main_colour, name_of
from tests.playground.made_files import BLUE, NIGHT, RED, data_url, pdf_bytes, picture_bytes
from tests.playground.model_rig import Event, Rig, running, text_of

CALL: Event = {"type": "function_call", "call_id": "c1", "name": "look_at_pictures", "arguments": "{}"}


def seen(*parts: Event) -> list[Event]:
    return [{"role": "user", "content": [{"type": "input_text", "text": "What is it?"}, *parts]}]


def image(data: bytes, media_type: str = "image/png") -> Event:
    return {"type": "input_image", "detail": "auto", "image_url": data_url(data, media_type)}


def file(data: bytes, name: str, media_type: str) -> Event:
    return {"type": "input_file", "filename": name, "file_data": data_url(data, media_type)}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
async def test_size_and_colour_are_read_from_the_bytes(kind: str) -> None:
    async with running() as rig:
        events = await rig.responses(seen(image(picture_bytes(RED, (800, 600), kind), "image/png")))
    assert "**Pictures and files:** picture: 800 x 600 px, mostly red\n" in text_of(events)


async def test_chat_completions_shows_the_same_for_pictures_and_files() -> None:
    parts: list[Event] = [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": data_url(picture_bytes(NIGHT, (30, 20)))}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": data_url(pdf_bytes(3), "application/pdf")}},
    ]
    async with running() as rig:
        events = await rig.chat(messages=[{"role": "user", "content": parts}])
    assert "picture: 30 x 20 px, mostly dark blue; file: a.pdf, application/pdf, 3 pages\n" in text_of(events)


async def test_files_of_any_type_are_named() -> None:
    parts = (file(b"a,b\n1,2\n", "table.csv", "text/csv"), file(pdf_bytes(1), "one.pdf", "application/pdf"))
    async with running() as rig:
        events = await rig.responses(seen(*parts))
    assert "file: table.csv, text/csv; file: one.pdf, application/pdf, 1 page\n" in text_of(events)


async def test_pictures_of_a_tool_are_told_apart_from_those_of_people() -> None:
    output: list[Event] = [{"type": "input_text", "text": "Here it is."}, image(picture_bytes(BLUE, (20, 10)))]
    result: Event = {"type": "function_call_output", "call_id": "c1", "output": output}
    async with running() as rig:
        answer = text_of(await rig.responses([*seen(image(picture_bytes(RED, (64, 48)))), CALL, result]))
    assert "**Pictures and files:** picture: 64 x 48 px, mostly red\n" in answer
    assert "**A tool gave me:** Here it is. picture: 20 x 10 px, mostly blue\n" in answer


async def test_pictures_that_follow_a_tool_result_in_chat_are_the_tools() -> None:
    call: Event = {"id": "c1", "type": "function", "function": {"name": "look_at_pictures", "arguments": "{}"}}
    messages: list[Event] = [
        {"role": "user", "content": "look"},
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "Here it is."},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": data_url(picture_bytes(BLUE))}}]},
    ]
    async with running() as rig:
        answer = text_of(await rig.chat(messages=messages))
    assert "**A tool gave me:** Here it is.\n" in answer
    assert "picture: 64 x 48 px, mostly blue" in answer
    assert "> look\n" in answer


TRUNCATED = picture_bytes(RED, (300, 300))[:150]


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (image(b"nonsense"), "invalid_image"),
        (image(TRUNCATED), "invalid_image"),
        (image(picture_bytes(kind="BMP")), "unsupported_image"),
        (image(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"), "invalid_image"),
        (image(picture_bytes(), "text/plain"), "invalid_value"),
        ({"type": "input_image", "image_url": "data:image/png;base64,???"}, "invalid_base64"),
        ({"type": "input_image", "image_url": "https://example.com/a.png"}, "invalid_image_url"),
        ({"type": "input_image", "image_url": "a.png"}, "invalid_value"),
        ({"type": "input_image"}, "missing_required_parameter"),
        ({"type": "input_image", "image_url": data_url(picture_bytes()), "detail": "huge"}, "invalid_value"),
        ({"type": "input_image", "file_id": "file_1"}, "file_not_found"),
        (file(b"no pdf", "a.pdf", "application/pdf"), "invalid_file"),
        (file(b"", "a.txt", "text/plain"), "invalid_file"),
        ({"type": "input_file", "file_data": data_url(b"x", "text/plain")}, "missing_required_parameter"),
        ({"type": "input_file", "filename": "a.txt"}, None),
        ({"type": "input_text"}, "missing_required_parameter"),
    ],
)
async def test_what_is_no_picture_or_file_is_refused(part: Event, code: str | None) -> None:
    async with running() as rig:
        with pytest.raises(openai.BadRequestError) as caught:
            await rig.responses(seen(part))
        assert rig.server.active == 0
    assert caught.value.code == code
    assert caught.value.type == "invalid_request_error"


async def test_picture_with_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    huge = picture_bytes((1,), (30_000, 30_000), mode="1")
    async with running() as rig:
        with pytest.raises(openai.BadRequestError) as caught:
            await rig.responses(seen(image(huge)))
    assert caught.value.code in ("image_too_large", "invalid_image")


async def test_chat_takes_no_other_files_than_pdf_and_no_pictures_in_tool_results() -> None:
    text: Event = {"type": "file", "file": {"filename": "a.txt", "file_data": data_url(b"x", "text/plain")}}
    picture: Event = {"type": "image_url", "image_url": {"url": data_url(picture_bytes())}}
    call: Event = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages: list[Event] = [
        {"role": "user", "content": "x"},
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": [picture]},
    ]
    async with running() as rig:
        with pytest.raises(openai.BadRequestError, match="Expected a PDF"):
            await rig.chat(messages=[{"role": "user", "content": [text]}])
        with pytest.raises(openai.BadRequestError, match="Supported values are: 'text'"):
            await rig.chat(messages=messages)


async def _refused(rig: Rig, part: Event) -> openai.BadRequestError:
    with pytest.raises(openai.BadRequestError) as caught:
        await rig.chat(messages=[{"role": "user", "content": [part]}])
    return caught.value


async def test_servers_without_pictures_files_or_tools_say_so_and_answer_the_rest() -> None:
    picture: Event = {"type": "image_url", "image_url": {"url": data_url(picture_bytes())}}
    pdf: Event = {"type": "file", "file": {"filename": "a.pdf", "file_data": data_url(pdf_bytes(1), "application/pdf")}}
    tool: Event = {"type": "function", "name": "clock", "parameters": {"type": "object", "properties": {}}}
    async with running() as rig:
        rig.server.knobs.set(no_pictures=True, no_files=True, no_tools=True, answer="Fine.")
        without_pictures = await _refused(rig, picture)
        without_files = await _refused(rig, pdf)
        with pytest.raises(openai.BadRequestError, match="gpt-test does not support tools"):
            await rig.responses(tools=[tool])
        assert text_of(await rig.responses()) == "Fine."
    assert "image input is not supported" in str(without_pictures)
    assert "file input is not supported" in str(without_files)


async def test_journal_keeps_texts_whole_and_pictures_by_their_length() -> None:
    data = picture_bytes(RED, (300, 300))
    text = "data: " + "word " * 200
    async with running() as rig:
        await rig.responses([{"role": "user", "content": [{"type": "input_text", "text": text}, image(data)]}])
        body = rig.server.journal[-1].body
    given = body["input"]
    assert isinstance(given, list)
    written, picture = given[0]["content"]
    assert written["text"] == text
    assert picture["image_url"] == f"data:image/png;base64,…({len(data)} bytes)"


@pytest.mark.parametrize(("name", "colour"), PALETTE.items())
def test_colours_are_called_by_their_names(name: str, colour: tuple[int, int, int]) -> None:
    assert name_of(colour) == name


@pytest.mark.parametrize(
    ("colour", "name"),
    [((255, 0, 0), "red"), ((0, 0, 255), "blue"), ((0, 255, 0), "green"), (NIGHT, "dark blue"), ((3, 3, 5), "black")],
)
def test_plain_colours(colour: tuple[int, int, int], name: str) -> None:
    assert main_colour(Image.new("RGB", (50, 40), colour)) == name


def test_the_larger_part_decides_and_what_is_transparent_does_not_count() -> None:
    picture = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    assert main_colour(picture) == "transparent"
    picture.paste((255, 0, 0, 255), (0, 0, 100, 40))
    assert main_colour(picture) == "red"
    picture.paste((0, 0, 255, 255), (0, 40, 100, 100))
    assert main_colour(picture) == "blue"
