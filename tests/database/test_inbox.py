"""Messages on their way in."""

import asyncio

import pytest

from base_client import Edit, MessageKey, ThreadKey
from database import Store, TurnState
from tests.database.makers import THREAD, Clock, Figures, begin, claimed, key, message, past, texts

OTHER = ThreadKey("T1", "C1", "2000.000000")


async def test_a_message_is_accepted_once(store: Store) -> None:
    assert await store.accept(message(1))
    assert not await store.accept(message(1))


async def test_of_a_hundred_twins_at_once_one_is_accepted(store: Store) -> None:
    outcomes = await asyncio.gather(*(store.accept(message(1)) for _ in range(100)))
    assert sum(outcomes) == 1


@pytest.mark.parametrize("twin", [MessageKey("T2", "C1", "1.000000"), MessageKey("T1", "C2", "1.000000")])
async def test_the_same_ts_in_another_channel_or_team_is_another_message(store: Store, twin: MessageKey) -> None:
    first = message(1)
    assert await store.accept(first)
    thread = ThreadKey(twin.team, twin.channel, THREAD.thread_ts)
    assert await store.accept(message(1, thread=thread))


async def test_a_thread_is_known_once_a_message_in_it_wants_an_answer(store: Store) -> None:
    assert not await store.knows_thread(THREAD)
    await store.accept(message(1))
    assert await store.knows_thread(THREAD)
    assert not await store.knows_thread(OTHER)


async def test_an_overheard_message_is_history_and_makes_no_thread_known(store: Store) -> None:
    assert await store.accept(message(1, wants_answer=False))
    assert not await store.accept(message(1, wants_answer=False))
    assert not await store.knows_thread(THREAD)
    assert await claimed(store, "t", THREAD, [key(1)]) == ()
    assert await store.unclaimed() == ()
    assert texts(await store.history(THREAD)) == ["m1"]


async def test_an_overheard_message_can_still_want_an_answer(store: Store) -> None:
    await store.accept(message(1, wants_answer=False))
    assert await store.accept(message(1))
    assert not await store.accept(message(1))
    assert texts(await claimed(store, "t", THREAD, [key(1)])) == ["m1"]


async def test_a_message_read_as_the_past_can_still_want_an_answer(store: Store) -> None:
    await store.import_past(THREAD, [past(1)])
    assert await store.accept(message(1))
    assert texts(await claimed(store, "t", THREAD, [key(1)])) == ["p1"]


async def test_an_accepted_message_is_not_overheard_again(store: Store) -> None:
    await store.accept(message(1))
    assert not await store.accept(message(1, wants_answer=False))


async def test_a_claim_takes_what_waits_in_order_of_ts(store: Store) -> None:
    for number in (3, 1, 2):
        await store.accept(message(number))
    taken = await claimed(store, "t", THREAD, [key(3), key(1)])
    assert texts(taken) == ["m1", "m3"]
    assert {(one.turn_id, one.own, one.author, one.thread) for one in taken} == {("t", False, "U1", THREAD)}
    assert texts(await claimed(store, "u", THREAD, [key(1), key(2), key(3)])) == ["m2"]


async def test_a_claim_gives_the_present_text(store: Store) -> None:
    await store.accept(message(1, "first words"))
    assert await store.edit(Edit(key(1), "better words", key(90).ts))
    assert texts(await claimed(store, "t", THREAD, [key(1)])) == ["better words"]


async def test_edits_count_in_the_order_of_the_platform_not_of_their_arrival(store: Store) -> None:
    await store.accept(message(1, "first words"))
    assert await store.edit(Edit(key(1), "newest words", key(91).ts))
    assert not await store.edit(Edit(key(1), "older words", key(90).ts))
    assert await store.edit(Edit(key(1), "newest words", key(91).ts)), "delivered twice"
    assert texts(await claimed(store, "t", THREAD, [key(1)])) == ["newest words"]


async def test_a_claim_leaves_deleted_messages_out(store: Store) -> None:
    await store.accept(message(1))
    await store.accept(message(2))
    assert await store.delete(key(1))
    assert texts(await claimed(store, "t", THREAD, [key(1), key(2)])) == ["m2"]


@pytest.mark.parametrize("keys", [[], [key(1)], [key(9)]])
async def test_a_claim_of_nothing_begins_no_turn(store: Store, keys: list[MessageKey]) -> None:
    await store.accept(message(1))
    await store.delete(key(1))
    assert await claimed(store, "t", THREAD, keys) == ()
    assert await store.unfinished() == ()


async def test_a_claim_takes_nothing_of_another_thread(store: Store) -> None:
    await store.accept(message(1, thread=OTHER))
    assert await claimed(store, "t", THREAD, [key(1)]) == ()
    assert len(await store.unclaimed()) == 1


async def test_two_claims_at_once_share_no_message(store: Store) -> None:
    await store.accept(message(1))
    first, second = await asyncio.gather(*(claimed(store, turn, THREAD, [key(1)]) for turn in ("t", "u")))
    assert sorted([len(first), len(second)]) == [0, 1]
    assert len(await store.unfinished()) == 1


async def test_what_no_turn_has_taken_up_is_found_again_in_order(store: Store) -> None:
    for number in (2, 1, 3, 4, 5):
        await store.accept(message(number))
    await store.claim("t", THREAD, [key(1)])
    await store.refuse([key(3)])
    await store.delete(key(5))
    assert await store.unclaimed() == (message(2), message(4))


async def test_a_refused_message_stays_known_and_is_not_claimed(store: Store) -> None:
    await store.accept(message(1))
    await store.accept(message(2))
    await store.refuse([key(1), key(2)])
    assert await claimed(store, "t", THREAD, [key(1)]) == ()
    assert not await store.accept(message(1))
    assert texts(await store.history(THREAD)) == ["m1", "m2"]


async def test_a_refusal_leaves_alone_what_a_turn_works_on(store: Store) -> None:
    await begin(store, "t", 1)
    await store.refuse([key(1)])
    await store.refuse([])
    await store.finish("t", TurnState.INTERRUPTED, "", "", ())
    assert [turn.keys for turn in await store.unfinished()] == [(key(1),)]


async def test_a_deleted_key_is_never_accepted_again(store: Store) -> None:
    await store.accept(message(1))
    assert await store.delete(key(1))
    assert not await store.delete(key(1))
    assert not await store.delete(key(2))
    for number in (1, 2):
        assert not await store.accept(message(number))
        assert not await store.accept(message(number, wants_answer=False))


async def test_a_tombstone_makes_no_thread_known(store: Store) -> None:
    await store.delete(key(1))
    assert not await store.accept(message(1))
    assert not await store.knows_thread(THREAD)


async def test_a_message_deleted_after_its_answer_is_not_answered_again(store: Store) -> None:
    await begin(store, "t", 1)
    await store.finish("t", TurnState.DONE, "a1", "", ())
    assert await store.delete(key(1))
    assert not await store.accept(message(1))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        ("a\0b", "ab"),
        ("half \ud83d of one", "half \ufffd of one"),
        ("two halves \ud83d\ude00", "two halves \U0001f600"),
        ("x" * 40_000 + "ü", "x" * 40_000 + "ü"),
        ("'; DROP TABLE inbox; -- %s :x", "'; DROP TABLE inbox; -- %s :x"),
    ],
)
async def test_any_text_can_be_kept(store: Store, given: str, kept: str) -> None:
    message_of_it = message(1)
    assert await store.accept(type(message_of_it)(key(1), THREAD, "U1", given))
    assert texts(await claimed(store, "t", THREAD, [key(1)])) == [kept]
    await store.edit(Edit(key(1), given + "!", key(90).ts))
    await store.save_text("t", given)
    assert (await store.unfinished())[0].text == kept
    await store.finish("t", TurnState.DONE, given + "?", "", ())
    assert texts(await store.history(THREAD)) == [kept + "!", kept + "?"]


async def test_a_thousand_accepts_at_once_share_their_commits(store: Store, figures: Figures) -> None:
    assert all(await asyncio.gather(*(store.accept(message(number)) for number in range(1_000, 2_000))))
    sizes = figures.of("store_group_size")
    assert sum(sizes) == 1_000
    assert max(sizes) == 64


async def test_the_age_of_a_turn_counts_from_its_first_message(store: Store, clock: Clock) -> None:
    clock.now = 500.0
    await store.accept(message(1))
    clock.now = 700.0
    await store.accept(message(2))
    await store.claim("t", THREAD, [key(1), key(2)])
    assert [turn.created_at for turn in await store.unfinished()] == [500.0]
