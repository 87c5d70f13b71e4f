"""What has to hold when a soak is over: nothing lost, nothing doubled, nothing left open."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median

from message_processor.wording import ENGLISH
from playground.server import Playground
from playground.slack.records import Message
from playground.slack.workspace import Workspace
from tests.soak.ledger import Ledger, Written
from tests.soak.records import Records, TurnRow

_REPLY, _NOTICE = "threadwell_reply", "threadwell_notice"
_VISIBLE = {"refused": "busy", "aside": "aside"}
"""Which of the bot's notices tells people of messages in these states."""
_GROWTH = 1.2
_CUT = ENGLISH("cut.line").partition("{")[0]


def restless(playground: Playground, waiting: int) -> list[str]:
    """What still moves, one line each."""
    workspace = playground.workspace
    moving = [f"{waiting} messages unanswered"] if waiting else []
    moving += [f"a stream is open in {each.root_ts}" for each in workspace.open_streams()]
    for channel, thread_ts in workspace.sessions.sessions:
        if workspace.session(channel, thread_ts) == "processing":
            moving.append(f"the session of {thread_ts} is at work")
    for channel, thread_ts in list(workspace.sessions.lines):
        if status := workspace.status(channel, thread_ts):
            moving.append(f"a status stands in {thread_ts}: {status}")
    if playground.model.active:
        moving.append(f"{playground.model.active} model calls")
    return moving


def grown(resident: Sequence[float]) -> list[str]:
    """Whether the last process needs much more memory than in the middle of its life; megabytes, oldest first."""
    if len(resident) < 4:
        return []
    plateau, newest = median(resident[len(resident) // 4 : len(resident) // 2 + 1]), resident[-1]
    return [f"memory grew from {plateau:.0f} to {newest:.0f} MB"] if newest > _GROWTH * plateau else []


def judge(ledger: Ledger, workspace: Workspace, records: Records) -> list[str]:
    """What is lost, doubled or left behind, one line each."""
    said = _Said(workspace)
    problems = [problem for message in ledger.written for problem in _of_message(message, records, said)]
    problems += said.strays(records.turns)
    return [*problems, *([f"{records.held} model calls were never settled"] if records.held else [])]


class _Said:
    """What the bot has said, by thread and by turn."""

    def __init__(self, workspace: Workspace) -> None:
        self.texts: dict[tuple[str, str], str] = defaultdict(str)
        self.notices: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.parts: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        self.cut: set[str] = set()
        self.unlabelled: list[Message] = []
        for message in _own(workspace):
            self._take(message)

    def _take(self, message: Message) -> None:
        thread = message.channel, message.root_ts
        kind, payload = _label(message)
        if kind == _NOTICE:
            self.notices[thread].add(str(payload.get("kind")))
        elif kind == _REPLY:
            self.texts[thread] += "".join(message.text.split())
            turn = str(payload.get("turn"))
            self.parts[turn].append((int(str(payload.get("part"))), bool(payload.get("final"))))
            if _CUT in message.text:
                self.cut.add(turn)
        else:
            self.unlabelled.append(message)

    def strays(self, turns: Mapping[str, TurnRow]) -> Iterator[str]:
        """Messages that belong to nothing, or twice to the same."""
        for message in self.unlabelled:
            yield f"{message.channel}/{message.root_ts}: a message without a label: {message.text[:60]!r}"
        for turn, parts in self.parts.items():
            numbers = [number for number, _ in parts]
            if turn not in turns:
                yield f"turn {turn} is not in the records"
            if len(set(numbers)) < len(numbers):
                yield f"turn {turn}: parts {sorted(numbers)}"
            if sum(final for _, final in parts) != 1:
                yield f"turn {turn}: {sum(final for _, final in parts)} endings in parts {sorted(numbers)}"


def _own(workspace: Workspace) -> Iterable[Message]:
    for channel in workspace.channels.values():
        for message in channel.messages.values():
            if message.bot_id is not None:
                yield message


def _label(message: Message) -> tuple[str, Mapping[str, object]]:
    metadata = message.metadata or {}
    payload = metadata.get("event_payload")
    return str(metadata.get("event_type", "")), payload if isinstance(payload, dict) else {}


def _of_message(message: Written, records: Records, said: _Said) -> Iterator[str]:
    thread = message.channel, message.thread_ts
    state, turn = records.messages.get(message.key, ("lost", ""))
    where = f"{message.channel}/{message.thread_ts}/{message.ts} ({state}, turn {turn or 'none'})"
    times = Counter({text: said.texts[thread].count("".join(text.split())) for text in message.wanted})
    if times.total() > 1:
        yield f"{where}: answered {times.total()} times: {dict(times)}"
    if message.deleted:
        return
    match state:
        case "done" | "failed":
            yield from _of_turn(where, times.total(), turn, records.turns[turn], said)
        case "refused" | "aside":
            if _VISIBLE[state] not in said.notices[thread]:
                yield f"{where}: nobody was told"
        case _:
            yield f"{where}: neither answered nor failed"


def _of_turn(where: str, times: int, turn_id: str, turn: TurnRow, said: _Said) -> Iterator[str]:
    if not said.parts[turn_id]:
        yield f"{where}: nothing of it is to be seen ({turn.state} {turn.error})"
    # A partial answer that its own line calls cut off is an explicit failure.
    if turn.state == "done" and times == 0 and turn_id not in said.cut:
        yield f"{where}: the answer is not complete"
    if turn.state not in {"done", "failed", "stopped"}:
        yield f"{where}: its turn is {turn.state}"
