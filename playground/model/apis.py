"""The four APIs of the offline model: each method answers one call that is in the journal already."""

import asyncio
import re
from dataclasses import replace

from aiohttp import web

from playground.model import asked as asking
from playground.model import chores, embeddings, strictness
from playground.model.abilities import refuse_settings
from playground.model.answers import Ending, Reply, compose
from playground.model.asked import Asked
from playground.model.bodies import check_key, read_body
from playground.model.chat_api import ChatMaker
from playground.model.errors import ApiError
from playground.model.faults import HTML_PAGE, NO_SUCH_API, error_of
from playground.model.image_forms import plain_fields, read_files, read_form, shown_form
from playground.model.image_making import make
from playground.model.image_orders import Act, ImageOrder, check_order, read_order
from playground.model.images_api import ImageMaker, image_pace
from playground.model.journal import Api, ModelCall, Outcome
from playground.model.knobs import Knobs, KnobSettings
from playground.model.looking import look_at, refuse_abilities
from playground.model.responses_api import ResponseMaker, failure_line
from playground.model.streaming import FOREVER, send_document, send_stream
from playground.model.usage import PromptCache
from playground.model.words import steer
from playground.model.workshop import Workshop

PROMPT_WORDS = {
    "forbidden": KnobSettings(status=400, code="moderation_blocked"),
    "unpaid": KnobSettings(status=429, code="insufficient_quota"),
}
"""Words in the prompt of a picture, and what they do."""


class Apis:
    """`knobs` hold for every call that begins; those for single calls are used up by all but embeddings and chores."""

    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs
        self._cache = PromptCache()
        self._workshop = Workshop()

    async def answer(self, request: web.Request, call: ModelCall) -> web.StreamResponse:
        """The Responses API and Chat Completions."""
        check_key(request)
        body = await read_body(request, call)
        knobs = replace(self._knobs) if chores.is_chore(asking.house_words(body)) else self._knobs.take()
        if knobs.no_responses_api and call.api is Api.RESPONSES:
            call.outcome, call.status = Outcome.FAULT, 404
            return web.json_response(NO_SUCH_API, status=404)
        strictness.check(call.api, body)
        strictness.refuse(body, knobs.refuse_parameters)
        refuse_settings(call.api, body)
        asked = asking.read(call.api, body)
        refuse_abilities(asked, knobs)
        asked = await look_at(asked, self._workshop)
        knobs = steer(asked, knobs)
        if page := await _fault(knobs, call):
            return page
        return await self._say(request, asked, knobs, call)

    async def draw(self, request: web.Request, call: ModelCall) -> web.StreamResponse:
        """Pictures from words."""
        check_key(request)
        body = await read_body(request, call)
        check_order(Act.GENERATION, body)
        return await self._make(request, call, read_order(Act.GENERATION, body))

    async def edit(self, request: web.Request, call: ModelCall) -> web.StreamResponse:
        """Pictures from pictures and words."""
        check_key(request)
        form = await read_form(request)
        call.body = shown_form(form)
        check_order(Act.EDIT, plain_fields(form))
        files = await self._workshop.run(read_files, form)
        return await self._make(request, call, await self._workshop.run(files.order))

    async def embed(self, request: web.Request, call: ModelCall) -> web.StreamResponse:
        """Vectors of texts."""
        check_key(request)
        body = await read_body(request, call)
        embeddings.check_embeddings(body)
        knobs = replace(self._knobs)
        if page := await _fault(knobs, call):
            return page
        document = await self._workshop.run(embeddings.answer, body)
        return await send_document(request, document, replace(knobs, total_seconds=0.0), call)

    async def _make(self, request: web.Request, call: ModelCall, order: ImageOrder) -> web.StreamResponse:
        knobs = _steered_by_prompt(self._knobs.take(), order.prompt)
        if page := await _fault(knobs, call):
            return page
        stream = order.stream and not knobs.no_image_stream
        pictures = await make(order, self._workshop)
        maker = ImageMaker(int(call.started_at), order, pictures, knobs.missing_usage)
        if stream:
            return await send_stream(request, maker.script(), image_pace(knobs, stream), call)
        return await send_document(request, maker.document(), image_pace(knobs, stream), call)

    async def _say(self, request: web.Request, asked: Asked, knobs: Knobs, call: ModelCall) -> web.StreamResponse:
        reply = compose(asked, knobs)
        maker = self._maker(asked, reply, knobs, call)
        if asked.stream:
            return await send_stream(request, maker.script(), knobs, call)
        if reply.ending in (Ending.ERROR_FLAT, Ending.ERROR_NESTED) or (
            reply.ending is Ending.FAILED and call.api is Api.CHAT_COMPLETIONS
        ):
            raise ApiError(500, failure_line(reply), type="server_error", code=reply.detail)
        return await send_document(request, maker.document(), knobs, call)

    def _maker(self, asked: Asked, reply: Reply, knobs: Knobs, call: ModelCall) -> ResponseMaker | ChatMaker:
        cache_key = str(call.body.get("prompt_cache_key"))
        usage = None if knobs.missing_usage else self._cache.usage(asked, cache_key, reply.written)
        created_at = int(call.started_at)
        if call.api is Api.RESPONSES:
            return ResponseMaker(call.number, created_at, call.body, reply, usage, knobs.repeat_created)
        return ChatMaker(call.number, created_at, asked.model, reply, usage, asked.include_usage)


async def _fault(knobs: Knobs, call: ModelCall) -> web.Response | None:
    """What comes instead of an answer: nothing for ever, an error that is raised, or a page."""
    if knobs.hang_before_headers:
        await asyncio.sleep(FOREVER)
    if error := error_of(knobs):
        raise error
    if not knobs.html_200:
        return None
    call.outcome, call.status = Outcome.FAULT, 200
    return web.Response(text=HTML_PAGE, content_type="text/html")


def _steered_by_prompt(knobs: Knobs, prompt: str) -> Knobs:
    if not knobs.words or knobs.status:
        return knobs
    for word, settings in PROMPT_WORDS.items():
        if re.search(rf"\b{word}\b", prompt, re.IGNORECASE):
            return replace(knobs, **settings)
    return knobs
