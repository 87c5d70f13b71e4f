"""The small model behind titles and summaries: one question, one short answer, no tools, no thread."""

from collections.abc import Sequence

from database import TurnUsage
from openai_client.base import ModelClient
from openai_client.errors import Failure, ModelError
from openai_client.events import Done, Event, Item, ModelRequest, TextDelta
from openai_client.families import efforts

OFF = "none"


def usage_of(done: Done) -> TurnUsage:
    """What a call used, as it is recorded."""
    used = done.usage
    return TurnUsage(done.model, used.input, used.cached, used.output, used.reasoning)


class Utility:
    """Asks the model `name`; where that is "none" there is no such model, and nobody may ask it."""

    def __init__(self, client: ModelClient, name: str) -> None:
        self._client = client
        self._name = name

    @property
    def present(self) -> bool:
        """Whether there is such a model."""
        return self._name != OFF

    @property
    def idle(self) -> bool:
        """Whether nobody waits for a place at the model server."""
        return self._client.waiting == 0

    async def ask(
        self, instructions: str, items: Sequence[Item], person: str, max_tokens: int
    ) -> tuple[str, TurnUsage]:
        """Its answer, which has text, and what that used. ModelError."""
        pieces: list[str] = []

        def take(event: Event) -> None:
            if isinstance(event, TextDelta):
                pieces.append(event.text)

        request = ModelRequest(
            model=self._name,
            instructions=instructions,
            items=tuple(items),
            max_output_tokens=max_tokens,
            person=person,
            cache_key="",
            effort=next(iter(efforts(self._name)), None),
        )
        done = await self._client.complete(request, take)
        text = "".join(pieces).strip()
        if not text:
            raise ModelError(Failure.EMPTY, f"ended as {done.reason.value}", request_id=done.request_id)
        return text, usage_of(done)
