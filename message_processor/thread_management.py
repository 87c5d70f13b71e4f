"""The thread a turn stands in, as the model gets to see it."""

from message_processor.collaborators import Collaborators
from message_processor.turn import Turn
from message_processor.window import Window, build_window, people_in
from openai_client.token_counter import estimate

_MARGIN = 0.05
"""Part of the window that is left free: sizes are estimates."""


class ThreadManagement(Collaborators):
    """Uses `past`, `chat`, `settings`, `calibration`."""

    async def window(self, turn: Turn, share: float = 1.0) -> Window:
        """The turn's messages behind as much of its thread as fits `share` of the budget. ChatUnavailable goes on."""
        history = await self.past.before(turn)
        names = await self.chat.names(sorted(people_in((*history, *turn.messages))))
        room = self.settings.CONTEXT_TOKENS - self.settings.MAX_OUTPUT_TOKENS - estimate(self.instructions)
        budget = max(200, int(room * (1 - _MARGIN) * share))
        ratio = self.calibration.ratio(str(turn.thread))
        return build_window(history, turn.messages, names, budget, self.clock(), ratio)
