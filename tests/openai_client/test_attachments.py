"""Pictures and files as they stand on the wire of both APIs."""

import base64
import json

import pytest

from openai_client import asking
from openai_client.attachments import DataUrl, serialised
from openai_client.events import Document, Json, Picture, Replay, ToolResult, UserText
from tests.openai_client.bench import Bench
from tests.openai_client.dialects import Dialect

PICTURE = Picture(b"\x89PNG picture", "image/png", "low")
SCAN = Document(b"%PDF scan", "application/pdf", "scan.pdf")
PICTURE_URL = "data:image/png;base64," + base64.b64encode(PICTURE.data).decode()
SCAN_URL = "data:application/pdf;base64," + base64.b64encode(SCAN.data).decode()
NOTE = "Pictures given by the tools:"


def picture_part(dialect: Dialect, url: str = PICTURE_URL) -> Json:
    if dialect.api == "responses":
        return {"type": "input_image", "detail": "low", "image_url": url}
    return {"type": "image_url", "image_url": {"url": url, "detail": "low"}}


def file_part(dialect: Dialect) -> Json:
    if dialect.api == "responses":
        return {"type": "input_file", "filename": "scan.pdf", "file_data": SCAN_URL}
    return {"type": "file", "file": {"filename": "scan.pdf", "file_data": SCAN_URL}}


def text_part(dialect: Dialect, text: str) -> Json:
    return {"type": "input_text" if dialect.api == "responses" else "text", "text": text}


def said(bench: Bench, call: int = -1) -> list[object]:
    """The items of a request, without the instructions."""
    body = bench.bodies[call]
    items = body.get("input") or body["messages"]
    assert isinstance(items, list)
    return items if "input" in body else items[1:]


async def test_people_show_pictures_and_files_after_their_words(bench: Bench) -> None:
    bench.will(bench.answer("I see."))
    await bench.ask(items=(UserText("Look!", (PICTURE, SCAN)), UserText("Well?")))
    shown = [text_part(bench.dialect, "Look!"), picture_part(bench.dialect), file_part(bench.dialect)]
    assert said(bench) == [{"role": "user", "content": shown}, {"role": "user", "content": "Well?"}]


async def test_pictures_of_tools_stand_in_their_results_over_responses(responses_bench: Bench) -> None:
    bench = responses_bench
    bench.will(bench.answer("I see."))
    await bench.ask(items=(ToolResult("c1", "Here.", (PICTURE,)), ToolResult("c2", "Nothing.")))
    shown = [text_part(bench.dialect, "Here."), picture_part(bench.dialect)]
    assert said(bench) == [
        {"type": "function_call_output", "call_id": "c1", "output": shown},
        {"type": "function_call_output", "call_id": "c2", "output": "Nothing."},
    ]


@pytest.mark.parametrize("after", [(), (UserText("Well?"),), (Replay(({"role": "assistant", "content": "Hm."},)),)])
async def test_pictures_of_tools_follow_the_last_result_over_chat(
    chat_bench: Bench, after: tuple[UserText | Replay, ...]
) -> None:
    bench = chat_bench
    bench.will(bench.answer("I see."))
    results = (ToolResult("c1", "Here.", (PICTURE,)), ToolResult("c2", "Nothing."), ToolResult("c3", "", (PICTURE,)))
    await bench.ask(items=(*results, *after))
    one = picture_part(bench.dialect)
    assert said(bench)[:4] == [
        {"role": "tool", "tool_call_id": "c1", "content": "Here."},
        {"role": "tool", "tool_call_id": "c2", "content": "Nothing."},
        {"role": "tool", "tool_call_id": "c3", "content": ""},
        {"role": "user", "content": [text_part(bench.dialect, NOTE), one, one]},
    ]
    assert len(said(bench)) == 4 + len(after)


async def test_large_pictures_arrive_whole(bench: Bench) -> None:
    large = Picture(bytes(range(256)) * 4_001, "image/png", "low")
    bench.will(bench.answer("I see."))
    await bench.ask(items=(UserText("Look!", (large,)),))
    url = "data:image/png;base64," + base64.b64encode(large.data).decode()
    content = [text_part(bench.dialect, "Look!"), picture_part(bench.dialect, url)]
    assert said(bench) == [{"role": "user", "content": content}]
    # Servers exist that take no body of unknown length.
    headers = bench.server.received[0].headers
    assert int(headers["Content-Length"]) > len(url)
    assert "Transfer-Encoding" not in headers


async def test_a_request_is_written_once_for_all_its_attempts(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Json] = []

    def counted(body: Json) -> bytes:
        written.append(body)
        return serialised(body)

    monkeypatch.setattr(asking, "serialised", counted)
    bench.will(bench.broken(), bench.answer("I see."))
    await bench.ask(items=(UserText("Look!", (PICTURE,)),))
    assert len(bench.bodies) == 2
    assert len(written) == 1


@pytest.mark.parametrize("size", [0, 1, 192 * 1024, 400_001])
def test_data_urls_stand_where_they_belong(size: int) -> None:
    picture = Picture(b"\xfb" * size, "image/png")
    url = "data:image/png;base64," + base64.b64encode(picture.data).decode()
    held = DataUrl(picture)
    body: Json = {"first": held, "words": ["Grüße", '"quoted"'], "parts": [{"url": held}, {"url": DataUrl(SCAN)}]}
    plain = {"first": url, "words": ["Grüße", '"quoted"'], "parts": [{"url": url}, {"url": SCAN_URL}]}
    assert json.loads(serialised(body)) == plain


def test_what_json_does_not_know_is_not_written() -> None:
    with pytest.raises(TypeError):
        serialised({"data": b"bytes"})
