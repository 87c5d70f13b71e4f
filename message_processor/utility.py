"""The small model behind titles and summaries: one question, one short answer, no tools, no thread."""

from dataclasses import dataclass

from config import NO_MODEL
from database import CallKind
from message_processor.budget import Bill, Needs
from openai_client.base import ModelClient
from openai_client.errors import Failure, ModelError
from openai_client.events import Event, ModelRequest, TextDelta, UserText
from openai_client.families import efforts
from openai_client.token_counter import estimate


@dataclass(frozen=True, slots=True)
class Account:
    """Whose bill a call goes on, and what it is for."""

    bill: Bill
    kind: CallKind


class Utility:
    """Asks the model `name`; where that is "none" there is no such model, and nobody may ask it."""

    def __init__(self, client: ModelClient, name: str) -> None:
        self._client = client
        self._name = name

    @property
    def present(self) -> bool:
        """Whether there is such a model."""
        return self._name != NO_MODEL

    @property
    def idle(self) -> bool:
        """Whether nobody waits for a place at the model server."""
        return self._client.waiting == 0

    async def ask(self, instructions: str, said: str, person: str, max_tokens: int, account: Account) -> str:
        """Its answer, which has text, put on an account. ModelError, BudgetSpent."""
        pieces: list[str] = []

        def take(event: Event) -> None:
            if isinstance(event, TextDelta):
                pieces.append(event.text)

        request = ModelRequest(
            model=self._name,
            instructions=instructions,
            items=(UserText(said),),
            max_output_tokens=max_tokens,
            person=person,
            cache_key="",
            effort=next(iter(efforts(self._name)), None),
        )
        needs = Needs(estimate(instructions) + estimate(said), max_tokens)
        async with account.bill.charge(account.kind, self._name, needs) as charge:
            done = await self._client.complete(request, charge.listening(take))
            charge.reported(done.model, done.usage)
        text = "".join(pieces).strip()
        if not text:
            raise ModelError(Failure.EMPTY, f"ended as {done.reason.value}", request_id=done.request_id)
        return text
