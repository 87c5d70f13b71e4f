"""Starts and stops the servers, each on a free port of this machine with an environment of its own."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# aimock's command for a server by flags is called llmock too; the other llmock has an environment of its own.
NODE_PROGRAMS = ROOT / "node_modules" / ".bin"
AIMOCK = NODE_PROGRAMS / "llmock"
LLMOCK = ROOT / "build" / "peers" / "bin" / "llmock"
_START_SECONDS = 30.0


def installed(program: Path, how: str) -> Path:
    """The program. Where it is missing the test is skipped, but fails in CI: there nobody would read the reason."""
    if program.exists() and (program.parent != NODE_PROGRAMS or shutil.which("node")):
        return program
    reason = f"{program.relative_to(ROOT)} is not installed: {how}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(command: Sequence[str], port: int, log: Path) -> Iterator[str]:
    """The server while it runs; its base address for the SDK."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, cwd=log.parent, env={"PATH": os.environ["PATH"]}
        )
    try:
        _until_listening(process, port, log)
        yield f"http://127.0.0.1:{port}/v1/"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until_listening(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the server does not listen:\n{log.read_text()[-3000:]}") from None
            time.sleep(0.05)
        else:
            return
