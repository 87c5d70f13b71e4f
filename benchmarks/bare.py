"""The yardstick: the smallest program on the same SDKs that answers mentions in a Slack thread, streaming.

Bolt's AsyncApp behind one socket, the model's typed events, Slack's streaming methods. It keeps no history, takes no
locks, has no database, forgets everything when it ends, and neither retries nor splits anything. It shares one HTTP
session for all calls to Slack, uses the bot's transport to the model, and updates a stream as often as the bot does.

BARE_HISTORY_TURNS says how many turns of a fixed conversation go before each question.
"""

import asyncio
import os
import re
import time

import aiohttp
from openai import AsyncOpenAI, DefaultAioHttpClient
from openai.types.responses import EasyInputMessageParam, ResponseInputParam
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.words import MODEL, conversation

INSTRUCTIONS = "You are an assistant that answers in Slack threads. Answer in Markdown, to the point."
SHORTEST_INTERVAL = 0.8  # seconds between two updates of one stream
UPDATES_PER_MINUTE = 90  # what all live streams together may use


def fixed_history(turns: int) -> list[EasyInputMessageParam]:
    """The conversation that goes before each question."""
    history: list[EasyInputMessageParam] = []
    for question, answer in conversation(turns):
        history.append({"role": "user", "content": question})
        history.append({"role": "assistant", "content": answer})
    return history


class Bare:
    """Answers mentions."""

    def __init__(self, slack: AsyncWebClient, model: AsyncOpenAI, history: list[EasyInputMessageParam]) -> None:
        self.slack = slack
        self.model = model
        self.history = history
        self.live = 0

    async def answer(self, event: dict[str, str]) -> None:
        """Stream the model's answer to a mention into its thread."""
        question = re.sub(r"<@\w+>\s*", "", event["text"])
        items: ResponseInputParam = [*self.history, {"role": "user", "content": question}]
        self.live += 1
        try:
            await self.stream(event, items)
        finally:
            self.live -= 1

    async def stream(self, event: dict[str, str], items: ResponseInputParam) -> None:
        """One model call; text is sent when the interval has passed, the rest at the end."""
        channel, ts, unsent, sent_at = event["channel"], "", "", 0.0
        async for heard in await self.model.responses.create(
            model=MODEL, instructions=INSTRUCTIONS, input=items, stream=True, store=False
        ):
            if heard.type != "response.output_text.delta":
                continue
            unsent += heard.delta
            if ts and time.monotonic() - sent_at < max(SHORTEST_INTERVAL, self.live * 60 / UPDATES_PER_MINUTE):
                continue
            if ts:
                await self.slack.chat_appendStream(channel=channel, ts=ts, markdown_text=unsent)
            else:
                ts = await self.start(event, unsent)
            unsent, sent_at = "", time.monotonic()
        if ts:
            await self.slack.chat_stopStream(channel=channel, ts=ts, markdown_text=unsent or None)

    async def start(self, event: dict[str, str], text: str) -> str:
        """Begin the streamed message; its ts."""
        started = await self.slack.chat_startStream(
            channel=event["channel"],
            thread_ts=event.get("thread_ts") or event["ts"],
            markdown_text=text,
            recipient_user_id=event["user"],
            recipient_team_id=event["team"],
        )
        return str(started["ts"])


async def main() -> None:
    """Run until the process is ended."""
    async with aiohttp.ClientSession() as session:
        slack = AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"], session=session)
        model = AsyncOpenAI(http_client=DefaultAioHttpClient())
        bare = Bare(slack, model, fixed_history(int(os.environ.get("BARE_HISTORY_TURNS", "0"))))
        app = AsyncApp(client=slack)

        @app.event("app_mention")
        async def mentioned(event: dict[str, str]) -> None:
            await bare.answer(event)

        @app.event("message")
        async def ignored() -> None:
            """A mention comes as a message too."""

        await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start_async()


if __name__ == "__main__":
    asyncio.run(main())
