"""Slack's text to plain text; the model's text to text that pings nobody, whatever its cuts."""

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slack_client.formatting.text import TEXT_LIMIT, Neutraliser, plain_text

JOINER = "\u2060"
PIECES = (
    "<",
    "@",
    "#",
    "!",
    "here",
    "channel",
    "everyone",
    "subteam^S0",
    "group",
    "date",
    "U012",
    ">",
    "|x",
    " ",
    "a",
    ".",
)
pingy = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=30).map("".join)
PING = re.compile(
    r"<[@#][A-Z0-9]|<!(channel|here|everyone|group|subteam|date)|(?<![\w@])@(channel|here|everyone)\b", re.I
)


def neutral(*pieces: str) -> str:
    neutraliser = Neutraliser()
    return "".join([*map(neutraliser.feed, pieces), neutraliser.flush()])


@given(pingy)
@example("<@U1> <!here> @channel")
@example("@@here <<@U1>>")
def test_nothing_that_would_notify_is_left(text: str) -> None:
    assert not PING.search(neutral(text))


@given(pingy)
def test_nothing_but_the_joiner_is_added(text: str) -> None:
    assert neutral(text).replace(JOINER, "") == text.replace(JOINER, "")


@given(pingy, st.data())
@example("mail me@here.org <!sub", None)
def test_the_cuts_make_no_difference(text: str, data: st.DataObject | None) -> None:
    cuts = range(len(text)) if data is None else data.draw(st.lists(st.integers(0, len(text))))
    at = sorted({0, *cuts, len(text)})
    assert neutral(*(text[start:end] for start, end in pairwise(at))) == neutral(text)


@given(pingy)
def test_every_single_cut_makes_no_difference(text: str) -> None:
    whole = neutral(text)
    assert all(neutral(text[:at], text[at:]) == whole for at in range(len(text)))


@given(st.text())
def test_what_is_held_back_is_short(text: str) -> None:
    assert len(text) - len(Neutraliser().feed(text).replace(JOINER, "")) - text.count(JOINER) <= 10


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html>",
        "a < b @ c # d",
        "me@here.org",
        "@hereby @channels",
        "<https://example.com|link>",
        "a @ b",
        "<b>",
    ],
)
def test_what_notifies_nobody_stays_as_it_is(text: str) -> None:
    assert neutral(*text) == text


@pytest.mark.parametrize(
    ("slack", "plain"),
    [
        ("<@U012AB3CD> hello", "@U012AB3CD hello"),
        ("<@U012AB3CD|ada> hello", "@U012AB3CD hello"),
        ("in <#C012|general> and <#C013>", "in #general and #C013"),
        ("<!here> <!subteam^S1|@team> <!subteam^S2>", "@here @team @subteam"),
        ("<https://a.example|a page>, <https://a.example>", "a page (https://a.example), https://a.example"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2, &amp;lt;", "1 < 2 && 3 > 2, &lt;"),
        ("a\x00b\x1b[0m\x7f\u2028c\r\nd\re\tf", "ab[0mc\nd\ne\tf"),
        ("  \n ", ""),
        ("<", "<"),
        ("<>", ""),
    ],
)
def test_slacks_text_becomes_plain(slack: str, plain: str) -> None:
    assert plain_text(slack) == plain


@given(st.text(alphabet=st.characters(codec=None), max_size=200) | pingy)
def test_any_text_becomes_plain(text: str) -> None:
    plain = plain_text(text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]", plain)
    assert plain == plain.strip()


def test_escaped_text_is_decoded_once() -> None:
    assert plain_text("&amp;lt;@U1&amp;gt;") == "&lt;@U1&gt;"


def test_the_longest_text_is_cut_after_decoding() -> None:
    assert plain_text("&amp;" * (TEXT_LIMIT + 1)) == "&" * TEXT_LIMIT
