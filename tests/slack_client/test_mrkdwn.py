"""A model's Markdown where Slack takes none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slack_client.formatting.mrkdwn import markdown_sections


def shown(text: str, most: int = 100) -> list[str]:
    found = []
    for block in markdown_sections(text, most):
        words = block["text"]
        assert isinstance(words, dict)
        found.append(str(words["text"]))
    return found


@pytest.mark.parametrize(
    ("markdown", "markup"),
    [
        ("plain words", "plain words"),
        ("**bold** and __bold__", "*bold* and *bold*"),
        ("## Heading ##", "*Heading*"),
        ("# **Loud** heading", "*Loud heading*"),
        ("- one\n* two\n  + three", "• one\n• two\n  • three"),
        ("2 ** 3 ** 4", "2 ** 3 ** 4"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("<!channel> <@U1> <https://a.example|click>", "&lt;!channel&gt; &lt;@U1&gt; &lt;https://a.example|click&gt;"),
    ],
)
def test_markdown_reads_as_it_is_meant(markdown: str, markup: str) -> None:
    assert shown(markdown) == [markup]


def test_long_text_is_cut_between_lines() -> None:
    lines = [f"{number} " + "x" * 1_400 for number in range(5)]
    assert shown("\n".join(lines)) == ["\n".join(lines[:2]), "\n".join(lines[2:4]), lines[4]]


def test_a_line_that_is_too_long_is_cut_all_the_same() -> None:
    assert [len(piece) for piece in shown("x" * 7_000)] == [3_000, 3_000, 1_000]


@given(st.text(alphabet="ab *_#-<>&\n@!", max_size=4_000).map(lambda text: text * 5))
def test_whatever_it_is_it_fits_and_pings_nobody(text: str) -> None:
    pieces = shown(text, 8)
    assert len(pieces) <= 8
    assert all(0 < len(piece) <= 3_000 and "<" not in piece for piece in pieces)
