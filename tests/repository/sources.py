"""What belongs to the repository: its Python sources by room, and every file that is not ignored."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOUSE = ("main", "budgets", "config", "base_client", "connections", "thread_manager", "database")
ROOMS = ("slack_client", "message_processor", "openai_client", "store", "ops", "playground")
WORKSHOPS = ("tests", "benchmarks")


def kept_files() -> list[Path]:
    """Files that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    paths = (ROOT / line for line in listed.stdout.splitlines())
    return [path for path in paths if path.is_file()]


def modules(*names: str) -> Iterator[Path]:
    """The Python files of top-level modules and packages; names that do not exist are passed over."""
    for name in names:
        single = ROOT / f"{name}.py"
        yield from [single] if single.is_file() else sorted((ROOT / name).rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """The parsed file; callers only read it."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_modules(path: Path) -> set[str]:
    """First names of the modules that a file imports, the standard library's among them."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(str(node.module).partition(".")[0])
    return found
