"""The figures of files: which answers and stalls count, and a small run of the whole, without any threshold."""

import asyncio
import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pypdf import PdfReader

from benchmarks.files_load import Answer, Round, Stall
from benchmarks.files_report import FileFindings, Pair, tables
from benchmarks.files_types import Reading
from benchmarks.samples import lines, of_each_type, pdf
from benchmarks.watched import Heartbeat

ROOT = Path(__file__).resolve().parents[2]


def a_round(latency: float, documents: tuple[float, ...] = (), stalls: tuple[Stall, ...] = ()) -> Round:
    chats = (Answer(-3.0, 1.0), Answer(-0.5, latency), Answer(2.0, latency), Answer(9.0, 50.0))
    return Round(chats, documents, stalls, 100.0)


def test_only_what_meets_the_documents_counts() -> None:
    stalls = (Stall(-0.1, 0.9, 0.9), Stall(3.0, 0.040, 0.030), Stall(4.0, 0.035, 0.035), Stall(9.0, 0.8, 0.8))
    part = a_round(2.0, stalls=stalls).part(8.0)
    assert part.latencies == (2.0, 2.0)
    assert (part.longest_stall, part.longest_computed) == (40.0, 35.0)


def test_best_and_median_of_the_pairs_are_judged() -> None:
    pairs = tuple(
        Pair(a_round(2.0), a_round(2.0 * growth, (5.0, 8.0), (Stall(1.0, stall, 0.01),)))
        for growth, stall in ((1.1, 0.020), (1.3, 0.060), (1.4, 0.030))
    )
    reading = Reading("PDF", 70_000, 50, (1.0, 1.5, 2.0), 0.9, 60.4)
    chats, verdicts, types = tables(FileFindings(pairs, (reading,)))
    assert chats[2][:6] == ("", "beside documents", "2", "2.20", "2.20", "5.0 to 8.0")
    assert verdicts[1][1:] == ("1.10 (1.30)", "1.10 to 1.40", "1.20", "yes", "MISSED")
    assert verdicts[2][1:] == ("20 (30)", "20 to 60", "50", "yes", "yes")
    assert types[1] == ("PDF", "70", "50", "1.00 (1.50)", "0.90", "60")


async def test_the_heartbeat_notes_what_blocked_the_loop_and_whether_it_computed() -> None:
    heartbeat = Heartbeat()
    beating = asyncio.create_task(heartbeat.beat())
    await asyncio.sleep(0.02)
    time.sleep(0.06)  # noqa: ASYNC251  the stall that is to be noted
    await asyncio.sleep(0.02)
    beating.cancel()
    longest = max(heartbeat.stalls, key=lambda stall: stall[1])
    assert longest[1] >= 0.05
    assert longest[2] < 0.05


def test_the_pages_of_a_sample_can_be_read_and_say_which_they_are() -> None:
    pages = PdfReader(io.BytesIO(pdf(3, first=7))).pages
    texts = [page.extract_text().splitlines() for page in pages]
    assert [text[0] for text in texts] == [f"Page {number} of the report" for number in (7, 8, 9)]
    assert texts == [lines(number) for number in (7, 8, 9)]


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_quick_run_reads_every_type_and_prints_its_tables(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.files", "--quick", "--output", str(tmp_path)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    chats, _, types = (tmp_path / "files.md").read_text(encoding="utf-8").strip().split("\n\n")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in types.splitlines()[2:]]
    assert [row[0] for row in rows] == list(of_each_type())
    assert all(float(row[3].split()[0]) > 0 and float(row[5]) > 0 for row in rows)
    assert rows[0][2] == "50"
    assert "| beside documents |" in chats
