"""Cutting Markdown: nothing is lost, code blocks stay whole, and a stream always goes on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slack_client.formatting.split import open_fence, part_end, stable_end

LINES = (
    *("", "a line of words", "    indented code", "```python", "```", "~~~", "````", "- point with `code`"),
    *("* star * odd", "| a | b |", "[link](https://example.com)", "open [link", "# head", "x" * 90),
    *("it is **bold** here", "snake_case __a__"),
)
markdown = st.lists(st.sampled_from(LINES), max_size=40).map("\n".join)


def parts(text: str, limit: int) -> list[str]:
    found, start = [], 0
    while start < len(text):
        end = part_end(text, start, limit)
        found.append(text[start:end])
        start = end
    return found


@given(markdown, st.integers(100, 400))
def test_parts_put_together_are_the_text(text: str, limit: int) -> None:
    found = parts(text, limit)
    assert "".join(found) == text
    assert all(0 < len(part) <= limit for part in found)


@given(markdown, st.integers(200, 400))
def test_code_blocks_are_closed_and_opened_again_at_every_cut(text: str, limit: int) -> None:
    at = 0
    for part in parts(text, limit):
        inside = open_fence(text[:at])
        at += len(part)
        after = open_fence(part, inside)
        assert after == open_fence(text[:at])
        opening = f"{inside.opening}\n" if inside else ""
        closing = f"\n{after.closing}" if after else ""
        assert open_fence(opening + part + closing) is None


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("```python\nx", "```python"),
        ("```\nx\n```\n", None),
        ("````\n```\n", "````"),
        ("~~~sh\n```\n", "~~~sh"),
        ("```not a `fence`\n", None),
        ("    ```\n", None),
        ("   ```\n", "```"),
        ("```\n``` python\n", "```"),
        ("text ``` text", None),
    ],
)
def test_an_open_code_block_is_known(text: str, opening: str | None) -> None:
    fence = open_fence(text)
    assert (fence.opening if fence else None) == opening


def test_a_part_ends_at_a_paragraph_before_a_line_before_a_word() -> None:
    assert part_end("a" * 60 + "\n\n" + "b" * 20 + "\n" + "c c" * 20, 0, 100) == 62
    assert part_end("a" * 60 + "\n" + "b" * 20 + " " + "c" * 40, 0, 100) == 61
    assert part_end("a" * 60 + " " + "b" * 60, 0, 100) == 61
    assert part_end("a" * 120, 0, 100) == 100


@given(markdown, st.lists(st.integers(1, 60), max_size=40), st.integers(50, 300), st.integers(10, 100))
def test_a_stream_never_goes_back_and_shows_only_what_is_there(
    text: str, steps: list[int], limit: int, patience: int
) -> None:
    here, shown = 0, 0
    for step in steps:
        here = min(len(text), here + step)
        end = stable_end(text[:here], shown, limit, patience)
        assert shown <= end <= min(here, shown + limit)
        shown = end


@given(markdown, st.integers(10, 100))
def test_a_stream_always_goes_on(text: str, patience: int) -> None:
    shown = 0
    while (end := stable_end(text, shown, 1_000, patience)) > shown:
        shown = end
    assert len(text) - shown <= patience


@given(markdown)
def test_a_piece_begins_with_white_space_only_where_everything_does(text: str) -> None:
    shown = 0
    while (end := stable_end(text, shown, 1_000, 400)) > shown:
        piece = text[shown:end]
        assert not piece[0].isspace() or not text[:shown].strip()
        shown = end


def test_the_last_word_waits_for_its_end() -> None:
    assert stable_end("one two thr", 0, 100) == len("one two ")
    assert stable_end("one", 0, 100) == 0


@pytest.mark.parametrize("opened", ["**bold text", "`some code", "[a link", "~~some struck", "__some bold"])
def test_an_inline_construct_is_not_cut(opened: str) -> None:
    assert stable_end(f"word {opened} goes on", 0, 100) == len("word ")


def test_what_waits_too_long_is_cut_after_a_word() -> None:
    text = "* " + "word " * 100 + "wor"
    assert stable_end(text, 0, 11_000, 400) == len(text) - len("wor")


def test_a_long_line_is_cut_in_good_time() -> None:
    assert stable_end("* " + "w " * 5_000 + "w", 0, 11_000) > 0
