"""Reading JSON that may be anything, and cleaning text."""

from hypothesis import given
from hypothesis import strategies as st

from openai_client.wire import as_object, child, children, clean, number, string

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(ANYTHING)
def test_whatever_comes_has_the_type_that_was_asked_for(value: object) -> None:
    source = {"x": value}
    assert string(source, "x") == (value if isinstance(value, str) else "")
    assert isinstance(number(source, "x"), int)
    assert isinstance(child(source, "x"), dict)
    assert all(isinstance(entry, dict) for entry in children(source, "x"))
    assert as_object(value) == (value if isinstance(value, dict) else {})


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_cleaned_text_can_be_stored_and_sent(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert not [letter for letter in cleaned if ord(letter) < 32 and letter not in "\n\t"]
    assert clean(cleaned) == cleaned


def test_ordinary_text_is_left_alone() -> None:
    ordinary = "Tabs\tand\nlines, ümläuts, 日本語, 👩‍🚀 and „quotes“."
    assert clean(ordinary) == ordinary
