"""Words that make the offline model use the tools it was offered: draw, change, look, read, search, and misuse them."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from playground.model import told
from playground.model.asked import Asked, Tool
from playground.model.samples import sample_arguments

Calls = tuple[tuple[str, str], ...]
"""Names of tools with arguments as JSON text."""
Wish = Callable[[re.Match[str], Asked], Calls]

_QUIET = ("search_document", "read_pages", "look_at_pictures")  # tools that leave nothing behind
_UNFIT = json.dumps({"prompt": 7, "nonsense": True})


@dataclass(frozen=True, slots=True)
class ToolWord:
    """`shown` is how people write it, `meaning` what the help says.

    `wish` gives the calls, none where the tool is not offered or there is nothing to use it on. No other word counts
    behind one that `takes_rest`. One that is `endless` calls again when tools have given something.
    """

    shown: str
    pattern: re.Pattern[str]
    meaning: str
    wish: Wish
    takes_rest: bool = False
    endless: bool = False


@dataclass(frozen=True, slots=True)
class ToolWish:
    """What a message wants of the tools: calls to make now, and where its other words end."""

    calls: Calls = ()
    end: int | None = None


def tool_wish(spoken: str, asked: Asked) -> ToolWish:
    """What the first of the tool words in a message asks for. Once tools have given something it is answered."""
    if not asked.tools:
        return ToolWish()
    for word in TOOL_WORDS:
        if (found := word.pattern.search(spoken)) and (calls := word.wish(found, asked)):
            now = calls if word.endless or not asked.tool_outputs() else ()
            return ToolWish(now, found.start() if word.takes_rest else None)
    return ToolWish()


def _offered(asked: Asked, name: str) -> Tool | None:
    return next((tool for tool in asked.tools if tool.name == name), None)


def _call(asked: Asked, name: str, **given: object) -> Calls:
    """One call of the tool, if it is offered."""
    tool = _offered(asked, name)
    return ((name, sample_arguments(tool.parameters, **given)),) if tool else ()


def _draw(found: re.Match[str], asked: Asked) -> Calls:
    prompt = found[2].strip()
    if found[1]:
        return _call(asked, "generate_image", prompt=prompt, count=int(found[1]))
    return _call(asked, "generate_image", prompt=prompt)


def _edit(found: re.Match[str], asked: Asked) -> Calls:
    numbers = [int(found["number"])] if found["number"] else told.pictures(asked)[-1:]
    prompt = (found["edit"] or found["change"]).strip()
    return _call(asked, "edit_image", prompt=prompt, pictures=numbers) if numbers else ()


def _look(found: re.Match[str], asked: Asked) -> Calls:
    if found["numbers"]:
        numbers = [int(number) for number in re.findall(r"\d+", found["numbers"])]
    else:
        known = told.pictures(asked)
        numbers = known[:1] if found["place"].lower() == "first" else known[-1:]
    return _call(asked, "look_at_pictures", pictures=numbers) if numbers else ()


def _read(_found: re.Match[str], asked: Asked) -> Calls:
    wanted = told.wanted_pages(asked.newest())
    known = told.documents(asked)
    if wanted is None or not known or (not asked.tool_outputs() and told.is_told(wanted, known[-1], asked)):
        return ()
    given = {"document": known[-1], "from": wanted.first, "to": wanted.last}
    return _call(asked, "read_pages", **given)


def _search(found: re.Match[str], asked: Asked) -> Calls:
    return _call(asked, "search_document", query=found[1].strip(" \n?.!\"'")) if told.documents(asked) else ()


def _again(_found: re.Match[str], asked: Asked) -> Calls:
    quiet = next((tool for name in _QUIET if (tool := _offered(asked, name))), asked.tools[0])
    return _sampled(quiet)


def _two(_found: re.Match[str], asked: Asked) -> Calls:
    first, second = asked.tools[0], asked.tools[min(1, len(asked.tools) - 1)]
    return _sampled(first) + _sampled(second)


def _wrong(_found: re.Match[str], asked: Asked) -> Calls:
    tool = _offered(asked, "generate_image") or asked.tools[0]
    return ((tool.name, _UNFIT),)


def _sampled(tool: Tool) -> Calls:
    return ((tool.name, sample_arguments(tool.parameters)),)


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.:/@-])(?:{words})", re.IGNORECASE | re.DOTALL)


TOOL_WORDS: tuple[ToolWord, ...] = (
    ToolWord(
        "wrong arguments", _pattern(r"wrong\s+arguments\b"), "calls a tool with arguments that do not fit", _wrong
    ),
    ToolWord(
        "tools forever",
        _pattern(r"tools\s+forever\b"),
        "calls a tool again and again, whatever it gives",
        _again,
        endless=True,
    ),
    ToolWord("two tools", _pattern(r"two\s+tools\b|tools\s+together\b"), "calls two tools at once", _two),
    ToolWord(
        "make it blue",
        _pattern(
            r"(?:edit|change)(?:\s+(?:it\b|picture\s+(?P<number>\d+)))?\s*:\s*(?P<edit>.+)"
            r"|(?P<change>(?:make|change|turn|paint)\s+it\b.+)"
        ),
        "changes the newest picture; `edit picture 2: make it blue` that one",
        _edit,
        takes_rest=True,
    ),
    ToolWord(
        "draw a lighthouse",
        _pattern(r"(?:draw|paint)\s+(?!it\b)(?:([1-4])\s+)?(.+)"),
        "draws it; `draw 3 boats` so many pictures",
        _draw,
        takes_rest=True,
    ),
    ToolWord(
        "look at the first one",
        _pattern(
            r"look\s+at\s+(?:pictures?\s+(?P<numbers>\d+(?:\s*(?:,|and)\s*\d+)*)"
            r"|(?:the\s+)?(?P<place>first|last)(?:\s+(?:one|picture))?\b)"
        ),
        "looks at an earlier picture; also `the last one`, `picture 2`",
        _look,
    ),
    ToolWord("page 57", told.WANTED, "reads that page of the newest document; also `pages 3 to 5`", _read),
    ToolWord(
        "search for whales",
        _pattern(r"(?:search\s+for|find)\s+(.+)"),
        "searches the documents",
        _search,
        takes_rest=True,
    ),
)
