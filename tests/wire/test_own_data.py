"""People's own data: exported and deleted by themselves and by administrators, also while they are being answered."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from playground.server import Playground
from playground.slack.files import File
from playground.slack.wire import JsonObject
from tests.ingestion.samples import png
from tests.wire.database_side import file_of, rows
from tests.wire.desk import Desk, somebody, words
from tests.wire.harness import ADA, GENERAL, GRACE, House, environment, launch, running_bot
from tests.wire.model_side import Calls, deliveries, everything_taken_in, model_works, own_house, recorded, until
from tests.wire.processes import command

pytestmark = pytest.mark.asyncio(loop_scope="session")


def kept_of(desk: Desk) -> str:
    """Everything with words in it, as text."""
    queries = (
        "SELECT author, text FROM messages",
        "SELECT author, text FROM turns",
        "SELECT place, value, changed_by FROM preferences",
        "SELECT name, value FROM facts",
    )
    return str([rows(desk.house, query) for query in queries])


def sent_to(desk: Desk) -> list[File]:
    """Files in the direct conversation of the bot with this person."""
    workspace = desk.playground.workspace
    direct = workspace.direct(desk.user).id
    return [file for file in workspace.filing.known.values() if any(place == direct for place, _ in file.places)]


async def answered(desk: Desk, text: str) -> str:
    ts = desk.house.mention(text, desk.user)
    await desk.house.settled(ts)
    await recorded(desk.house, ts)
    return ts


async def deleted(desk: Desk) -> str:
    """Press the button, and read what was deleted; the question before it is the client's."""
    desk.click(await desk.open(), "delete_own_data")
    shown = await desk.until("own_data")
    return words(shown)


def payloads(house: House, monkeypatch: pytest.MonkeyPatch) -> list[JsonObject]:
    """What the workspace sends from now on."""
    sockets, sent = house.playground.sockets, list[JsonObject]()
    send = sockets._send

    def noted(parcel: Any) -> None:
        sent.append(parcel.payload)
        send(parcel)

    monkeypatch.setattr(sockets, "_send", noted)
    return sent


async def test_a_person_exports_and_deletes_and_nobody_else_is_touched(
    folder: Path, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with own_house(folder, mode) as house:
        sent = payloads(house, monkeypatch)
        ada, grace = Desk(house, somebody(house.playground)), Desk(house, somebody(house.playground))
        ts = await answered(ada, "echo: a word about lighthouses")
        await answered(grace, "echo: a word about harbours")
        await ada.save(await ada.open(), verbosity="low")

        ada.click(await ada.open(), "export_own_data")
        assert "sent to you as a file" in words(await ada.until("own_data"))
        [file] = sent_to(ada)
        assert file.data is not None
        found = json.loads(file.data)
        assert "lighthouses" in str(found["messages"])
        assert "lighthouses" in str(found["turns"])
        assert "low" in str(found["settings"])
        assert b"harbours" not in file.data
        assert not sent_to(grace)
        ada.close(await ada.until("own_data"))
        ada.close(await ada.until("settings"))

        used = rows(house, "SELECT SUM(input), SUM(output) FROM usage")
        form = await ada.open()
        assert "I will delete all" in words(form), "the client asks before the button acts"
        ada.click(form, "delete_own_data")
        assert "Deleted: 1 messages, 1 answers, 0 files, 1 settings" in words(await ada.until("own_data"))
        left = kept_of(ada)
        assert "lighthouses" not in left
        assert ada.user not in left
        assert "harbours" in left
        assert rows(house, "SELECT SUM(input), SUM(output) FROM usage") == used
        audit = rows(house, "SELECT action, person FROM audit ORDER BY at")
        assert audit == [("export", ada.user), ("delete", ada.user)]

        calls = Calls(house)
        before = len(deliveries(house, ts))
        late = [payload for payload in sent if ts in str(payload.get("event"))]
        assert late
        for payload in late:
            house.playground.sockets.deliver(payload)
        await until(lambda: len(deliveries(house, ts)) > before)
        await everything_taken_in(house)
        await house.ask("echo: still alive")
        assert calls.texts() == ["echo: still alive"], "what comes late is not answered again"
        assert len(house.answers(ts)) == 1


async def test_a_deletion_stops_what_runs_and_nothing_of_it_is_kept(folder: Path, mode: str) -> None:
    async with own_house(folder, mode) as house:
        desk = Desk(house, somebody(house.playground))
        house.playground.model.knobs.set(first_token_seconds=20)
        ts = house.mention("echo: a word about lighthouses", desk.user)
        await model_works(house)
        house.say("echo: a second word about lighthouses", desk.user, GENERAL, ts)
        await everything_taken_in(house)
        assert "Deleted: 2 messages" in await deleted(desk)
        await recorded(house, ts)
        house.playground.model.knobs.reset()
        assert "lighthouses" not in kept_of(desk)
        assert desk.user not in kept_of(desk)
        assert rows(house, "SELECT COUNT(*) FROM inbox WHERE state IN ('accepted', 'working')") == [(0,)]
        desk.close(await desk.until("own_data"))
        await answered(desk, "echo: a new beginning")
        assert "a new beginning" in kept_of(desk)


async def test_from_the_home_tab_and_files_leave_the_disk_too(folder: Path, mode: str) -> None:
    async with own_house(folder, mode) as house:
        desk = Desk(house, somebody(house.playground))
        ts = house.attach("what is on it?", [("shot.png", png(64, 48, "red"))], desk.user)
        await house.settled(ts)
        await recorded(house, ts)
        kept = file_of(house).parent / "files"
        assert [path for path in kept.rglob("*") if path.is_file()]
        workspace = house.playground.workspace
        workspace.open_home(desk.user)
        home = await workspace.wait_for(lambda: workspace.home_of(desk.user))
        desk.click(home, "export_own_data")
        assert "sent to you as a file" in words(await desk.until("own_data"))
        [file] = sent_to(desk)
        assert b"what is on it?" in (file.data or b"")
        desk.close(await desk.until("own_data"))
        desk.click(home, "delete_own_data")
        assert "Deleted: 1 messages, 1 answers, 1 files" in words(await desk.until("own_data"))
        assert [path for path in kept.rglob("*") if path.is_file()] == []
        assert desk.user not in kept_of(desk)
        await workspace.wait_for(lambda: (tab := workspace.home_of(desk.user)) and "None yet." in words(tab), 10)


@pytest.mark.slow
async def test_a_killed_deletion_is_brought_to_its_end_by_the_next_process(folder: Path, mode: str) -> None:
    async with Playground() as playground:
        bot = await launch(environment(playground, folder, mode, {}, {}), folder)
        await bot.until_logged("started", 30.0)
        house = House(playground, bot, mode)
        desk = Desk(house, somebody(playground))
        await answered(desk, "echo: a word about lighthouses")
        overheard(house, desk.user, 20_000)
        desk.click(await desk.open(), "delete_own_data")
        await until(lambda: 0 < words_left(house, desk.user) < 19_000)
        await bot.kill()
        assert words_left(house, desk.user) > 0, "it was in the middle"
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            await until(lambda: rows(house, "SELECT done FROM forgotten") == [(1,)], 40.0)
            assert words_left(house, desk.user) == 0
            assert rows(house, "SELECT action, person FROM audit") == [("delete", desk.user)]
            assert "lighthouses" not in kept_of(Desk(house, desk.user))


def overheard(house: House, person: str, count: int) -> None:
    """Messages of a person, as if they had been overheard long ago."""
    with closing(sqlite3.connect(file_of(house))) as connection:
        ((team,),) = connection.execute("SELECT DISTINCT team FROM messages").fetchall()
        connection.executemany(
            "INSERT INTO messages VALUES (?, 'C0OLD00001', ?, '1.0', ?, 0, 'old words', NULL, ?, 0, NULL)",
            ((team, ts, person, ts) for ts in (f"1600000000.{number:06}" for number in range(count))),
        )
        connection.commit()


def words_left(house: House, person: str) -> int:
    """How many messages bear the person's name."""
    ((count,),) = rows(house, "SELECT count(*) FROM messages WHERE author = ?", person)
    assert isinstance(count, int)
    return count


async def test_administrators_export_and_delete_with_the_bot_running_and_stopped(folder: Path) -> None:
    async with own_house(folder, "async") as house:
        given = environment(house.playground, folder, "async", {}, {})
        for person, text in ((ADA, "echo: ada writes"), (GRACE, "echo: grace writes")):
            ts = house.mention(text, person)
            await house.settled(ts)
            await recorded(house, ts)
        code, out, err = await command(given, folder, "users", "export", ADA)
        assert code == 0, err
        assert "ada writes" in str(json.loads(out))
        assert "grace writes" not in out
        code, _, err = await command(given, folder, "users", "delete", ADA)
        assert code == 2
        assert "1 messages" in err
        assert rows(house, "SELECT COUNT(*) FROM messages WHERE author = ?", ADA) == [(1,)]
        code, out, err = await command(given, folder, "users", "delete", ADA, "--yes")
        assert code == 0, err
        assert "1 messages" in out
        assert rows(house, "SELECT COUNT(*) FROM messages WHERE author = ?", ADA) == [(0,)]
        await house.bot.stop()

        code, _, err = await command(given, folder, "users", "export", GRACE, "--to", str(folder / "grace.json"))
        assert code == 0, err
        assert "grace writes" in (folder / "grace.json").read_text(encoding="utf-8")
        for wrong in (["export", GRACE, "--to", str(folder / "grace.json")], ["delete", "grace"], ["export", ADA]):
            code, _, err = await command(given, folder, "users", *wrong)
            assert code == 2
            assert len([line for line in err.splitlines() if line.startswith("threadwell:")]) == 1
        code, _, err = await command(given, folder, "users", "delete", GRACE, "--yes")
        assert code == 0, err
        assert rows(house, "SELECT COUNT(*) FROM messages WHERE text LIKE '%grace%'") == [(0,)]
