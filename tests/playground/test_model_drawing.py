"""Pictures that the offline model draws, through the real SDK."""

import asyncio
import itertools
import json

import openai
import pytest
from openai.types import ImageGenCompletedEvent, ImageGenPartialImageEvent, ImagesResponse

from playground.model import Outcome
from playground.model.colours import main_colour
from tests.playground.made_files import opened
from tests.playground.model_rig import Event, Rig, running


async def generate(rig: Rig, prompt: str, **more: object) -> ImagesResponse:
    return await rig.client.images.generate(prompt=prompt, model="gpt-image-2.6-sunburst", extra_body=more)


def first(answer: ImagesResponse) -> str:
    assert answer.data
    assert answer.data[0].b64_json
    return answer.data[0].b64_json


async def test_picture_is_a_png_of_the_size_asked_for_and_the_same_each_time() -> None:
    async with running() as rig:
        answer = await generate(rig, "a lighthouse", size="1536x1024")
        again = await generate(rig, "a lighthouse", size="1536x1024")
        other = await generate(rig, "a boat", size="1536x1024")
        assert [call.api for call in rig.server.journal] == ["images"] * 3
        assert rig.server.journal[0].body["prompt"] == "a lighthouse"
        assert rig.server.journal[0].path == "/v1/images/generations"
    picture = opened(first(answer))
    assert (picture.format, picture.size) == ("PNG", (1536, 1024))
    assert first(answer) == first(again) != first(other)
    assert (answer.size, answer.output_format, answer.quality) == ("1536x1024", "png", "medium")
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens > 0


@pytest.mark.parametrize(
    ("prompt", "colour"),
    [
        ("a red house", "red"),
        ("a tree, all in green", "green"),
        ("something yellow", "yellow"),
        ("a lighthouse at night", "dark blue"),
        ("a quiet nothing", "blue"),
    ],
)
async def test_words_of_the_prompt_give_the_main_colour(prompt: str, colour: str) -> None:
    async with running() as rig:
        assert main_colour(opened(first(await generate(rig, prompt, size="256x256")))) == colour


@pytest.mark.parametrize("thing", ["sun", "tree", "house", "lighthouse", "boat", "flowers", "mountain"])
async def test_things_that_the_prompt_names_are_drawn(thing: str) -> None:
    async with running() as rig:
        plain = opened(first(await generate(rig, "an orange sea", size="256x256")))
        drawn = opened(first(await generate(rig, f"an orange sea and a {thing}", size="256x256")))
    assert plain.tobytes() != drawn.tobytes()


async def test_several_pictures_of_one_prompt_differ() -> None:
    async with running() as rig:
        answer = await generate(rig, "a boat", n=3, size="256x256")
    assert answer.data
    assert len({picture.b64_json for picture in answer.data}) == 3


async def test_background_and_format_are_respected() -> None:
    async with running() as rig:
        clear = opened(first(await generate(rig, "a boat", background="transparent", size="256x256")))
        photo = opened(first(await generate(rig, "a boat", output_format="jpeg", output_compression=50)))
        web = opened(first(await generate(rig, "a boat", output_format="webp", size="256x256")))
    assert clear.getpixel((128, 5)) == (0, 0, 0, 0)
    assert clear.getchannel("A").getextrema() == (0, 255)
    assert (photo.format, photo.size, web.format) == ("JPEG", (1024, 1024), "WEBP")


async def test_stream_gives_partial_pictures_that_become_clearer() -> None:
    async with running() as rig:
        stream = await rig.client.images.generate(prompt="a house", partial_images=3, size="512x512", stream=True)
        async with stream:
            events = [event async for event in stream]
    *partial, completed = events
    assert [event.type for event in partial] == ["image_generation.partial_image"] * 3
    assert [event.partial_image_index for event in partial if isinstance(event, ImageGenPartialImageEvent)] == [0, 1, 2]
    assert isinstance(completed, ImageGenCompletedEvent)
    assert completed.usage.output_tokens > 0
    sizes = [len(opened(event.b64_json).convert("RGB").getcolors(1_000_000) or []) for event in events]
    assert len({event.b64_json for event in events}) == 4
    assert all(opened(event.b64_json).size == (512, 512) for event in events)
    assert sizes[0] != sizes[-1]


async def test_server_that_ignores_streaming_answers_in_one_piece() -> None:
    async with running() as rig:
        rig.server.knobs.set(no_image_stream=True)
        raw = await rig.client.images.with_raw_response.generate(prompt="a house", stream=True, size="256x256")
        assert raw.headers["content-type"].startswith("application/json")
        whole = await raw.http_response.aread()
    assert opened(json.loads(whole)["data"][0]["b64_json"]).size == (256, 256)


async def test_pictures_take_the_seconds_of_their_knob_and_can_be_given_up() -> None:
    loop = asyncio.get_running_loop()
    async with running() as rig:
        await generate(rig, "warm", size="64x64")
        rig.server.knobs.set(image_seconds=0.2, total_seconds=60.0)
        begun = loop.time()
        await generate(rig, "a house", size="64x64")
        whole = loop.time() - begun
        stream = await rig.client.images.generate(prompt="a house", partial_images=2, size="64x64", stream=True)
        times = [loop.time() - begun async for _ in stream]
        rig.server.knobs.set(image_seconds=60.0)
        with pytest.raises(openai.APITimeoutError):
            await rig.client.with_options(timeout=0.3).images.generate(prompt="a house", size="64x64")
        await rig.settled()
        assert rig.server.journal[-1].outcome is Outcome.CLIENT_CLOSED
    assert 0.2 <= whole < 5
    assert all(later - earlier > 0.1 for earlier, later in itertools.pairwise(times))


async def test_stream_of_pictures_can_break_off_like_that_of_words() -> None:
    async with running() as rig:
        rig.server.knobs.set(truncate_after_chunks=1)
        stream = await rig.client.images.generate(prompt="a house", partial_images=2, size="64x64", stream=True)
        async with stream:
            assert [event.type async for event in stream] == ["image_generation.partial_image"]
        assert rig.server.journal[-1].outcome is Outcome.FAULT


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ({"prompt": "x" * 32_001}, "prompt", "string_above_max_length"),
        ({"prompt": ""}, "prompt", "missing_required_parameter"),
        ({"size": "100x100"}, "size", "invalid_value"),
        ({"size": "1600x400"}, "size", "invalid_value"),
        ({"size": "4096x2048"}, "size", "invalid_value"),
        ({"size": "big"}, "size", "invalid_value"),
        ({"quality": "best"}, "quality", "invalid_value"),
        ({"background": "pink"}, "background", "invalid_value"),
        ({"background": "transparent", "output_format": "jpeg"}, "background", "invalid_value"),
        ({"output_format": "bmp"}, "output_format", "invalid_value"),
        ({"n": 11}, "n", "integer_above_max_value"),
        ({"n": "2"}, "n", "invalid_type"),
        ({"partial_images": 4}, "partial_images", "integer_above_max_value"),
        ({"stream": "yes"}, "stream", "invalid_type"),
        ({"response_format": "url"}, "response_format", "unknown_parameter"),
        ({"mask": "x"}, "mask", "unknown_parameter"),
    ],
)
async def test_orders_that_do_not_fit_are_refused(body: Event, param: str, code: str) -> None:
    async with running() as rig:
        with pytest.raises(openai.BadRequestError) as caught:
            await rig.client.images.generate(prompt="a boat", extra_body=body)
    assert (caught.value.param, caught.value.code) == (param, code)


async def test_longest_prompt_is_drawn() -> None:
    async with running() as rig:
        assert opened(first(await generate(rig, "y" * 32_000, size="64x64"))).size == (64, 64)


async def test_refusals_and_quotas_by_words_and_by_knobs() -> None:
    async with running() as rig:
        with pytest.raises(openai.BadRequestError) as blocked:
            await generate(rig, "something forbidden")
        with pytest.raises(openai.RateLimitError) as unpaid:
            await generate(rig, "an unpaid boat")
        rig.server.knobs.next(status=400, code="moderation_blocked")
        with pytest.raises(openai.BadRequestError) as by_knob:
            await generate(rig, "a boat")
        assert await generate(rig, "a boat", size="64x64")
    assert (blocked.value.code, blocked.value.type) == ("moderation_blocked", "image_generation_user_error")
    assert (by_knob.value.code, by_knob.value.type) == ("moderation_blocked", "image_generation_user_error")
    assert unpaid.value.code == "insufficient_quota"


async def test_words_are_answered_while_pictures_are_drawn() -> None:
    async with running() as rig:
        await rig.responses()
        drawing = asyncio.create_task(generate(rig, "a lighthouse at night", n=4, size="1536x1024"))
        while not rig.server.active:
            await asyncio.sleep(0.001)
        await rig.responses()
        assert not drawing.done()
        await drawing
