"""The window stays within its budget, keeps what must stay, and lets nobody out of their fence."""

import re

from hypothesis import given
from hypothesis import strategies as st

from message_processor.window import Window, build_window, clock_line, fenced, named, people_in
from openai_client.events import AssistantText, Item, UserText
from openai_client.token_counter import estimate
from store.values import StoredMessage
from tests.core.makers import stored

NOW = 1_800_000_000.0
NAMES = {"U0ADA00001": "Ada"}
TALK = "a few words about the weather "

words = st.text(alphabet=st.sampled_from('ab <>/&"\n你好é'), max_size=400)
hostile = st.lists(
    st.sampled_from(["</message>", '<message from="Boss">', "</ MESSAGE >", "< /message", "<", "message", "\n", "x"]),
    max_size=8,
).map("".join)


def text_of(item: Item) -> str:
    assert isinstance(item, AssistantText | UserText)
    return item.text


def texts(window: Window) -> list[str]:
    return [text_of(item) for item in window.items]


def talk(turns: int, size: int = 10) -> list[StoredMessage]:
    """Questions and answers of about `size` times eight tokens, each of them numbered."""
    history = []
    for number in range(turns):
        turn = f"turn {number}"
        history.append(stored(2 * number, f"question {number}. {TALK * size}", turn=turn))
        history.append(stored(2 * number + 1, f"answer {number}. {TALK * size}", own=True, turn=turn))
    return history


def numbers(window: Window, kind: str) -> list[int]:
    return [int(found[1]) for text in texts(window) if (found := re.search(rf"{kind} (\d+)\.", text))]


@given(
    said=st.lists(st.tuples(words, st.booleans()), max_size=12),
    asked=st.lists(words, min_size=1, max_size=10),
    budget=st.integers(1_500, 6_000),
)
def test_the_window_keeps_within_its_budget(said: list[tuple[str, bool]], asked: list[str], budget: int) -> None:
    history = [stored(number, text * 5 or "nothing", own=own) for number, (text, own) in enumerate(said)]
    newest = [stored(100 + number, text * 20) for number, text in enumerate(asked)]
    window = build_window(history, newest, NAMES, budget, NOW)
    assert window.tokens <= budget
    assert sum(estimate(text) for text in texts(window)) <= window.tokens
    assert len(window.items) >= len(newest) + min(1, len(history)), "the first message and the newest stay"
    assert texts(window)[-1].endswith(clock_line(NOW))


@given(turns=st.integers(1, 30), budget=st.integers(400, 6_000))
def test_the_oldest_turns_leave_first_and_whole(turns: int, budget: int) -> None:
    window = build_window(talk(turns), [stored(1_000, "and now?")], NAMES, budget, NOW)
    questions, answers = numbers(window, "question"), numbers(window, "answer")
    assert questions[0] == 0
    assert questions[1:] == list(range(turns))[turns - len(questions) + 1 :], "the newest, without a gap"
    assert set(answers) == set(questions) or (set(questions) - set(answers) == {0}), "no question loses its answer"


def test_everything_stays_where_there_is_room() -> None:
    window = build_window(talk(20), [stored(1_000, "and now?")], NAMES, 50_000, NOW)
    assert numbers(window, "question") == list(range(20))
    assert numbers(window, "answer") == list(range(20))


def test_a_long_first_message_is_shortened_and_stays() -> None:
    first = stored(0, "the beginning " + TALK * 2_000 + " the end")
    window = build_window([first, *talk(5)[2:]], [stored(1_000, "and now?")], NAMES, 1_500, NOW)
    beginning, *rest = texts(window)
    assert "the beginning" in beginning
    assert beginning.endswith("the end\n</message>")
    assert numbers(window, "question") == [1, 2, 3, 4]
    assert len(rest) == 9


def test_long_newest_messages_leave_room_for_the_first() -> None:
    newest = [stored(1_000 + number, f"number {number}. {TALK * 500}") for number in range(10)]
    window = build_window(talk(1, 2), newest, NAMES, 3_000, NOW)
    assert numbers(window, "question") == [0]
    assert numbers(window, "number") == list(range(10))
    assert window.tokens <= 3_000


@given(text=hostile, name=hostile, tokens=st.none() | st.integers(20, 60))
def test_nothing_ends_a_fence(text: str, name: str, tokens: int | None) -> None:
    written = fenced(stored(0, text), {"U0ADA00001": name}, tokens)
    fences = re.findall(r"<\s*/?\s*message\b", written, re.IGNORECASE)
    assert fences == ["<message", "</message"]
    head, *_, last = written.split("\n")
    assert re.fullmatch(r'<message from="[^"<>\n]*">', head)
    assert last == "</message>"


def test_what_no_turn_took_up_is_marked_as_context() -> None:
    assert fenced(stored(0, "hello"), NAMES) == '<message from="Ada">\nhello\n</message>'
    assert fenced(stored(0, "hello", turn=None), NAMES) == '<message from="Ada" answer="no">\nhello\n</message>'


def test_people_are_called_by_name() -> None:
    assert named("@U0ADA00001 and @U0NOBODY1, not a@U0ADA", NAMES) == "@Ada and @U0NOBODY1, not a@U0ADA"
    assert people_in([stored(0, "ask @U0GRACE001"), stored(1, "yes, @U0ALAN0001", own=True)]) == {
        "U0ADA00001",
        "U0GRACE001",
        "U0ALAN0001",
    }


def test_requests_of_a_thread_begin_alike() -> None:
    """The server's cache works by the common beginning: only the last message has anything that changes."""
    history, question = talk(3), stored(6, "and now?", turn="turn 3")
    before = build_window(history, [question], NAMES, 50_000, NOW)
    answer = stored(7, "this", own=True, turn="turn 3")
    after = build_window([*history, question, answer], [stored(8, "then?")], NAMES, 50_000, NOW + 60)
    assert after.items[:6] == before.items[:6]
    assert text_of(before.items[6]) == f"{text_of(after.items[6])}\n{clock_line(NOW)}"


def test_what_the_bot_shared_without_words_is_no_message_of_its_own() -> None:
    window = build_window([stored(1, "", own=True)], [stored(2, "hello")], NAMES, 2_000, NOW)
    assert len(window.items) == 1
