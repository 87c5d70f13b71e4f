"""The commands of the operators' page, run as they stand there, one block after the other."""

import json
import re

import pytest

from tests.pm2.deployment import Deployment
from tests.wire.harness import ADA
from tests.wire.processes import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

BLOCK = re.compile(r"^```sh test\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[str]:
    return BLOCK.findall((ROOT / "docs" / "operations.md").read_text(encoding="utf-8"))


async def test_the_operators_page(deployment: Deployment) -> None:
    (deployment.folder / "data").mkdir()
    deployment.edit(DATABASE_URL="sqlite+aiosqlite:///data/threadwell.db")
    answered = 0
    for number, block in enumerate(blocks()):
        said = await deployment.pm2.shell(block, deployment.folder)
        assert "threadwell:" not in said, said
        if (await deployment.pm2.app()).status == "online":
            assert await deployment.house.ask(f"echo: after block {number}", seconds=60) == f"after block {number}"
            answered += 1
    assert answered == len(blocks())
    assert deployment.modes[:4] == ["async", "async", "threaded", "async"]
    exported = json.loads((deployment.folder / "ada.json").read_text(encoding="utf-8"))
    assert ADA in json.dumps(exported)


def test_every_block_of_commands_is_run() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert len(blocks()) == len(re.findall("^```sh", page, re.MULTILINE)) > 8
