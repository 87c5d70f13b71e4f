"""The thread a turn stands in, as the model gets to see it: what was said, and what lies on its shelf."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from database import Page, StoredFile
from message_processor import prompts
from message_processor.budget import Needs
from message_processor.collaborators import Collaborators
from message_processor.exhibits import SCANNED_PAGE_TOKENS, Exhibits, exhibits
from message_processor.outcome import Work
from message_processor.settings import INSTRUCTIONS, LANGUAGE, MODEL, VISION_DETAIL
from message_processor.shelf import SCANNED, Shelf
from message_processor.turn import Turn
from message_processor.window import Window, build_window, people_in
from openai_client.events import Document, Picture
from openai_client.token_counter import PICTURE_TOKENS, estimate

_MARGIN = 0.05
"""Part of the window that is left free: sizes are estimates."""
_SMALLEST = 200
_CHARACTERS_PER_TOKEN = 3
"""For documents, whose language is not known before their text is read."""
_FRAME = 100
"""Tokens of what stands around people's words in a request: fences, names, the time."""
_PICTURES = 10
_EARLIER_PICTURES = 3
"""Pictures of earlier turns that a model without tools gets: it cannot ask for them."""
_SCANNED_BYTES = 20_000_000
_SCANNED_PAGES = 100


class ThreadManagement(Collaborators):
    """Uses `past`, `summaries`, `chat`, `store`, `desk`, `abilities`, `tools`, `settings`, `calibration`."""

    async def window(self, work: Work, shelf: Shelf, at_most: int | None = None) -> Window:
        """The turn's messages behind its thread, whose older part is summed up where it does not fit.

        `at_most` is in estimated tokens; without it CONTEXT_TOKENS decides, by what the server is known to count.
        ChatUnavailable goes on.
        """
        turn = work.turn
        history = await self.past.before(turn)
        names = await self.chat.names(sorted(people_in((*history, *turn.messages))))
        budget = max(_SMALLEST, self._budget(turn) if at_most is None else at_most)
        shown = await self._exhibits(turn, shelf, budget // 2)
        past = await self.summaries.of(turn, history)
        room = budget - shown.tokens - _asked(turn)
        past = await self.summaries.roll(
            turn, past, names, room, lambda: work.reply.status(turn.lines.say("summary.status"))
        )
        summary = past.summary.text if past.summary else ""
        return build_window(past.rest, turn.messages, names, budget, self.clock(), shown, summary)

    def instructions_for(self, turn: Turn) -> str:
        """The instructions, with what the person who asks has set."""
        own = prompts.personal(turn.chosen[INSTRUCTIONS], turn.chosen[LANGUAGE], turn.locale)
        return f"{self.instructions}\n\n{own}" if own else self.instructions

    async def _exhibits(self, turn: Turn, shelf: Shelf, room: int) -> Exhibits:
        """What of the shelf is shown within `room` tokens: pictures of these messages, and documents that fit whole."""
        if not shelf.files:
            return exhibits(shelf, {}, ())
        scan = self._scan(shelf, room)
        attachments: list[Picture | Document] = []
        fitting = max(1, room // PICTURE_TOKENS)
        for file in (*self._pictures(turn, shelf)[-fitting:], *scan):
            try:
                if file in scan:
                    attachments.append(await self.desk.original(file))
                else:
                    attachments.append(replace(await self.desk.picture(file), detail=turn.chosen[VISION_DETAIL]))
            except OSError:
                continue  # deleted meanwhile: the list still names it, and its tool says that it is gone
        return exhibits(shelf, await self._whole(shelf, room), attachments, sum(file.parts for file in scan))

    def _pictures(self, turn: Turn, shelf: Shelf) -> Sequence[StoredFile]:
        hanging = {file.uid for file in shelf.of_messages(message.key.ts for message in turn.messages)}
        asked = [file for file in shelf.pictures if file.uid in hanging][-_PICTURES:]
        earlier = [file for file in shelf.pictures if file.uid not in hanging]
        return [*(() if self.abilities.tools(turn.chosen[MODEL]) else earlier[-_EARLIER_PICTURES:]), *asked]

    def _scan(self, shelf: Shelf, room: int) -> Sequence[StoredFile]:
        """The newest scanned document, where it is not too large to go to the model as it is."""
        pages = min(_SCANNED_PAGES, room // SCANNED_PAGE_TOKENS)
        return [file for file in shelf.scanned if file.size <= _SCANNED_BYTES and file.parts <= pages][-1:]

    async def _whole(self, shelf: Shelf, room: int) -> Mapping[str, Sequence[Page]]:
        """The pages of the documents that fit, the newest first."""
        whole: dict[str, Sequence[Page]] = {}
        for file in reversed(shelf.documents):
            if file.detail == SCANNED or file.done < file.parts:
                continue
            room -= await self.store.files.text_size(file.uid) // _CHARACTERS_PER_TOKEN
            if room < 0:
                break
            whole[file.uid] = await self.store.files.pages(file.uid, 1, file.parts)
        return whole

    def _budget(self, turn: Turn) -> int:
        room = self.settings.CONTEXT_TOKENS - self.settings.MAX_OUTPUT_TOKENS
        estimated = room * (1 - _MARGIN) / self.calibration.ratio(str(turn.thread))
        return int(estimated) - self._around(turn)

    def needs_of(self, words: str, before: int) -> Needs:
        """What the first answer of a turn may take, before its thread is read; `before` is what its last call took."""
        most = self.settings.CONTEXT_TOKENS - self.settings.MAX_OUTPUT_TOKENS
        asked = estimate(words) + _FRAME + (before or estimate(self.instructions) + self.tools.size)
        return Needs(min(most, asked), self.settings.MAX_OUTPUT_TOKENS)

    def size_of(self, turn: Turn, window: Window) -> int:
        """Tokens of a request made from `window`, by what the server is known to count."""
        return int((self._around(turn) + window.tokens) * self.calibration.ratio(str(turn.thread)))

    def learn_size(self, turn: Turn, window: Window, counted: int) -> None:
        """Take what the server counted for a request made from `window`."""
        self.calibration.learn(str(turn.thread), self._around(turn) + window.tokens, counted)

    def _around(self, turn: Turn) -> int:
        """Tokens of what stands around a window in every request: the instructions, and what tools there are."""
        return estimate(self.instructions_for(turn)) + self.tools.size


def _asked(turn: Turn) -> int:
    """Tokens of the messages to be answered, roughly."""
    return sum(estimate(message.text) for message in turn.messages)
