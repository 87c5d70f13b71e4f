"""Whatever JSON arrives, the offline model answers or refuses; it never stumbles."""

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from playground.model.answers import compose
from playground.model.asked import read
from playground.model.chat_api import ChatMaker
from playground.model.embeddings import answer, check_embeddings
from playground.model.errors import ApiError
from playground.model.image_orders import Act, check_order, read_order
from playground.model.journal import Api
from playground.model.knobs import Knobs
from playground.model.looking import look_at_turn
from playground.model.responses_api import ResponseMaker
from playground.model.script import Numbering
from playground.model.strictness import KNOWN, check
from playground.model.usage import PromptCache
from playground.model.words import steer
from tests.playground.made_files import data_url, pdf_bytes, picture_bytes

WORDS = ["user", "assistant", "tool", "message", "function", "function_call", "function_call_output", "reasoning"]
PARTS = ["input_text", "output_text", "text", "refusal", "input_image", "image_url", "input_file", "file", "url"]
KEYS = ["type", "role", "content", "text", "name", "id", "call_id", "output", "tool_calls", "tool_call_id", "function"]
KEYS += ["image_url", "url", "file", "file_data", "filename", "detail", "input"]
URLS = [data_url(picture_bytes()), data_url(b"x"), data_url(pdf_bytes(1), "application/pdf"), "data:,x", "http://x/"]

TEXTS = ["low", "auto", "tool", "echo: x", "long 9", "draw 2 boats", "make it blue", 'page 3 picture="1"', *URLS]

leaves = st.none() | st.booleans() | st.integers() | st.sampled_from([*WORDS, *PARTS, *TEXTS])
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=25,
)


def odd(usual: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Mostly the usual thing, now and then anything."""
    return st.integers(0, 9).flatmap(lambda dice: values if dice == 0 else usual)


def attached(part: str) -> st.SearchStrategy[dict[str, object]]:
    """A picture or a file, as the API of this part has it."""
    urls = odd(st.sampled_from(URLS))
    if part == "input_text":
        return st.fixed_dictionaries({"type": st.just("input_image"), "image_url": urls}) | st.fixed_dictionaries(
            {"type": st.just("input_file"), "filename": odd(st.just("a.pdf")), "file_data": urls}
        )
    picture = st.fixed_dictionaries({"url": urls})
    return st.fixed_dictionaries({"type": st.just("image_url"), "image_url": odd(picture)})


def turns(part: str, roles: list[str]) -> st.SearchStrategy[object]:
    texts = st.sampled_from([*TEXTS, "tool draw", "stall", "error 500"])
    written = st.fixed_dictionaries({"type": odd(st.just(part)), "text": odd(texts)})
    parts = st.lists(written | attached(part), max_size=2)
    message = {"role": odd(st.sampled_from(roles)), "content": odd(texts | parts)}
    return st.lists(odd(st.fixed_dictionaries(message)), min_size=1, max_size=4)


def bodies(api: Api) -> st.SearchStrategy[dict[str, object]]:
    responses = api is Api.RESPONSES
    main, part = ("input", "input_text") if responses else ("messages", "text")
    roles = ["user", "system"] if responses else ["user", "system", "assistant"]
    names = st.sampled_from(sorted(KNOWN[api] - {main, "model", "previous_response_id"}))
    tool = st.fixed_dictionaries({"type": st.just("function"), "name": odd(st.just("draw")), "function": values})
    rest = st.dictionaries(names, values, max_size=1) | st.fixed_dictionaries(
        {"tools": st.lists(odd(tool), max_size=2)}
    )
    return st.builds(lambda more, given: {"model": "m", main: given} | more, rest, turns(part, roles))


@given(body=st.dictionaries(st.sampled_from(["prompt", "model", "input", "size", "n", "dimensions"]), values))
@settings(max_examples=200, deadline=None)
def test_any_body_of_pictures_and_embeddings(body: dict[str, object]) -> None:
    for check_body, use in ((check_generation, order_pixels), (check_embeddings, answer)):
        try:
            check_body(body)
        except ApiError:
            continue
        assert use(body)


def check_generation(body: dict[str, object]) -> None:
    check_order(Act.GENERATION, body)


def order_pixels(body: dict[str, object]) -> object:
    return read_order(Act.GENERATION, body).pixels()


@given(body=bodies(Api.RESPONSES))
@settings(max_examples=300, deadline=None)
def test_any_body_of_responses(body: dict[str, object]) -> None:
    _answer(Api.RESPONSES, body)


@given(body=bodies(Api.CHAT_COMPLETIONS))
@settings(max_examples=300, deadline=None)
def test_any_body_of_chat(body: dict[str, object]) -> None:
    _answer(Api.CHAT_COMPLETIONS, body)


def _answer(api: Api, body: dict[str, object]) -> None:
    try:
        check(api, body)
    except ApiError:
        return
    asked = read(api, body)
    try:
        asked = replace(asked, turns=tuple(look_at_turn(turn) for turn in asked.turns))
    except ApiError:
        return
    reply = compose(asked, steer(asked, Knobs()))
    usage = PromptCache().usage(asked, "key", reply.written)
    if api is Api.RESPONSES:
        script = ResponseMaker(1, 1, body, reply, usage, 0).script()
    else:
        script = ChatMaker(1, 1, "m", reply, usage, True).script()
    frames = script.head + tuple(frame for chunk in script.chunks for frame in chunk) + script.tail
    wire = Numbering(script.numbered).finish(frames).decode()
    data = [line.removeprefix("data: ") for line in wire.splitlines() if line.startswith("data: {")]
    assert len(data) >= 3
    assert all(json.loads(line) for line in data)
