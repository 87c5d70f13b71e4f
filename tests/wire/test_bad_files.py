"""Bad files and links: a clear line for each, while the rest of the message is answered."""

from collections.abc import Callable

import pytest

from message_processor.tools import ROUNDS
from playground.slack.files import FileAccess, FileMode
from tests.ingestion.samples import docx, locked_pdf, pdf, png, xlsx
from tests.ingestion.test_bad_files import pdf_bomb, png_header, with_members, xlsx_of_corners
from tests.wire.harness import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


_MUCH = 200_000_000


def docx_bomb() -> bytes:
    """A small archive that unpacks to hundreds of megabytes."""
    return with_members(docx(["words"]), {"word/document.xml": b"<a>" + b" " * _MUCH})


def xlsx_bomb() -> bytes:
    """The same as a workbook: its shared strings would fill the memory."""
    return with_members(xlsx({"Costs": [["words"]]}), {"xl/sharedStrings.xml": b"<a>" + b" " * _MUCH})


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb.docx": (docx_bomb, "unpacks"),
    "bomb.xlsx": (xlsx_bomb, "unpacks"),
    "bomb.pdf": (lambda: pdf_bomb(3, 2), "unpacks"),
    "locked.pdf": (lambda: locked_pdf(["secret"], user="word"), "password"),
    "empty.txt": (bytes, "empty"),
    "cut.png": (lambda: png(640, 480, "red")[:200], "damaged"),
    "huge.png": (lambda: png_header(30_000, 30_000), "pixels"),
    "drawing.svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    "broken.pdf": (lambda: b"%PDF-1.7\nnothing here", "damaged"),
    "program.exe": (lambda: b"MZ\x90\0\3\0\0\0" + bytes(range(256)), "kind"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_file_is_one_line_and_the_question_is_answered(house: House, name: str) -> None:
    made, words = BAD[name]
    ts = house.attach("echo: The rest.", [(name, made())])
    answer = (await house.settled(ts, seconds=60))[-1]
    assert answer.text.startswith("The rest.")
    line = next(line for line in answer.text.splitlines() if name in line)
    assert words in line


async def test_a_good_file_beside_a_bad_one_is_read(house: House) -> None:
    ts = house.attach("see", [("cut.png", png(640, 480, "red")[:200]), ("good.png", png(120, 80, "blue"))])
    answer = (await house.settled(ts))[-1]
    assert "120 x 80" in answer.text
    assert "cut.png" in answer.text


async def test_a_sheet_that_reaches_to_the_last_cell_is_read(house: House) -> None:
    ts = house.attach("see", [("wide.xlsx", xlsx_of_corners())])
    await house.settled(ts, seconds=40)
    assert "first" in str(house.playground.model.journal[-1].body)


async def test_a_file_with_a_wrong_extension_is_what_its_bytes_say(house: House) -> None:
    ts = house.attach("see", [("picture.docx", pdf(["About herons."]))])
    await house.settled(ts)
    assert "About herons." in str(house.playground.model.journal[-1].body)


async def test_a_file_that_is_too_large_is_not_fetched(house: House) -> None:
    ts = house.attach("echo: Rest.", [("large.bin", b"\0" * 60_000_000)])
    answer = (await house.settled(ts))[-1]
    assert "too large" in answer.text
    assert answer.text.startswith("Rest.")


@pytest.mark.parametrize(
    ("mode", "access", "words"),
    [
        ("hosted", "access_denied", "may not open"),
        ("external", "visible", "another service"),
        ("hidden_by_limit", "visible", "storage"),
    ],
)
async def test_a_file_that_cannot_be_had_is_named(house: House, mode: FileMode, access: FileAccess, words: str) -> None:
    ts = house.attach("echo: Rest.", [("away.txt", b"words")], mode=mode, file_access=access)
    answer = (await house.settled(ts))[-1]
    assert words in answer.text


async def test_a_file_of_slack_connect_is_asked_for_and_read(house: House) -> None:
    ts = house.attach("see", [("partner.txt", b"About puffins.")], file_access="check_file_info")
    await house.settled(ts)
    assert "About puffins." in str(house.playground.model.journal[-1].body)


async def test_of_many_files_ten_are_read_and_the_rest_is_named(house: House) -> None:
    ts = house.attach("see", [(f"note{n}.txt", f"word{n}x".encode()) for n in range(25)])
    answer = (await house.settled(ts, seconds=60))[-1]
    body = str(house.playground.model.journal[-1].body)
    assert sum(f"word{n}x" in body for n in range(25)) == 10
    assert "ten files" in answer.text


@pytest.mark.parametrize(
    "link", ["http://127.0.0.1:9/x.png", "http://[::1]/x", "http://2130706433/", "http://localhost/x"]
)
async def test_a_link_into_the_own_network_is_refused(house: House, link: str) -> None:
    ts = house.mention(f"see {link} echo: Rest.")
    answer = (await house.settled(ts))[-1]
    assert "private networks" in answer.text


async def test_a_prompt_of_forty_thousand_characters_is_answered(house: House) -> None:
    ts = house.mention("draw " + "a boat and " * 3600)
    answer = (await house.settled(ts, seconds=30))[-1]
    assert "do not fit" in answer.text, "a prompt for a picture has 32,000 characters at most"


async def test_arguments_that_do_not_fit_are_explained_to_the_model(house: House) -> None:
    ts = house.mention("wrong arguments")
    answer = (await house.settled(ts))[-1]
    assert "do not fit" in answer.text


async def test_a_call_of_a_tool_that_does_not_exist_is_explained(house: House) -> None:
    house.playground.model.knobs.next(tool_calls=(("delete_everything", "{}"),))
    ts = house.mention("hello")
    answer = (await house.settled(ts))[-1]
    assert "There is no tool 'delete_everything'" in answer.text


async def test_a_model_that_calls_tools_for_ever_has_to_answer_in_the_end(house: House) -> None:
    before = len(house.playground.model.journal)
    ts = house.attach("tools forever", [("shot.png", png(64, 48, "red"))])
    answer = (await house.settled(ts, seconds=40))[-1]
    assert "offline model" in answer.text
    assert len(house.playground.model.journal) - before == ROUNDS + 1
    assert "tools" not in house.playground.model.journal[-1].body, "the last call offers none"


async def test_a_model_that_calls_tools_it_is_not_offered_any_more_is_ended(house: House) -> None:
    house.playground.model.knobs.set(tool_calls=(("look_at_pictures", '{"pictures": [1]}'),))
    ts = house.mention("hello")
    (answer,) = await house.settled(ts, seconds=40)
    assert "as often as I may" in answer.text
