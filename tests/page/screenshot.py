"""`python -m tests.page.screenshot`: makes docs/playground.png anew, from the real page, bot and workspace."""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import expect

from playground.server import Playground
from tests.wire.harness import running_bot

from .browser import ROOT, running_chromium
from .visitor import Visitor

PICTURE = ROOT / "docs" / "playground.png"
QUESTION = "@Threadwell how long should we wait before retrying a failed call?"
ANSWER = """## Retrying a failed call

Wait as long as the server asks, and *double the pause* otherwise:

1. A `Retry-After` header always wins
2. Stop after **three attempts**
3. Never repeat what may have been carried out

```python
def pause(attempt: int, asked: float | None) -> float:
    \"\"\"Seconds to wait before the next attempt.\"\"\"
    return asked or min(30.0, 2.0**attempt)
```

| Answer | Retry? | First pause |
|:-------|:------:|------------:|
| 429 | yes | as asked |
| 503 | yes | 2 s |
| 400 | no | |
"""


async def make(playground: Playground, visitor: Visitor) -> None:
    """A channel with some life in it, and a thread with an answer."""
    workspace, room = playground.workspace, visitor.room
    await visitor.open()
    ts = workspace.post("grace", room.id, "The nightly import is through, *no errors* this time.")
    workspace.react("ada", room.id, ts, "tada")
    workspace.react("alan", room.id, ts, "tada")
    workspace.react("alan", room.id, ts, "eyes")
    plan = workspace.post("alan", room.id, "I wrote down the plan for the migration: <https://example.com/plan>")
    workspace.post("grace", room.id, "Reads well!", plan)
    workspace.post("ada", room.id, "One question about step `3`, later today.", plan)
    playground.model.knobs.set(answer=ANSWER)
    await visitor.write(QUESTION)
    await visitor.answered()
    playground.model.knobs.set(answer="The **client**: it knows whether the first call may have got through.")
    await visitor.write("And who counts the attempts?", "thread")
    await visitor.answered(2)
    workspace.react("grace", room.id, workspace.answers(room.id, visitor_thread(visitor))[0].ts, "+1")
    await expect(visitor.thread.locator(".chip")).to_be_visible()
    await visitor.page.locator("#thread .scroller").evaluate("scroller => scroller.scrollTop = 0")
    playground.model.knobs.reset()
    await expect(visitor.page.locator("#sidebar .touched")).to_be_hidden()
    await visitor.page.mouse.move(700, 300)
    await visitor.page.screenshot(path=PICTURE)


def visitor_thread(visitor: Visitor) -> str:
    """The thread that is open."""
    return visitor.page.url.rpartition("/")[2]


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with Playground() as playground, running_bot(playground, Path(folder)), running_chromium() as browser:
            page = await browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light")
            await make(playground, Visitor(page, playground, playground.workspace.channel("general")))
    print(f"wrote {PICTURE.relative_to(ROOT)}")


if __name__ == "__main__":
    asyncio.run(main())
