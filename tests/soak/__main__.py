"""`make soak`: a soak from the command line; exit code 1 and the seed where something is wrong."""

import argparse
import asyncio
import secrets
import sys
import tempfile
from pathlib import Path

from tests.soak.plan import Size
from tests.soak.soak import soak


def _say(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="People write while everything fails.")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--messages", type=int, default=Size().messages)
    parser.add_argument("--threads", type=int, default=Size().threads)
    parser.add_argument("--mode", choices=("async", "threaded"), default="async")
    parser.add_argument("--folder", type=Path, default=None, help="where logs and database are kept")
    given = parser.parse_args()
    seed = secrets.randbelow(1_000_000) if given.seed is None else given.seed
    folder = given.folder or Path(tempfile.mkdtemp(prefix="threadwell-soak-"))
    folder.mkdir(parents=True, exist_ok=True)
    size = Size(given.messages, given.threads)
    _say(f"seed {seed}, {size}; logs in {folder}")
    problems = asyncio.run(soak(seed, size, given.mode, folder, _say))
    for problem in problems:
        _say(f"  {problem}")
    again = f"make soak SEED={seed} MESSAGES={size.messages} THREADS={size.threads} MODE={given.mode}"
    _say(f"{len(problems)} problems; again with: {again}" if problems else "nothing lost, nothing doubled")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
