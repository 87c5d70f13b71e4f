"""Links: what in people's words is one."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from message_processor.ingestion.links import LINKS, links_in


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("", ()),
        ("see https://a.example/x.png, please", ("https://a.example/x.png",)),
        ("(https://a.example/x)", ("https://a.example/x",)),
        ("a page (https://a.example/x_(y)).", ("https://a.example/x_(y)",)),
        ("https://a.example/?q=1&r=2#part!", ("https://a.example/?q=1&r=2#part",)),
        ("HTTP://A.example and http://b.example", ("HTTP://A.example", "http://b.example")),
        ("twice https://a.example https://a.example", ("https://a.example",)),
        ("ftp://a.example gopher://a.example xhttp://a.example", ()),
        ("https:// http:///", ()),
        ('<a href="https://a.example/x">', ("https://a.example/x",)),
        ("**https://a.example/x**", ("https://a.example/x",)),
        ("https://a.example/" + "x" * 3_000, ()),
    ],
)
def test_addresses_are_found_without_the_marks_of_the_sentence(text: str, links: tuple[str, ...]) -> None:
    assert links_in(text) == links


def test_a_message_has_so_many_links_at_most() -> None:
    text = " ".join(f"https://a.example/{number}" for number in range(LINKS + 3))
    assert links_in(text) == tuple(f"https://a.example/{number}" for number in range(LINKS))


@given(st.text() | st.lists(st.sampled_from(["http://", "https://a.b", ")", "(", ".", " ", "é"])).map("".join))
def test_whatever_people_write_links_are_links(text: str) -> None:
    for link in links_in(text):
        assert link in text
        assert link.lower().startswith(("http://", "https://"))


def test_a_long_tail_of_marks_takes_no_time_to_speak_of() -> None:
    began = time.process_time()
    links_in("http://a" + ")" * 40_000)
    one_link = time.process_time() - began
    began = time.process_time()
    links_in("http://a" + ")" * 1_000)
    assert one_link < 50 * (time.process_time() - began + 0.001)
