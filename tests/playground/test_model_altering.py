"""Pictures that the offline model changes, through the real SDK."""

import io

import openai
import pytest
from openai import omit
from PIL import Image

from playground.model.colours import main_colour
from tests.playground.made_files import BLUE, GREY, RED, opened, picture_bytes
from tests.playground.model_rig import Rig, running

Given = bytes | list[bytes]


async def edited(rig: Rig, data: Given, prompt: str, mask: bytes | None = None, size: str = "auto") -> Image.Image:
    pictures = [("a.png", each, "image/png") for each in (data if isinstance(data, list) else [data])]
    image = pictures if isinstance(data, list) else pictures[0]
    masked = omit if mask is None else ("mask.png", mask, "image/png")
    answer = await rig.client.images.edit(image=image, prompt=prompt, mask=masked, size=size)
    assert answer.data
    return opened(answer.data[0].b64_json)


@pytest.mark.parametrize(
    ("prompt", "given", "colour"),
    [
        ("make it night", RED, "dark blue"),
        ("darker: a dark one", (250, 250, 250), "dark blue"),
        ("make it blue", RED, "blue"),
        ("change it to red", GREY, "red"),
        ("make it grey", RED, "grey"),
        ("green please", BLUE, "green"),
    ],
)
async def test_words_of_the_prompt_change_the_colour(prompt: str, given: tuple[int, int, int], colour: str) -> None:
    async with running() as rig:
        changed = await edited(rig, picture_bytes(given, (80, 60)), prompt)
    assert changed.size == (80, 60)
    assert main_colour(changed) == colour


def halves() -> bytes:
    picture = Image.new("RGB", (80, 60), RED)
    picture.paste(BLUE, (40, 0, 80, 60))
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def test_picture_of_halves_is_red_on_the_left() -> None:
    assert Image.open(io.BytesIO(halves())).getpixel((5, 5)) == RED


async def test_mirror_moves_the_pixels_that_were_sent() -> None:
    async with running() as rig:
        changed = await edited(rig, halves(), "mirror it")
        bigger = await edited(rig, halves(), "bigger")
    assert changed.convert("RGB").getpixel((5, 5)) == BLUE
    assert changed.convert("RGB").getpixel((75, 5)) == RED
    assert bigger.size == (80, 60)


async def test_any_prompt_changes_even_a_grey_picture_the_same_way_each_time() -> None:
    async with running() as rig:
        given = picture_bytes(GREY, (80, 60))
        changed, again = [await edited(rig, given, "more cheerful") for _ in range(2)]
        other = await edited(rig, given, "add a sun")
    assert changed.tobytes() == again.tobytes() != other.tobytes()
    assert changed.convert("RGB").tobytes() != Image.open(io.BytesIO(given)).tobytes()


def mask_bytes(size: tuple[int, int] = (80, 60)) -> bytes:
    """Transparent on the left."""
    mask = Image.new("RGBA", size, (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (0, 0, size[0] // 2, size[1]))
    written = io.BytesIO()
    mask.save(written, "PNG")
    return written.getvalue()


async def test_with_a_mask_only_its_transparent_part_changes() -> None:
    async with running() as rig:
        changed = await edited(rig, picture_bytes(RED, (80, 60)), "make it blue", mask_bytes())
    left, right = changed.crop((0, 0, 40, 60)), changed.convert("RGB").crop((40, 0, 80, 60))
    assert main_colour(left) == "blue"
    assert right.getcolors() == [(40 * 60, RED)]


async def test_mask_has_to_fit_the_first_picture() -> None:
    async with running() as rig:
        for mask in (mask_bytes((40, 60)), picture_bytes(RED, (80, 60)), picture_bytes(kind="JPEG"), b"nonsense"):
            with pytest.raises(openai.BadRequestError) as caught:
                await edited(rig, picture_bytes(RED, (80, 60)), "blue", mask)
            assert caught.value.param == "mask"


async def test_several_pictures_are_all_used() -> None:
    async with running() as rig:
        both = await edited(rig, [picture_bytes(RED, (100, 100)), picture_bytes(BLUE, (50, 50))], "brighter")
        given = rig.server.journal[-1].body
    assert main_colour(both.crop((2, 85, 18, 98))) == "blue"
    assert main_colour(both) == "red"
    assert given["prompt"] == "brighter"
    assert given["image[]"] == [
        f"a.png image/png ({len(picture_bytes(c, (s, s)))} bytes)" for c, s in ((RED, 100), (BLUE, 50))
    ]


async def test_alpha_and_size_stay_but_for_a_size_that_is_asked_for() -> None:
    clear = picture_bytes((255, 0, 0, 0), (80, 60), mode="RGBA")
    async with running() as rig:
        assert (await edited(rig, clear, "make it blue")).getchannel("A").getextrema() == (0, 0)
        assert (await edited(rig, clear, "make it blue", size="160x128")).size == (160, 128)


async def test_stream_of_a_change() -> None:
    async with running() as rig:
        stream = await rig.client.images.edit(
            image=("a.png", picture_bytes(), "image/png"), prompt="night", partial_images=2, stream=True
        )
        async with stream:
            events = [event async for event in stream]
    assert [event.type for event in events] == ["image_edit.partial_image"] * 2 + ["image_edit.completed"]
    assert main_colour(opened(events[-1].b64_json)) == "dark blue"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"nonsense", "invalid_image"),
        (picture_bytes(kind="GIF"), "unsupported_image"),
        ([picture_bytes()] * 17, "array_above_max_length"),
    ],
)
async def test_pictures_that_cannot_be_changed_are_refused(data: Given, code: str) -> None:
    async with running() as rig:
        with pytest.raises(openai.BadRequestError) as caught:
            await edited(rig, data, "night")
    assert caught.value.code == code


async def test_forms_that_are_none() -> None:
    async with running() as rig:
        headers = {"Authorization": "Bearer k"}
        address = f"{rig.url}/v1/images/edits"
        async with rig.http.post(address, json={"prompt": "x"}, headers=headers) as response:
            assert response.status == 400
        broken = headers | {"Content-Type": "multipart/form-data; boundary=x"}
        for body in (
            b"",
            b"nonsense",
            b"--x\r\n\r\nabc",
            b"--x\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--x--\r\n",
        ):
            async with rig.http.post(address, data=body, headers=broken) as response:
                assert response.status == 400, body
        with pytest.raises(openai.BadRequestError, match="prompt"):
            await edited(rig, picture_bytes(), "")
        assert rig.server.active == 0
