"""The model client: the deadline around a call, its repeats, and the choice of the API."""

import asyncio
import logging

from openai import AsyncOpenAI

from base_client import Observer
from config import Settings
from openai_client.adapter import Adapter
from openai_client.call import Call
from openai_client.chat_completions import ChatCompletionsApi
from openai_client.errors import Failure, ModelError
from openai_client.events import Done, EventSink, ModelRequest, Waiting
from openai_client.faults import Fault, dropped, route_missing
from openai_client.refusals import RefusedParameters, refused_parameter
from openai_client.responses import ResponsesApi
from openai_client.retry import RetryPolicy
from openai_client.sdk import open_sdk
from openai_client.slots import Slots
from openai_client.stream import Attempt, Patience

log = logging.getLogger("threadwell.model")

_CLOSING = 5.0


class ModelClient:
    """Model calls for the whole process. Made by `open`, ended by `close`."""

    def __init__(self, settings: Settings, observer: Observer, sdk: AsyncOpenAI) -> None:
        timings = settings.timings
        self._sdk = sdk
        self._observer = observer
        self._deadline = settings.ASYNC_TIMEOUT_SECONDS
        self._patience = Patience(timings.silence_before_text, settings.STREAM_STALL_SECONDS)
        self._retry = RetryPolicy(timings.retry_base, timings.retry_ceiling)
        self._slots = Slots(settings.ASYNC_MAX_CONCURRENT_REQUESTS, settings.TURN_TIMEOUT_SECONDS)
        self._refused = RefusedParameters()
        self._running: set[asyncio.Timeout] = set()
        self._closed = False
        self._api: Adapter = ResponsesApi() if settings.OPENAI_API == "responses" else ChatCompletionsApi()

    @classmethod
    async def open(cls, settings: Settings, observer: Observer) -> "ModelClient":
        """A client with its pool, its slow parts built; the server is not contacted."""
        return cls(settings, observer, await open_sdk(settings))

    @property
    def in_flight(self) -> int:
        """Calls that hold a slot."""
        return self._slots.taken

    @property
    def waiting(self) -> int:
        """Calls that wait for a slot."""
        return self._slots.waiting

    async def complete(self, request: ModelRequest, on_event: EventSink) -> Done:
        """One model call. Events go to `on_event` as they arrive; returns when the stream has ended in good order.

        Raises ModelError otherwise. CancelledError always goes on, and the connection is closed.

        A sink and not an async generator: a deadline inside a generator would also fire while the consumer holds it,
        in the consumer's code. Here the deadline begins and ends in this one coroutine.
        """
        async with self._slots.one(on_event):
            call = Call(on_event, asyncio.get_running_loop().time)
            call.api, outcome = self._api.name, "cancelled"
            try:
                done = await self._in_time(request, call)
                outcome = done.reason.value
                self._report_tokens(done)
                return done
            except ModelError as error:
                outcome = error.failure.value
                self._log("model_failed", api=call.api, failure=outcome, detail=error.detail, **_ids(call))
                raise
            finally:
                self._report(call, outcome)

    async def close(self) -> None:
        """Close the pool, within a few seconds. Calls that still run are ended as dropped, later ones as well."""
        self._closed = True
        # The transport does not wake who reads from a connection that it closes: their deadlines do.
        for deadline in [each for each in self._running if not each.expired()]:
            deadline.reschedule(0.0)
        try:
            async with asyncio.timeout(_CLOSING):
                await self._sdk.close()
        except TimeoutError:
            self._log("model_close_overdue")

    async def _in_time(self, request: ModelRequest, call: Call) -> Done:
        if self._closed:
            raise call.error(dropped("the client is closed"))
        try:
            async with asyncio.timeout(self._deadline) as deadline:
                self._running.add(deadline)
                try:
                    return await self._by_either_api(request, call)
                finally:
                    self._running.discard(deadline)
        except TimeoutError:
            closed, late = dropped("the client is closed"), Fault(Failure.TIMEOUT, "deadline of the call")
            raise call.error(closed if self._closed else late) from None
        except Fault as fault:
            # Without its cause: the SDK's exceptions carry the server's message, which may quote people.
            raise call.error(fault) from None

    async def _by_either_api(self, request: ModelRequest, call: Call) -> Done:
        api = self._api
        try:
            return await self._attempts(api, request, call)
        except Fault as fault:
            if isinstance(api, ChatCompletionsApi) or not route_missing(fault.said):
                raise
        chat = ChatCompletionsApi()
        done = await self._attempts(chat, request, call)
        # Remembered only now that it has worked: a wrong base address lacks both routes.
        self._api = chat
        self._log("model_api_changed", api=chat.name)
        return done

    async def _attempts(self, api: Adapter, request: ModelRequest, call: Call) -> Done:
        """Attempts until one succeeds. Ends at all events: each repeat is counted, each parameter dropped once."""
        call.api = api.name
        repeated = 0
        while True:
            body = api.body(request, self._refused.of(api.name, request.model))
            attempt = Attempt(self._sdk, api, self._patience, call)
            try:
                return await attempt.run(body, api.decoder(request, call))
            except Fault as fault:
                if call.begun:
                    raise
                if name := refused_parameter(fault.said, body, api.optional):
                    self._drop(api, request.model, name)
                    continue
                pause = self._retry.pause(fault, repeated, self._deadline - call.seconds)
                if pause is None:
                    raise
                self._log("model_retry", api=api.name, detail=fault.detail, seconds=round(pause, 3), **_ids(call))
                self._observer.count("model_retries", api=api.name, reason=fault.failure.value)
            repeated += 1
            call(Waiting("retry", pause))
            await asyncio.sleep(pause)

    def _drop(self, api: Adapter, model: str, name: str) -> None:
        self._refused.add(api.name, model, name)
        self._log("model_parameter_dropped", api=api.name, llm=model, parameter=name)

    def _report(self, call: Call, outcome: str) -> None:
        api = call.api
        self._observer.count("model_calls", api=api, outcome=outcome)
        self._observer.observe("model_call_seconds", call.seconds, api=api)
        if call.first_text_after is not None:
            self._observer.observe("model_first_text_seconds", call.first_text_after, api=api)

    def _report_tokens(self, done: Done) -> None:
        usage = done.usage
        kinds = {"input": usage.input, "cached": usage.cached, "output": usage.output, "reasoning": usage.reasoning}
        for kind, tokens in kinds.items():
            self._observer.observe("model_tokens", tokens, kind=kind)

    @staticmethod
    def _log(event: str, **fields: object) -> None:
        log.warning(event, extra=fields)


def _ids(call: Call) -> dict[str, str]:
    return {"request_id": call.request_id} if call.request_id else {}
