"""What is released is written down: in the changelog, and for the test that goes back to it."""

import re
import subprocess

import pytest

from config import VERSION

from .releases import RELEASES
from .sources import ROOT


def test_the_changelog_names_every_release_and_this_one_the_newest_first() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", changelog, re.MULTILINE) == [
        VERSION,
        *reversed(RELEASES),
    ]


@pytest.mark.parametrize("version", RELEASES)
def test_a_tag_is_on_the_commit_of_its_release(version: str) -> None:
    words = ["git", "rev-parse", "--quiet", "--verify", f"v{version}^{{commit}}"]
    tagged = subprocess.run(words, check=False, cwd=ROOT, capture_output=True, text=True, timeout=60).stdout.strip()
    assert tagged in ("", RELEASES[version])
