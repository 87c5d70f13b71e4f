"""Dependencies: each has a user, each import is declared, and the locks can be installed anywhere."""

import importlib.metadata
import json
import re
import sys
from functools import cache

import pytest

from .sources import HOUSE, ROOMS, ROOT, WORKSHOPS, imported_modules, modules

LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-peers.txt")
PIN = re.compile(r"^([a-z0-9-]+)(\[[a-z,]+\])?==(\S+)", re.MULTILINE)
# Named for the extra it brings in or for its place beneath another one, not for an import of ours.
USED_WITHOUT_IMPORT = {"aiosqlite": "the driver that DATABASE_URL names"}


def declared(file: str) -> set[str]:
    """Direct dependencies of an .in file, without extras."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return {re.split(r"[\s\[#=<>]", line)[0] for line in lines if line and line[0] not in "#-"}


def pins(file: str) -> dict[str, str]:
    """Locked versions by distribution name."""
    return {name: version for name, _, version in PIN.findall((ROOT / file).read_text(encoding="utf-8"))}


@cache
def distributions() -> dict[str, set[str]]:
    """Import name to the normalised names of the distributions that provide it."""
    provided = importlib.metadata.packages_distributions()
    return {module: {re.sub(r"[-_.]+", "-", name).lower() for name in names} for module, names in provided.items()}


def imported(*rooms: str) -> set[str]:
    """Third-party modules (their first name) that the rooms import."""
    found = set().union(*(imported_modules(path) for path in modules(*rooms)))
    return found - {*HOUSE, *ROOMS, *WORKSHOPS, *sys.stdlib_module_names}


def undeclared(names: set[str], allowed: set[str]) -> set[str]:
    return {name for name in names if not distributions().get(name, {name}) & allowed}


def test_every_import_of_the_bot_is_a_declared_dependency() -> None:
    assert undeclared(imported(*HOUSE, *ROOMS), declared("requirements.in")) == set()


def test_every_import_of_tests_and_benchmarks_is_a_declared_dependency() -> None:
    allowed = declared("requirements.in") | declared("requirements-dev.in")
    assert undeclared(imported(*WORKSHOPS), allowed) == set()


def test_every_dependency_of_the_bot_has_a_user() -> None:
    used = set().union(*(distributions().get(name, set()) for name in imported(*HOUSE, *ROOMS)))
    assert declared("requirements.in") - used - set(USED_WITHOUT_IMPORT) == set()


@pytest.mark.parametrize("file", ["requirements.in", "requirements-dev.in", "requirements-peers.in"])
def test_every_dependency_says_why(file: str) -> None:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and line[0] not in "#-" and " # " not in line] == []


@pytest.mark.parametrize(("source", "lock"), [(lock.replace(".txt", ".in"), lock) for lock in LOCKS])
def test_the_lock_holds_every_direct_dependency(source: str, lock: str) -> None:
    assert declared(source) - set(pins(lock)) == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_source_of_its_own(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert re.search(r"://|--(index|extra|find|trusted)| @ |^-e", text, re.MULTILINE) is None
    requirements = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [entry for entry in requirements if "--hash=sha256:" not in entry] == []


def test_the_development_lock_contains_the_other_one() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


def test_the_npm_lock_names_no_address_and_holds_development_tools_only() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {path: entry for path, entry in lock["packages"].items() if path}
    assert [path for path, entry in packages.items() if "resolved" in entry] == []
    assert [path for path, entry in packages.items() if not (entry["dev"] and entry["integrity"])] == []
