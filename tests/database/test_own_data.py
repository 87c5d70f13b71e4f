"""What is kept of a person: given out whole, and forgotten whole."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from base_client import Edit, ThreadKey
from database import CallUsage, FileState, Store, TurnState
from store.tables import metadata
from tests.database.file_makers import bytes_of, document
from tests.database.makers import THREAD, Clock, begin, claimed, key, message, part, past, texts

OTHER = ThreadKey("T1", "C1", "1500.000000")
USED = (CallUsage("gpt", 100, 10, 20, 5),)

COVERED = {
    "messages": {"author"},
    "turns": {"author"},
    "usage": {"person"},
    "preferences": {"place", "changed_by"},
    "feedback": {"person"},
    # Kept on purpose: who was forgotten, and who did it.
    "forgotten": {"person", "by"},
    "audit": {"person", "by"},
}
"""The columns that name people, which a deletion deals with."""
_NAMING = {"author", "person", "place", "changed_by", "by", "user", "user_id", "owner", "created_by", "member"}


def test_no_table_names_people_without_the_deletion_knowing_it() -> None:
    found = {
        table.name: named
        for table in metadata.tables.values()
        if (named := {column.name for column in table.columns} & _NAMING)
    }
    assert found == COVERED, "a deletion has to deal with this column: see store/forgetting.py and store/own_data.py"


async def everything(store: Store) -> str:
    """Every row of every table but the record and the audit of deletions, as text."""

    def read(connection: Any) -> str:
        tables = [one for one in metadata.tables.values() if one.name not in {"forgotten", "audit"}]
        return "\n".join(str(row) for table in tables for row in connection.execute(select(table)))

    return await store._readers.run(read)


async def lived_in(store: Store) -> str:
    """Somebody's words in two threads, and somebody else's between them; the uid of a file of theirs."""
    uid = await document(store, "zanzibar in the spring", number=1)
    assert await claimed(store, "t", THREAD, [key(1)])
    await store.record_part("t", part(1, 2))
    await store.finish("t", TurnState.DONE, "an answer about lighthouses", "", USED)
    await store.accept(message(3, "grace speaks", author="U2"))
    assert await claimed(store, "g", THREAD, [key(3)])
    await store.record_part("g", part(1, 4))
    await store.finish("g", TurnState.DONE, "grace is answered", "", USED)
    await store.accept(message(15, "ada overheard", wants_answer=False))
    await store.people.set_preferences("T1", "user", "U1", {"model": "ada-model"}, "U1")
    await store.people.set_preferences("T1", "user", "U2", {"model": "grace-model"}, "U2")
    await store.people.set_preferences("T1", "channel", "C1", {"model": "house-model"}, "U1")
    await store.people.rate("t", "U1", "down", "ada finds it long")
    await store.people.rate("g", "U2", "up", "grace likes it")
    await store.people.set_summary(THREAD, "ada and grace in short", "15.000000")
    await store.first_time("welcome:T1:U1")
    await store.first_time("welcome:T1:U2")
    return uid


async def forgotten(store: Store, person: str = "U1") -> dict[str, int]:
    await store.own_data.begin_forgetting("T1", person, person)
    while not (step := await store.own_data.forget_some("T1", person)).done:
        pass
    return step.counts


async def test_everything_of_a_person_goes_and_nothing_of_others(store: Store, tmp_path: Path) -> None:
    uid = await lived_in(store)
    counts = await forgotten(store)
    assert {name: counts[name] for name in ("messages", "turns", "answers", "files")} == {
        "messages": 2,
        "turns": 1,
        "answers": 1,
        "files": 1,
    }
    left = await everything(store)
    for gone in ("U1", "zanzibar", "lighthouses", "overheard", "ada-model", "ada finds", "in short"):
        assert gone not in left, gone
    for kept in ("grace speaks", "grace is answered", "grace-model", "house-model", "grace likes it"):
        assert kept in left, kept
    assert texts(await store.history(THREAD)) == ["grace speaks", "grace is answered"]
    file = await store.files.get(uid)
    assert file is not None
    assert file.state is FileState.GONE
    await store.close()
    assert b"zanzibar" not in bytes_of(tmp_path / "data" / "threadwell.db")


async def test_keys_stay_and_figures_stay_without_a_name(store: Store) -> None:
    await lived_in(store)
    before = await everything(store)
    await forgotten(store)
    after = await everything(store)
    assert before.count("'gpt', 100, 10, 20, 5") == after.count("'gpt', 100, 10, 20, 5") == 2
    assert (await store.people.usage_since("T1", "U1", 0)).turns == 0
    assert (await store.people.usage_since("T1", "", 0)).input == 100
    assert [each.ts for each in await store.parts("t")] == [key(2).ts]
    for number in (1, 15):
        assert not await store.accept(message(number))
        assert not await store.edit(Edit(key(number), "words again", key(90).ts))
    assert await store.repeat("t") == ()


async def test_the_past_of_a_thread_does_not_bring_it_back(store: Store, clock: Clock) -> None:
    await lived_in(store)
    await forgotten(store)
    await store.import_past(THREAD, [past(number) for number in (1, 2, 15, 16)])
    assert texts(await store.history(THREAD)) == ["grace speaks", "grace is answered"]
    later = past(int(clock.now) + 10)
    await store.import_past(THREAD, [later])
    assert later.text in texts(await store.history(THREAD)), "what comes afterwards is a new beginning"


@pytest.mark.parametrize("ending", [TurnState.DONE, TurnState.STOPPED, TurnState.INTERRUPTED, TurnState.UNDELIVERED])
async def test_nothing_of_a_turn_at_work_is_written_back(store: Store, ending: TurnState) -> None:
    await begin(store, "t", 1)
    await store.accept(message(12))
    begun = await store.own_data.begin_forgetting("T1", "U1", "U1")
    assert begun.turns == ("t",)
    assert [each.ts for _, each in begun.waiting] == [key(12).ts]
    await store.save_text("t", "late words")
    await store.people.set_summary(THREAD, "late summary", key(12).ts, "t")
    await store.finish("t", ending, "late words", "", USED)
    await forgotten(store)
    left = await everything(store)
    assert "late" not in left
    assert "U1" not in left
    assert "'gpt', 100, 10, 20, 5" in left
    assert await store.unclaimed() == ()
    assert all(turn.stopped for turn in await store.unfinished())


async def test_what_comes_after_the_deletion_was_begun_is_left(store: Store, clock: Clock) -> None:
    await store.accept(message(1))
    await store.own_data.begin_forgetting("T1", "U1", "U1")
    clock.now += 60
    new = int(clock.now)
    await store.accept(message(new, "a new beginning"))
    while not (await store.own_data.forget_some("T1", "U1")).done:
        pass
    assert texts(await claimed(store, "n", THREAD, [key(new)])) == ["a new beginning"]
    await store.finish("n", TurnState.DONE, "welcome back", "", ())
    assert texts(await store.history(THREAD)) == ["a new beginning", "welcome back"]


async def test_a_deletion_goes_on_in_the_next_process(store: Store, url: str, clock: Clock) -> None:
    for number in range(1000, 1250):
        await store.accept(message(number, f"word {number}", OTHER, wants_answer=False))
    await store.own_data.begin_forgetting("T1", "U1", "U9")
    step = await store.own_data.forget_some("T1", "U1")
    assert not step.done
    assert step.counts["messages"] == 100
    await store.close()
    again = await Store.open(url, store._writer._observer, clock)
    try:
        [left] = await again.own_data.being_forgotten()
        assert (left.person, left.by) == ("U1", "U9")
        while not (step := await again.own_data.forget_some("T1", "U1")).done:
            pass
        assert step.counts["messages"] == 250
        assert "word" not in await everything(again)
        assert await again.own_data.being_forgotten() == ()
    finally:
        await again.close()


async def test_an_export_holds_a_persons_words_and_nobody_elses(store: Store) -> None:
    await lived_in(store)
    found = await store.own_data.export("T1", "U1", "U1")
    told = str(found)
    for own in ("zanzibar", "lighthouses", "overheard", "ada-model", "ada finds it long", "'input': 100"):
        assert own in told, own
    assert "grace" not in told
    assert len(found["messages"]) == 2
    assert await store.own_data.teams("U1") == ("T1",)
    assert await store.own_data.teams("U5") == ()


async def test_exports_and_deletions_are_in_the_audit(store: Store) -> None:
    await lived_in(store)
    await store.own_data.export("T1", "U1", "U1")
    await store.own_data.begin_forgetting("T1", "U1", "administrator")
    while not (await store.own_data.forget_some("T1", "U1")).done:
        pass

    def read(connection: Any) -> list[tuple[str, str, str]]:
        return [(row.action, row.person, row.by) for row in connection.execute(select(metadata.tables["audit"]))]

    assert sorted(await store._readers.run(read)) == [("delete", "U1", "administrator"), ("export", "U1", "U1")]
