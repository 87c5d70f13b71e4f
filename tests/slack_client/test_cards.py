"""What a card is: it fits, pings nobody, and whatever happens ends."""

from hypothesis import given
from hypothesis import strategies as st

from base_client import TaskCard, TaskState
from slack_client.cards import Cards

ENDED = {"complete", "error"}


@given(st.text(max_size=700), st.text(max_size=700))
def test_texts_of_cards_fit_and_ping_nobody(title: str, details: str) -> None:
    held = Cards()
    held.put(TaskCard("a", f"@here {title}", TaskState.COMPLETE, f"<!channel>{details}"))
    (chunk,) = held.chunks(held.news())
    assert len(str(chunk["title"])) <= 256
    assert len(str(chunk["details"])) <= 256
    assert not str(chunk["title"]).startswith("@here")
    assert not str(chunk["details"]).startswith("<!channel")


updates = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(list(TaskState)), st.sampled_from(["", "x"]), st.integers(0, 3)),
    max_size=20,
)


@given(updates)
def test_whatever_happens_a_message_ends_with_no_card_at_work_and_details_said_once(
    story: list[tuple[str, TaskState, str, int]],
) -> None:
    held = Cards()
    seen: dict[str, object] = {}
    said: list[str] = []

    def send(sent: tuple[TaskCard, ...]) -> None:
        for chunk in held.chunks(sent):
            seen[str(chunk["id"])] = chunk["status"]
            said.extend([str(chunk["id"])] if "details" in chunk else [])
        held.shown(sent)

    for card_id, state, details, then in story:
        held.put(TaskCard(card_id, f"title {then}", state, details))
        if then == 1:
            send(held.news())
        elif then == 2:
            endings = held.endings(failed=False, final=False)
            send(endings)
            assert set(seen.values()) <= ENDED
            held.message_ended(endings, stays=True)
            assert len(said) == len(set(said))
            seen.clear()
            said.clear()
            send(held.opening())
    send(held.endings(failed=True, final=True))
    assert set(seen.values()) <= ENDED
    assert held.news() == () or {card.state for card in held.news()} <= {TaskState.PENDING, TaskState.IN_PROGRESS}
