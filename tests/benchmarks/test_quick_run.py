"""A small run of the whole benchmark, without any threshold: other tests share the machine."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_quick_run_prints_its_tables_and_draws_the_plot(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--output", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    tables = run.stdout.split("\n\n")
    assert [table.split()[0] for table in tables[:2]] == ["mode", "threads"]
    assert "CPU per answer, no history" in tables[2]
    rows = [line.split() for line in tables[0].splitlines()[1:]]
    assert {(row[0], row[1]) for row in rows} == {(mode, level) for mode in ("async", "threaded") for level in "24"}
    assert all(float(row[2]) > 0 for row in rows)
    assert (tmp_path / "benchmarks.md").read_text(encoding="utf-8").startswith("| mode |")
    assert (tmp_path / "benchmarks.png").read_bytes().startswith(b"\x89PNG")
