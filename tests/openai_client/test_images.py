"""Pictures made over the Images API: streamed or in one piece, from words or from pictures."""

import base64
from urllib.parse import quote

import pytest

from openai_client.events import Json, MadeImage, Picture, Usage
from tests.openai_client.easel import EDITS, GENERATIONS, PNG, PNG_BASE64, Easel, plain, streamed


async def test_a_picture_is_drawn_with_partial_ones_as_progress(easel: Easel) -> None:
    easel.bench.will(streamed())
    assert await easel.draw() == MadeImage(PNG, "image/png", Usage(input=12, output=345), "painter")
    assert easel.partials == [0, 1]
    assert easel.paths == [GENERATIONS]
    assert easel.bench.bodies == [
        {
            "prompt": "a lighthouse",
            "model": "painter",
            "n": 1,
            "stream": True,
            "partial_images": 2,
            "safety_identifier": "hashed-person",
        }
    ]


async def test_wishes_for_size_quality_and_background_are_passed_on(easel: Easel) -> None:
    easel.bench.will(streamed())
    wishes = {"size": "1536x1024", "quality": "high", "background": "transparent"}
    await easel.draw(**wishes)
    assert wishes.items() <= easel.bench.bodies[0].items()


async def test_a_server_that_ignores_the_wish_to_stream_is_asked_once(easel: Easel) -> None:
    easel.bench.will(plain())
    assert await easel.draw() == MadeImage(PNG, "image/png", Usage(input=12, output=345), "painter")
    assert easel.partials == []
    assert len(easel.paths) == 1


async def test_one_picture_is_changed(easel: Easel) -> None:
    easel.bench.will(streamed("image_edit"))
    made = await easel.draw(pictures=(Picture(PNG, "image/png"),), mask=Picture(b"mask", "image/png"))
    assert made.data == PNG
    assert easel.partials == [0, 1]
    assert easel.paths == [EDITS]
    (body,) = easel.bench.bodies
    assert body["image"] == [("picture-1.png", "image/png", PNG)]
    assert body["mask"] == [("mask.png", "image/png", b"mask")]
    assert (body["prompt"], body["model"], body["stream"], body["partial_images"]) == (
        "a lighthouse",
        "painter",
        "true",
        "2",
    )


@pytest.mark.parametrize(("fidelity", "sent"), [("high", "high"), ("low", "low"), ("auto", None)])
async def test_fidelity_is_asked_for_where_there_are_pictures_to_be_true_to(
    easel: Easel, fidelity: str, sent: str | None
) -> None:
    easel.bench.will(streamed("image_edit"))
    await easel.draw(fidelity=fidelity, pictures=(Picture(PNG, "image/png"),))
    await easel.draw(fidelity=fidelity)
    assert [body.get("input_fidelity") for body in easel.bench.bodies] == [sent, None]


async def test_several_pictures_go_in_their_order(easel: Easel) -> None:
    easel.bench.will(plain())
    await easel.draw(pictures=(Picture(PNG, "image/png"), Picture(b"\xff\xd8\xff", "image/jpeg")))
    (body,) = easel.bench.bodies
    assert body["image[]"] == [
        ("picture-1.png", "image/png", PNG),
        ("picture-2.jpeg", "image/jpeg", b"\xff\xd8\xff"),
    ]
    assert "mask" not in body


async def test_a_large_picture_arrives_whole(easel: Easel) -> None:
    large = PNG + bytes(range(256)) * 12_000
    easel.bench.will(plain())
    await easel.draw(pictures=(Picture(large, "image/png"),))
    assert easel.bench.bodies[0]["image"] == [("picture-1.png", "image/png", large)]


@pytest.mark.parametrize(
    ("entry", "data", "kind"),
    [
        ({"b64_json": base64.b64encode(b"\xff\xd8\xff jpeg").decode()}, b"\xff\xd8\xff jpeg", "image/jpeg"),
        ({"b64_json": base64.b64encode(b"RIFF....WEBP").decode()}, b"RIFF....WEBP", "image/webp"),
        ({"url": f"data:image/png;base64,{PNG_BASE64}"}, PNG, "image/png"),
        ({"b64_json": f"data:image/png;base64,{PNG_BASE64}"}, PNG, "image/png"),
        ({"url": "data:image/svg+xml," + quote("<svg/>")}, b"<svg/>", "image/svg+xml"),
        ({"b64_json": None, "url": "data:image/gif;base64,R0lGODlh"}, b"GIF89a", "image/gif"),
    ],
)
async def test_the_bytes_decide_what_kind_of_picture_it_is(easel: Easel, entry: Json, data: bytes, kind: str) -> None:
    easel.bench.will(plain(entry))
    made = await easel.draw()
    assert (made.data, made.media_type) == (data, kind)
