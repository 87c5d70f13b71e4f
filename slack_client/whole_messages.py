"""Messages of a reply that are written whole, in the place of one that stands in the thread already if there is one."""

from slack_client.offers import Offering, Row
from slack_client.parts import Label, Parts
from slack_client.resume import EarlierMessages


class WholeMessages:
    """Writes them. `posted_last` says whether the last one was a new message of the thread."""

    def __init__(self, parts: Parts, earlier: EarlierMessages | None) -> None:
        self._parts = parts
        self._earlier = earlier
        self._spare: str | None = None
        self.posted_last = False

    async def find_earlier(self) -> None:
        """Look for what an earlier process wrote."""
        if self._earlier is not None:
            await self._earlier.find(self._parts)

    def leave(self, ts: str) -> None:
        """Remember a message that ended without text: the first text is written into it, or it is removed."""
        self._spare = ts

    async def remove_left(self) -> None:
        """Remove it: another message took its place."""
        if self._spare is not None:
            spare, self._spare = self._spare, None
            await self._parts.remove(spare)

    async def write(self, body: str, label: Label, row: Row = ()) -> str:
        """One whole message with `row` under it; its ts."""
        place, self._spare = self._spare, None
        if place is None and self._earlier is not None:
            place = self._earlier.next()
        if place is None:
            ts = await self._parts.post(body, label, row)
        else:
            ts = await self._parts.rewrite(place, body, label, row)
        self.posted_last = ts != place
        return ts

    async def offer_below(self, offering: Offering, row: Row) -> None:
        """Have `row` stand once in a message below the answer, or nothing where it is empty."""
        posted = self._earlier.offer if self._earlier is not None else None
        if row and posted is None:
            await self._parts.offer(offering, row)
            self.posted_last = True
        elif posted is not None and not row:
            await self._parts.remove(posted)

    async def remove_rest(self) -> None:
        """Remove what an earlier process wrote and nothing was written into."""
        if self._earlier is not None:
            await self._earlier.remove_rest()
