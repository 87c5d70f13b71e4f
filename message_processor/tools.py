"""The tool loop: what the model may call, run side by side within bounds, every outcome turned into words for it.

A tool is one small class; `handlers/` has them, and the composition root registers them in one list.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from base_client import Observer, Reply, TaskCard, TaskState
from database import StoreUnavailable
from message_processor.shelf import Shelf
from message_processor.side_by_side import side_by_side
from message_processor.turn import Turn
from message_processor.wording import Wording
from openai_client.events import Picture, ToolCall, ToolResult, ToolSpec
from openai_client.token_counter import estimate

log = logging.getLogger("threadwell.tools")

ROUNDS = 8
"""Most rounds of tool calls in one turn; after them the model has to answer with what it has."""
CALLS = 24
"""Most tool calls in one turn."""
_AT_ONCE = 4
_LONGEST_OUTPUT = 60_000
"""Characters of one result: a tool that gives more would push the thread out of the model's window."""
_LONGEST_LABEL = 256

Parameters = TypeVar("Parameters", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ToolOutput:
    """What a tool gives: `text` and `pictures` for the model, `details` for people."""

    text: str
    pictures: tuple[Picture, ...] = ()
    details: str = ""


class ToolFailure(Exception):
    """A tool cannot do what was asked: `said` tells the model (and names no secrets), the string of `key` people."""

    def __init__(self, said: str, key: str, **values: str | int) -> None:
        super().__init__(said)
        self.said = said
        self._key = key
        self._values = values

    def shown(self, say: Wording) -> str:
        """What people read of it."""
        return say(self._key, **self._values)


@dataclass(frozen=True, slots=True)
class Job:
    """One call under way. `number` counts the calls of its turn from 0; `progress` rewords the card that people see."""

    turn: Turn
    shelf: Shelf
    number: int
    progress: Callable[[str], None]


class Tool(Protocol[Parameters]):
    """Something that the model may do in the thread of its turn, and nowhere else. `timeout` is in seconds."""

    name: str
    description: str
    parameters: type[Parameters]
    timeout: float

    def title(self, arguments: Parameters, say: Wording) -> str:
        """What people read on the card while it runs."""

    async def run(self, job: Job, arguments: Parameters) -> ToolOutput:
        """Do it. ToolFailure where it cannot be done; whatever else is raised is logged and explained as broken."""


def _always(_: Shelf) -> bool:
    return True


class Registered:
    """A tool with its types tied together: arguments are read by the same class that `run` expects."""

    def __init__(self, tool: Tool[Parameters], useful: Callable[[Shelf], bool] = _always) -> None:
        self._prepare = partial(_prepare, tool)
        self._useful = useful
        self.name = tool.name
        self.timeout = tool.timeout
        self.spec = ToolSpec(tool.name, tool.description, _schema(tool.parameters))

    def useful(self, shelf: Shelf) -> bool:
        """Whether the tool can do anything with what is in the thread."""
        return self._useful(shelf)

    def prepare(self, raw: str, say: Wording) -> "Prepared":
        """The card's title and the call itself, from arguments as the model wrote them; ToolFailure."""
        return self._prepare(raw, say)


Prepared = tuple[str, Callable[[Job], Awaitable[ToolOutput]]]


def _prepare(tool: Tool[Parameters], raw: str, say: Wording) -> Prepared:
    try:
        arguments = tool.parameters.model_validate_json(raw or "{}")
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:5])
        raise ToolFailure(
            f"The arguments do not fit {tool.name}: {problems}. Call it again with arguments that fit.",
            "tools.arguments",
        ) from None
    return tool.title(arguments, say), lambda job: tool.run(job, arguments)


def _schema(parameters: type[BaseModel]) -> dict[str, object]:
    """The JSON schema, without the titles that pydantic adds for humans."""
    schema = parameters.model_json_schema()
    schema.pop("title", None)
    for each in schema.get("properties", {}).values():
        each.pop("title", None)
    return schema


class ToolLoop:
    """Runs the calls of one response: side by side, bounded, each in its own time."""

    def __init__(self, tools: Sequence[Registered], observer: Observer) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self.size = estimate(json.dumps([asdict(tool.spec) for tool in tools]))
        """Tokens that the description of all tools takes in a request, roughly."""
        self._observer = observer

    @property
    def names(self) -> frozenset[str]:
        """All tools there are."""
        return frozenset(self._tools)

    def specs(self, shelf: Shelf) -> tuple[ToolSpec, ...]:
        """What the model is offered in a thread with these files."""
        return tuple(tool.spec for tool in self._tools.values() if tool.useful(shelf))

    async def run(
        self, turn: Turn, shelf: Shelf, reply: Reply, calls: Sequence[ToolCall], done: int
    ) -> tuple[ToolResult, ...]:
        """What came of each, in the order of `calls`. `done` calls came before in this turn."""
        at_once = asyncio.Semaphore(_AT_ONCE)

        async def one(call: ToolCall, number: int) -> ToolResult:
            return await _Run(self, turn, shelf, reply, number).result(call, at_once)

        return tuple(await side_by_side("tool", [one(call, done + i) for i, call in enumerate(calls)]))

    def find(self, name: str) -> Registered:
        """The tool of that name; ToolFailure where there is none."""
        if tool := self._tools.get(name):
            return tool
        raise ToolFailure(f"There is no tool {name[:60]!r}.", "tools.unknown")

    def count(self, name: str, outcome: str) -> None:
        """One call ended."""
        self._observer.count("tool_calls", tool=name if name in self._tools else "unknown", outcome=outcome)


class _Run:
    """One call from its card's first state to its last."""

    def __init__(self, loop: ToolLoop, turn: Turn, shelf: Shelf, reply: Reply, number: int) -> None:
        self._loop = loop
        self._reply = reply
        self._card = f"tool-{number}"
        self._say = turn.lines.say
        self._title = self._say("tools.unnamed")
        self._job = Job(turn, shelf, number, self._progress)

    def _progress(self, title: str) -> None:
        self._title = title
        self._show(TaskState.IN_PROGRESS)

    def _show(self, state: TaskState, details: str = "") -> None:
        title = self._title[:1].upper() + self._title[1:_LONGEST_LABEL]
        self._reply.task(TaskCard(self._card, title, state, details[:_LONGEST_LABEL]))

    async def result(self, call: ToolCall, at_once: asyncio.Semaphore) -> ToolResult:
        """Never raises but for cancellation: the model is told what went wrong and can explain it."""
        try:
            output, outcome = await self._perform(call, at_once), "done"
            self._show(TaskState.COMPLETE, output.details)
        except ToolFailure as failure:
            output, outcome = ToolOutput(f"Not done: {failure.said}"), "failed"
            self._show(TaskState.ERROR, failure.shown(self._say))
        except TimeoutError:
            output, outcome = ToolOutput("Not done: it took too long and was stopped."), "timeout"
            self._show(TaskState.ERROR, self._say("tools.too_long"))
        except StoreUnavailable as failure:
            log.error("store_unavailable", extra={"turn": self._job.turn.id, "reason": failure.reason})
            output, outcome = ToolOutput("Not done: my own records cannot be reached just now."), "failed"
            self._show(TaskState.ERROR, self._say("tools.records"))
        except Exception:
            # The end of a tool: the turn goes on, and the model can explain it.
            log.exception("tool_broke", extra={"turn": self._job.turn.id, "tool": call.name[:60]})
            output, outcome = ToolOutput("Not done: the tool broke. Trying again is no use."), "broke"
            self._show(TaskState.ERROR, self._say("tools.broke"))
        self._loop.count(call.name, outcome)
        log.info("tool_done", extra={"turn": self._job.turn.id, "tool": call.name[:60], "outcome": outcome})
        return ToolResult(call.call_id, _within(output.text), output.pictures)

    async def _perform(self, call: ToolCall, at_once: asyncio.Semaphore) -> ToolOutput:
        tool = self._loop.find(call.name)
        self._title, perform = tool.prepare(call.arguments, self._say)
        self._show(TaskState.PENDING)
        if self._job.number >= CALLS:
            said = "No more tool calls are possible in this turn. Answer with what you have."
            raise ToolFailure(said, "tools.too_many")
        async with at_once, asyncio.timeout(tool.timeout):
            self._show(TaskState.IN_PROGRESS)
            return await perform(self._job)


def _within(text: str) -> str:
    if len(text) <= _LONGEST_OUTPUT:
        return text
    return text[:_LONGEST_OUTPUT] + "\n[… the rest was left out: ask for less at once …]"
