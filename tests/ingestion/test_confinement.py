"""The walls around the child, tried by a process that stands behind them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("deed", "outcome"),
    [
        ("open(sys.argv[2], 'ab').write(b'x' * 99999)", "OSError"),
        ("bytearray(2 << 30)", "MemoryError"),
        ("sys.stdout.write('')", "done"),
    ],
)
def test_behind_its_walls_a_process_can_neither_write_nor_take_memory(tmp_path: Path, deed: str, outcome: str) -> None:
    path = tmp_path / "kept"
    path.write_bytes(b"as it was")
    program = f"""
import os, sys
from message_processor.ingestion.reading.confinement import confine
confine(os.getppid(), 1 << 30, 5)
try:
    {deed}
    print("done")
except (OSError, MemoryError) as error:
    print(type(error).__name__)
"""
    assert output_of(program, "-", str(path)) == outcome
    assert path.read_bytes() == b"as it was"


def test_the_list_of_reasons_is_known_without_any_parser() -> None:
    program = """
import sys
import message_processor.ingestion.reading.unreadable
print([name for name in ("pypdf", "openpyxl", "PIL", "zipfile") if name in sys.modules])
"""
    assert output_of(program) == "[]"


def output_of(program: str, *arguments: str) -> str:
    """What a program prints that imports the house's modules."""
    command = [sys.executable, "-c", program, *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=True)
    return run.stdout.strip()
