"""Reading in documents: the tools for those that do not fit into a request whole."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from database import Hit, Page, Store, StoredFile
from message_processor.exhibits import page_element, status
from message_processor.ingestion.meaning import Meaning
from message_processor.places import places, span
from message_processor.shelf import Shelf
from message_processor.tools import Job, ToolFailure, ToolOutput
from message_processor.wording import Wording

_HITS = 8
_PAGES = 10
_EXCERPT = 3_000
"""Characters of one found page."""


class SearchParameters(BaseModel):
    """What to look for."""

    model_config = ConfigDict(extra="forbid")

    query: str = Field(min_length=1, max_length=500, description="words that the passage would contain")
    document: int | None = Field(None, description="the document's number; without it all documents of the thread")


class SearchDocument:
    """Finds passages in the thread's documents."""

    name = "search_document"
    description = (
        "Search the documents of this thread for passages. Returns the best pages, slides or sheets with their labels. "
        "Try other words when nothing fits. Name the page, slide or sheet that your answer rests on."
    )
    parameters = SearchParameters
    timeout = 30.0

    def __init__(self, store: Store, meaning: Meaning) -> None:
        self._store = store
        self._meaning = meaning

    def title(self, arguments: SearchParameters, say: Wording) -> str:
        return say("tools.search", query=arguments.query[:80])

    async def run(self, job: Job, arguments: SearchParameters) -> ToolOutput:
        documents = _wanted(job.shelf, arguments.document)
        vector = await self._meaning.of(arguments.query, job.turn.bill)
        hits = await self._store.files.search(
            [file.uid for file in documents], arguments.query, _HITS, vector, self._meaning.model
        )
        if not hits:
            return ToolOutput(
                f"Nothing found{_unfinished(documents)}. Try other words, or read pages.",
                details=job.turn.lines.say("tools.nothing_found"),
            )
        numbers = {file.uid: file.number for file in documents}
        pages = [page_element(_excerpt(hit, arguments.query), numbers[hit.uid]) for hit in hits]
        found = places([hit.page for hit in hits], job.turn.lines.say)
        return ToolOutput("\n".join(pages) + _unfinished(documents), details=found)


class PagesParameters(BaseModel):
    """Which pages to read."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    document: int = Field(1, description="the document's number")
    first: int = Field(alias="from", ge=1, description="first page, slide, sheet or part, counted from 1")
    last: int = Field(alias="to", ge=1, description=f"last one; at most {_PAGES} at once")


class ReadPages:
    """Reads pages of one document."""

    name = "read_pages"
    description = (
        "Read pages, slides, sheets or parts of a document of this thread, by their place in it, counted from 1. "
        "Name the page, slide or sheet that your answer rests on."
    )
    parameters = PagesParameters
    timeout = 30.0

    def __init__(self, store: Store) -> None:
        self._store = store

    def title(self, arguments: PagesParameters, say: Wording) -> str:
        pages = max(1, arguments.last - arguments.first + 1)
        return say.counted("tools.read", pages, first=arguments.first, last=arguments.last)

    async def run(self, job: Job, arguments: PagesParameters) -> ToolOutput:
        (file,) = _wanted(job.shelf, arguments.document)
        last = min(max(arguments.first, arguments.last), arguments.first + _PAGES - 1)
        pages = await self._store.files.pages(file.uid, arguments.first, last)
        if not pages:
            raise ToolFailure(
                f"Document {file.number} has {file.done} readable parts of {file.parts} ({status(file)}); "
                f"there is none from {arguments.first} to {last}.",
                "tools.no_page",
            )
        text = "\n".join(page_element(page, file.number) for page in pages)
        return ToolOutput(text, details=span(pages, job.turn.lines.say))


def _wanted(shelf: Shelf, number: int | None) -> Sequence[StoredFile]:
    if number is None:
        return shelf.documents
    if file := shelf.document(number):
        return (file,)
    known = ", ".join(str(file.number) for file in shelf.documents) or "none"
    raise ToolFailure(f"There is no document {number} in this thread. There are: {known}.", "tools.no_document")


def _unfinished(documents: Sequence[StoredFile]) -> str:
    unread = [f"document {file.number} is {status(file)}" for file in documents if file.done < file.parts]
    return f" ({'; '.join(unread)}: what is not read yet cannot be found)" if unread else ""


def _excerpt(hit: Hit, query: str) -> Page:
    """The page, cut to the surroundings of the first word that is found in it."""
    page = hit.page
    if len(page.text) <= _EXCERPT:
        return page
    lowered = page.text.lower()
    places = [at for word in query.lower().split() if (at := lowered.find(word)) >= 0]
    start = max(0, min(places, default=0) - _EXCERPT // 3)
    cut = page.text[start : start + _EXCERPT]
    before, after = "… " if start else "", " …" if start + _EXCERPT < len(page.text) else ""
    return Page(page.number, page.label, f"{before}{cut}{after}")
