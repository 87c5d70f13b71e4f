"""`main.py usage` as an operator gives it: beside the bot, and with a wrong command line or file."""

from pathlib import Path

import pytest

from database import Store
from ops.figures import Figures
from playground.server import Playground
from tests.wire.conftest import MODES
from tests.wire.harness import ADA, GRACE, environment
from tests.wire.model_side import own_house, recorded
from tests.wire.processes import Ended, command

pytestmark = pytest.mark.asyncio(loop_scope="function")


async def usage(playground: Playground, folder: Path, *words: str, **settings: str) -> Ended:
    """`main.py usage` in a folder, beside the bot that works there."""
    return await command(environment(playground, folder, "async", settings, {}), folder, "usage", *words)


def names(folder: Path) -> set[str]:
    """What lies in the folder, but for what SQLite keeps beside a file that is read."""
    return {path.name for path in folder.iterdir()} - {"bot.db-wal", "bot.db-shm"}


@pytest.mark.parametrize("mode", MODES)
async def test_accounts_are_given_beside_the_bot(folder: Path, mode: str) -> None:
    async with own_house(folder, mode) as house:
        for user in (ADA, ADA, GRACE):
            ts = house.mention("echo: hello", user)
            await recorded(house, ts)
        code, out, err = await usage(house.playground, folder)
        assert (code, err) == (0, "")
        table = {line.split()[0]: line.split()[1:] for line in out.splitlines()}
        assert (table[ADA][0], table[GRACE][0], table["together"][0]) == ("2", "1", "3")
        assert await house.ask("echo: undisturbed") == "undisturbed"
        code, out, _ = await usage(house.playground, folder, "--by", "model", "--csv", "usage.csv")
        assert (code, out) == (0, "written to usage.csv\n")
        assert "gpt-6.2-sol" in (folder / "usage.csv").read_text(encoding="utf-8")
        code, out, _ = await usage(house.playground, folder, "--month", "2024-01")
        assert (code, out) == (0, "nothing was used in 2024-01\n")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--month", "2026-13"), "--month is no month"),
        (("--month", "11/2026"), "--month is no month"),
        (("--by", "colour"), "argument --by: invalid choice: 'colour'"),
        (("--csv", "there.csv"), "there.csv exists already"),
        (("--csv", "nowhere/new.csv"), "nowhere/new.csv: No such file or directory"),
        (("--csv", "x" * 300), "File name too long"),
        (("--year", "2026"), "unrecognized arguments: --year 2026"),
    ],
)
async def test_a_wrong_command_line_is_one_line_and_changes_nothing(
    folder: Path, words: tuple[str, ...], line: str
) -> None:
    (folder / "there.csv").write_text("mine", encoding="utf-8")
    async with Playground() as playground:
        await (await Store.open(f"sqlite+aiosqlite:///{folder}/bot.db", Figures())).close()
        before = names(folder)
        code, out, err = await usage(playground, folder, *words)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert line in err
    assert names(folder) == before
    assert (folder / "there.csv").read_text(encoding="utf-8") == "mine"


async def test_a_file_name_that_no_disk_takes(folder: Path) -> None:
    async with Playground() as playground:
        code, out, err = await usage(playground, folder, DATABASE_URL=f"sqlite+aiosqlite:///{folder}/{'x' * 300}")
    assert (code, out) == (78, "")
    assert err.startswith("threadwell: ")
    assert "File name too long" in err


@pytest.mark.parametrize("content", [None, b"no database", b""])
async def test_a_file_that_is_no_database(folder: Path, content: bytes | None) -> None:
    if content is not None:
        (folder / "bot.db").write_bytes(content)
    async with Playground() as playground:
        code, out, err = await usage(playground, folder)
    assert (code in {1, 78}, out, len(err.splitlines())) == (True, "", 1), err
    assert err.startswith(f"threadwell: {folder}/bot.db")
