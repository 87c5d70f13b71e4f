"""What the bot says in its own name, in the languages it knows. The strings stand in `languages/`, a file for each."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

DEFAULT = "en"
_FOLDER = Path(__file__).parent / "languages"


class Wording:
    """The strings of one language. Called with a key and values: the string, with the values in its {places}."""

    def __init__(self, language: str, strings: Mapping[str, str]) -> None:
        self.language = language
        self.strings = strings

    def __call__(self, key: str, **values: str | int) -> str:
        return self.strings[key].format(**values) if values else self.strings[key]

    def counted(self, key: str, count: int, **values: str | int) -> str:
        """The string for a number of things: `key.one` or `key.many`, with {count} in it."""
        return self(f"{key}.{'one' if count == 1 else 'many'}", count=count, **values)

    def option(self, setting: str, value: str) -> str:
        """How people read a setting's value: in words where it has some, else as it is."""
        return self.strings.get(f"settings.{setting}.options.{value}", value)


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)


def _read(file: Path) -> Wording:
    return Wording(file.stem, dict(_flat(tomllib.loads(file.read_text(encoding="utf-8")))))


WORDINGS = {file.stem: _read(file) for file in sorted(_FOLDER.glob("*.toml"))}
"""By language ("de"). Read once, with the program."""
ENGLISH = WORDINGS[DEFAULT]


def wording_of(locale: str) -> Wording:
    """The wording for a platform's locale ("de-DE"); English where the language is unknown."""
    return WORDINGS.get(locale.replace("_", "-").partition("-")[0].lower(), ENGLISH)
