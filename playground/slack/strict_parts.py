"""Reading JSON strictly: everything that is wrong is noted, in Slack's words and with its place."""

from collections.abc import Iterator, Sequence

from playground.slack.wire import Json, JsonObject


class StrictPart:
    """An object, where it is (a JSON pointer), and the list to which everything wrong with it is added."""

    def __init__(self, given: JsonObject, place: str, wrong: list[str]) -> None:
        self.given = given
        self.place = place
        self.wrong = wrong

    def note(self, said: str, name: str = "") -> None:
        """Note what is wrong with the object, or with one of its fields."""
        place = f"{self.place}/{name}" if name else self.place
        self.wrong.append(f"[ERROR] {said} [json-pointer:{place}]")

    def only(self, *names: str) -> None:
        """Refuse other fields than these; `type`, `block_id` and `action_id` are checked elsewhere."""
        for name in self.given:
            if name not in {"type", "block_id", "action_id", *names}:
                self.note(f"invalid additional property: {name}")

    def required(self, name: str) -> bool:
        """Whether a field is there; notes it if not."""
        if self.given.get(name) is None:
            self.note(f"missing required field: {name}")
            return False
        return True

    def word(self, name: str, longest: int, *, shortest: int = 1, required: bool = False) -> str:
        """A text with so many characters; empty where there is none or it is no text."""
        value = self.given.get(name)
        if value is None and required:
            self.required(name)
        elif value is not None and not isinstance(value, str):
            self.note("must provide a string", name)
        if not isinstance(value, str):
            return ""
        if len(value) > longest:
            self.note(f"must be less than {longest + 1} characters", name)
        elif len(value) < shortest:
            self.note(f"must be more than {shortest - 1} characters", name)
        return value

    def flag(self, name: str, *, required: bool = False) -> None:
        """True or false."""
        value = self.given.get(name)
        if value is None:
            if required:
                self.required(name)
        elif not isinstance(value, bool):
            self.note("must provide a boolean", name)

    def number(self, name: str, least: int, most: int) -> int | None:
        """A whole number within limits."""
        value = self.given.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self.note("must provide an integer", name)
            return None
        if not least <= value <= most:
            self.note(f"must be between {least} and {most}", name)
        return value

    def one_of(self, name: str, values: Sequence[str]) -> None:
        """One of some texts, or nothing."""
        value = self.given.get(name)
        if value is not None and value not in values:
            self.note(f"must be a valid enum value: {', '.join(values)}", name)

    def part(self, name: str, *, required: bool = False) -> "StrictPart | None":
        """An object inside."""
        value = self.given.get(name)
        if value is None:
            if required:
                self.required(name)
            return None
        if not isinstance(value, dict):
            self.note("must provide an object", name)
            return None
        return StrictPart(value, f"{self.place}/{name}", self.wrong)

    def parts(self, name: str, most: int, *, least: int = 1, required: bool = True) -> "Iterator[StrictPart]":
        """The objects of a list with so many items."""
        value = self.given.get(name)
        if value is None:
            if required:
                self.required(name)
            return iter(())
        if not isinstance(value, list):
            self.note("must provide an array", name)
            return iter(())
        if len(value) > most:
            self.note(f"no more than {most} items allowed", name)
        elif len(value) < least:
            self.note(f"no fewer than {least} items allowed", name)
        return iter(self._items(name, value))

    def _items(self, name: str, value: list[Json]) -> "list[StrictPart]":
        found = []
        for number, item in enumerate(value):
            if isinstance(item, dict):
                found.append(StrictPart(item, f"{self.place}/{name}/{number}", self.wrong))
            else:
                self.note("must provide an object", f"{name}/{number}")
        return found

    def text(self, name: str, longest: int, *, plain: bool = True, required: bool = False) -> None:
        """A text object; a `plain` one takes no formatting."""
        inner = self.part(name, required=required)
        if inner is not None:
            inner.be_text(longest, plain=plain)

    def be_text(self, longest: int, *, plain: bool) -> None:
        """This very object is a text object."""
        self.only("text", "emoji", "verbatim")
        kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
        if self.given.get("type") not in kinds:
            self.note(f"must be a valid enum value: {', '.join(kinds)}", "type")
        self.word("text", longest, required=True)
