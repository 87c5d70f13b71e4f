"""The thread a turn stands in, as the model gets to see it."""

from message_processor.collaborators import Collaborators
from message_processor.turn import Turn
from message_processor.window import Window, build_window, people_in
from openai_client.token_counter import estimate

_MARGIN = 0.05
"""Part of the window that is left free: sizes are estimates."""
_SMALLEST = 200


class ThreadManagement(Collaborators):
    """Uses `past`, `chat`, `settings`, `calibration`."""

    async def window(self, turn: Turn, at_most: int | None = None) -> Window:
        """The turn's messages behind as much of its thread as fits. ChatUnavailable goes on.

        `at_most` is in estimated tokens; without it CONTEXT_TOKENS decides, by what the server is known to count.
        """
        history = await self.past.before(turn)
        names = await self.chat.names(sorted(people_in((*history, *turn.messages))))
        budget = self._budget(turn) if at_most is None else at_most
        return build_window(history, turn.messages, names, max(_SMALLEST, budget), self.clock())

    def _budget(self, turn: Turn) -> int:
        room = self.settings.CONTEXT_TOKENS - self.settings.MAX_OUTPUT_TOKENS
        estimated = room * (1 - _MARGIN) / self.calibration.ratio(str(turn.thread))
        return int(estimated) - estimate(self.instructions)

    def learn_size(self, turn: Turn, window: Window, counted: int) -> None:
        """Take what the server counted for a request made from `window`."""
        self.calibration.learn(str(turn.thread), estimate(self.instructions) + window.tokens, counted)
