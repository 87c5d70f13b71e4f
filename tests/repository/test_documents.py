"""What the documents promise exists, and nothing of one machine has slipped into the repository."""

import re
from pathlib import Path

import pytest

from config import Settings

from .sources import HOUSE, ROOMS, ROOT, kept_files, modules

README = ROOT / "README.md"
PAGES = [README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
# Put together here, so that this file does not contain what it looks for.
NOT_FOR_THE_REPOSITORY = re.compile(
    "|".join(["/ro" + "ot/", "/ho" + r"me/\w", "/wo" + "rk/", "/tm" + r"p/\w", "fi" + "le://"])
    + r"|registry\.npm|pypi\.org|files\.python"
)


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_commands_of_the_documents_exist(page: Path) -> None:
    mentioned = set(re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert mentioned - targets() == set()


def test_the_readme_names_the_two_commands() -> None:
    assert re.findall(r"^make (playground|test)$", README.read_text(encoding="utf-8"), re.MULTILINE) == [
        "playground",
        "test",
    ]


def test_every_make_target_says_what_it_is_for() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert targets() == set(re.findall(r"^([a-z-]+):.*## \w", makefile, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    local = [link for link in links if not link.startswith(("http://", "https://", "mailto:"))]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_the_example_of_env_holds_settings_only_and_no_values_for_secrets() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assignments = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", line)[0] for line in lines if re.match(r"#?[A-Z_]+=", line))
    assert set(assignments) <= set(Settings.model_fields)
    required = {name for name, field in Settings.model_fields.items() if field.is_required()}
    assert {name: assignments[name] for name in required} == dict.fromkeys(required, "")


def test_loggers_of_the_house_carry_its_name() -> None:
    strange = re.compile(r"^\w+ = logging\.getLogger\((?!\"threadwell\b).*$", re.MULTILINE)
    # The playground is a process of its own.
    paths = modules(*HOUSE, *(room for room in ROOMS if room != "playground"))
    found = {str(path.relative_to(ROOT)): strange.findall(path.read_text(encoding="utf-8")) for path in paths}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in kept_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures and fonts
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in NOT_FOR_THE_REPOSITORY.finditer(text)]
    assert found == []
