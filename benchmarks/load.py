"""People who ask and wait: a closed loop of questions in many threads at once."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.words import ANSWER, question
from playground.server import Playground

PEOPLE = ("U0ADA00001", "U0GRACE001", "U0ALAN0001")
GENERAL = "C0GENERAL1"
LONGEST_WAIT = 120.0  # seconds for one answer
READING = 0.25  # seconds that a person takes between an answer and the next question
_LAST_WORDS = ANSWER[-40:]


class WrongAnswer(Exception):
    """A program ended its answer with something else than what the model said; the text is that answer."""


@dataclass(slots=True)
class Thread:
    """A thread of the workspace, and how often was asked in it."""

    playground: Playground
    ts: str | None = None
    asked: int = 0
    person: str = PEOPLE[0]

    async def ask(self, *files: tuple[str, bytes]) -> float:
        """Ask the next question, with files by name and bytes if there are any; seconds until the thread holds the
        complete answer. TimeoutError after two minutes."""
        workspace = self.playground.workspace
        self.asked += 1
        began = time.perf_counter()
        text = f"<@{workspace.identity.bot_user_id}> {question(self.asked)}"
        ts = workspace.upload(self.person, GENERAL, text, files, self.ts)
        self.ts = self.ts or ts
        await workspace.wait_for(self._is_answered, LONGEST_WAIT, (GENERAL, self.ts))
        return time.perf_counter() - began

    def _is_answered(self) -> bool:
        messages = self.playground.workspace.answers(GENERAL, self.ts or "")
        if len(messages) < self.asked:
            return False
        last = messages[-1]
        if last.stream is not None and last.stream.state == "live":
            return False
        if not last.text.endswith(_LAST_WORDS):
            raise WrongAnswer(last.text)
        return True

    async def converse(self, questions: int) -> list[float]:
        """Ask one question after the other; the seconds of each."""
        seconds = []
        for number in range(questions):
            if number:
                await asyncio.sleep(READING)
            seconds.append(await self.ask())
        return seconds


def new_threads(playground: Playground, count: int) -> list[Thread]:
    """Threads in which nothing was said yet, of several people: one alone may not have all workers."""
    return [Thread(playground, person=PEOPLE[number % len(PEOPLE)]) for number in range(count)]


async def ask_in_all(threads: Sequence[Thread], questions: int) -> list[float]:
    """All threads at once, so many questions in each; the seconds of every answer, fastest first."""
    return sorted(
        second
        for conversation in await asyncio.gather(*(thread.converse(questions) for thread in threads))
        for second in conversation
    )
