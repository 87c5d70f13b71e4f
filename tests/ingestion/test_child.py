"""The child process: what it may do, what it costs the parent, and that none is left behind."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest
from blockbuster import blockbuster_ctx

from database import Page
from message_processor.ingestion.child import FileUnreadable, Found, Reader, ReaderClosed, ReadingLimits
from tests.ingestion import samples
from tests.ingestion.reading import Notes, children_of, own_children, reader, refusal

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0


@cache
def long_pdf(pages: int) -> bytes:
    """Full pages."""
    lines = "\n".join(f"line {number} with some ordinary words in it" for number in range(45))
    return samples.pdf([f"page {number}\n{lines}" for number in range(1, pages + 1)])


@pytest.fixture
def long_file(tmp_path: Path) -> Path:
    """Takes its child a good while."""
    path = tmp_path / "long"
    path.write_bytes(long_pdf(150))
    return path


class Frozen(Notes):
    """Stops the child as soon as it has spoken: from there on it does nothing by itself any more."""

    def __init__(self) -> None:
        super().__init__()
        self.stopped = asyncio.Event()

    async def on_found(self, found: Found) -> None:
        for child in own_children():
            os.kill(child, signal.SIGSTOP)
        self.stopped.set()


class Signalled(Notes):
    """Sends the child a signal as soon as it has spoken."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._signal = number

    async def on_found(self, found: Found) -> None:
        for child in own_children():
            os.kill(child, self._signal)


async def until(condition: Callable[[], object]) -> None:
    """Wait, with patience."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


def is_running(pid: int) -> bool:
    """Whether there is such a process that is not dead already."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def reading(made: Reader, path: Path, notes: Notes) -> asyncio.Task[Found]:
    """A task of its own that reads."""
    return asyncio.create_task(made.read(path, "long.pdf", on_found=notes.on_found, on_pages=notes.on_pages))


async def test_no_child_is_left_when_all_is_read(long_file: Path) -> None:
    async with reader() as made:
        notes = Notes()
        await reading(made, long_file, notes)
        assert len(notes.pages) == 150
        assert own_children() == []


async def test_no_child_is_left_when_the_reading_is_cancelled(long_file: Path) -> None:
    async with reader() as made:
        notes = Frozen()
        task = reading(made, long_file, notes)
        await notes.stopped.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert own_children() == []


async def test_no_child_is_left_when_it_is_cancelled_while_it_starts(long_file: Path) -> None:
    async with reader() as made:
        for turns in range(12):
            task = reading(made, long_file, Notes())
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        await until(lambda: own_children() == [])


async def test_no_child_is_left_when_its_pages_cannot_be_kept(long_file: Path) -> None:
    class Full(Frozen):
        async def on_found(self, found: Found) -> None:
            await super().on_found(found)
            raise OSError("no space")

    async with reader() as made:
        with pytest.raises(OSError, match="no space"):
            await reading(made, long_file, Full())
        assert own_children() == []


async def test_closing_ends_the_children_and_says_nothing_about_their_files(long_file: Path) -> None:
    async with reader() as made:
        notes = Frozen()
        task = reading(made, long_file, notes)
        await notes.stopped.wait()
        await made.close()
        with pytest.raises(ReaderClosed):
            await task
        assert own_children() == []
        with pytest.raises(ReaderClosed):
            await reading(made, long_file, Notes())


async def test_a_child_that_says_nothing_more_is_ended_at_its_deadline(long_file: Path) -> None:
    async with reader(ReadingLimits(seconds=2.0)) as made:
        with pytest.raises(FileUnreadable) as refused:
            await reading(made, long_file, Frozen())
        assert refused.value.code == "too_slow"
        assert own_children() == []


async def test_time_spent_on_keeping_pages_is_not_the_childs(tmp_path: Path) -> None:
    class Slow(Notes):
        async def on_pages(self, pages: Sequence[Page]) -> None:
            await asyncio.sleep(1.0)
            await super().on_pages(pages)

    path = tmp_path / "bytes"
    path.write_bytes(samples.pdf(["text"] * 200))
    notes = Slow()
    async with reader(ReadingLimits(seconds=3.5)) as made:
        await reading(made, path, notes)
    assert len(notes.pages) == 200


async def test_a_file_that_takes_too_much_cpu_is_too_slow(tmp_path: Path) -> None:
    assert await refusal(tmp_path, long_pdf(1_000), limits=ReadingLimits(cpu_seconds=1)) == "too_slow"


async def test_a_file_that_takes_too_much_memory_is_too_complex(tmp_path: Path) -> None:
    chapters = samples.docx(["word"] * 200_000)
    # Where memory ends inside a parser written in C, the child can die of it before it says why.
    assert await refusal(tmp_path, chapters, limits=ReadingLimits(memory=120 << 20)) in {"too_complex", "crashed"}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
async def test_a_child_that_dies_is_a_file_that_crashed(long_file: Path, number: int) -> None:
    async with reader() as made:
        with pytest.raises(FileUnreadable) as refused:
            await reading(made, long_file, Signalled(number))
        assert refused.value.code == "crashed"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_that_stops_the_bot_does_not_stop_the_reading(long_file: Path, number: int) -> None:
    async with reader() as made:
        notes = Signalled(number)
        await reading(made, long_file, notes)
        assert len(notes.pages) == 150


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_stop_signal_in_the_childs_first_moment_is_no_fault_of_the_file(long_file: Path, number: int) -> None:
    async with reader() as made:
        notes = Notes()
        task = reading(made, long_file, notes)
        await until(own_children)
        os.kill(own_children()[0], number)
        await task
        assert len(notes.pages) == 150


async def test_no_more_files_are_read_at_once_than_allowed(long_file: Path) -> None:
    begun = 0

    class Held(Notes):
        async def on_found(self, found: Found) -> None:
            nonlocal begun
            begun += 1
            await asyncio.Event().wait()

    async with reader(at_once=2) as made:
        tasks = [reading(made, long_file, Held()) for _ in range(4)]
        await until(lambda: begun == 2)
        await asyncio.sleep(0.5)
        assert begun == 2
        assert len(own_children()) <= 2
        tasks[0].cancel()
        await until(lambda: begun == 3)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        assert own_children() == []


async def test_the_loop_goes_on_while_a_long_file_is_read(long_file: Path) -> None:
    long_file.write_bytes(long_pdf(500))  # noqa: ASYNC240 a test may block for a moment
    loop = asyncio.get_running_loop()
    longest = 0.0

    async def heart() -> None:
        nonlocal longest
        before = loop.time()
        while True:
            await asyncio.sleep(0.005)
            longest, before = max(longest, loop.time() - before), loop.time()

    beating = asyncio.create_task(heart())
    began = loop.time()
    async with reader() as made:
        await reading(made, long_file, Notes())
    beating.cancel()
    assert longest < (loop.time() - began) / 5


async def test_nothing_about_a_child_blocks_the_loop(long_file: Path) -> None:
    async with reader() as made:
        with blockbuster_ctx():
            found = await reading(made, long_file, Notes())
    assert found.parts == 150


async def test_it_reads_from_any_folder(long_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A module of the same name as one the child needs must not be found there.
    (tmp_path / "message_processor.py").write_text("raise SystemExit")
    (tmp_path / "pypdf.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    async with reader() as made:
        assert (await reading(made, Path("long"), Notes())).parts == 150


async def test_the_child_knows_no_secrets_and_works_behind_the_chats(
    long_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    async with reader() as made:
        notes = Frozen()
        task = reading(made, long_file, notes)
        await notes.stopped.wait()
        process = Path(f"/proc/{own_children()[0]}")
        names = {line.partition(b"=")[0] for line in (process / "environ").read_bytes().split(b"\0") if line}
        command = (process / "cmdline").read_bytes()
        niceness = int((process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[16])
        task.cancel()
        await asyncio.wait([task])
    assert names == {b"PATH", b"PYTHONPATH", b"LANG"}
    assert b"long.pdf" not in command  # names are people's words
    assert niceness >= 10


async def test_no_child_outlives_a_parent_that_is_killed(long_file: Path) -> None:
    program = """
import asyncio, sys
from pathlib import Path
from message_processor.ingestion.child import Reader
async def on_found(found):
    print("found", flush=True)
    await asyncio.sleep(600)
asyncio.run(Reader().read(Path(sys.argv[1]), "", on_found=on_found, on_pages=None))
"""
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, str(long_file)), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    async with asyncio.timeout(PATIENCE):
        assert await parent.stdout.readline() == b"found\n"
    (child,) = children_of(parent.pid)
    os.kill(child, signal.SIGSTOP)  # it could not end by itself
    parent.kill()
    await parent.communicate()
    await until(lambda: not is_running(child))
