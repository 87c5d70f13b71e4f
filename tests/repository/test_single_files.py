"""What the house's single files may import: import-linter reads packages only, so these are held here."""

import pytest

from .sources import HOUSE, ROOMS, ROOT, imported_modules, modules

ALLOWED = {
    "main": {*HOUSE, *ROOMS} - {"main", "store", "playground"},
    "database": {"base_client", "config", "budgets", "store"},
    "thread_manager": {"base_client", "config"},
    "connections": {"base_client"},
    "base_client": {"config"},
    "config": {"budgets"},
    "budgets": set(),
}
SDKS = {"slack_sdk", "slack_bolt", "openai"}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_single_file_knows_only_what_lies_below_it(name: str) -> None:
    imported = imported_modules(ROOT / f"{name}.py")
    assert imported & {*HOUSE, *ROOMS} <= ALLOWED[name]
    assert imported & SDKS == set()


def test_every_single_file_is_held() -> None:
    assert {path.stem for path in ROOT.glob("*.py")} == set(ALLOWED) == set(HOUSE)


def test_nothing_imports_the_composition_root() -> None:
    assert [str(path) for path in modules(*HOUSE, *ROOMS) if "main" in imported_modules(path)] == []
