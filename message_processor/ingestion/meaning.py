"""Embeddings, where the operators named a model for them. Best effort: search works without."""

import logging
from collections.abc import Sequence

from database import CallKind, Page, Store
from message_processor.budget import Bill, BudgetSpent, Needs, unheard
from openai_client.base import ModelClient
from openai_client.errors import ModelError
from openai_client.token_counter import estimate

log = logging.getLogger("threadwell.ingestion")

_BATCH = 64
_LONGEST = 6_000
"""Characters of a page that are embedded."""


class Meaning:
    """Vectors of pages and questions by one model; does nothing where `model` is empty."""

    def __init__(self, client: ModelClient, store: Store, model: str) -> None:
        self._client = client
        self._store = store
        self.model = model

    async def of(self, query: str, bill: Bill) -> tuple[float, ...] | None:
        """The vector of a question, put on a bill, or None where there is none to be had."""
        if not self.model:
            return None
        vectors = await self._vectors([query], bill)
        return vectors[0] if vectors else None

    async def learn(self, uid: str, bill: Bill) -> None:
        """Embed what is stored of a document and has no vector; stops at the first refusal."""
        if not self.model:
            return
        lacking = await self._store.files.lacking_embeddings(uid, self.model)
        for at in range(0, len(lacking), _BATCH):
            numbers = lacking[at : at + _BATCH]
            pages = await self._pages(uid, numbers)
            vectors = await self._vectors([page.text[:_LONGEST] or page.label for page in pages], bill)
            if not vectors:
                return
            found = {page.number: vector for page, vector in zip(pages, vectors, strict=True)}
            await self._store.files.set_embeddings(uid, self.model, found)

    async def _pages(self, uid: str, numbers: Sequence[int]) -> list[Page]:
        wanted = set(numbers)
        pages = await self._store.files.pages(uid, min(numbers), max(numbers))
        return [page for page in pages if page.number in wanted]

    async def _vectors(self, texts: Sequence[str], bill: Bill) -> Sequence[tuple[float, ...]]:
        try:
            needs = Needs(sum(map(estimate, texts)))
            async with bill.charge(CallKind.EMBEDDING, self.model, needs) as charge:
                vectors, usage = await self._client.embeddings.embed(self.model, texts, charge.listening(unheard))
                charge.reported(self.model, usage)
            return vectors
        except BudgetSpent:
            return ()
        except ModelError as error:
            log.warning("embeddings_failed", extra={"failure": error.failure.value, "detail": error.detail})
            return ()
