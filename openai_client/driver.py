"""What every call to the model server has in common: a slot, a deadline, repeats, and its figures."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from openai import AsyncOpenAI

from base_client import Observer
from config import Settings
from openai_client.breaker import Breakers
from openai_client.call import Call
from openai_client.errors import Failure, ModelError
from openai_client.events import EventSink, Sent, Usage, Waiting
from openai_client.faults import Fault, dropped
from openai_client.refusals import RefusedParameters
from openai_client.retry import RetryPolicy
from openai_client.slots import Slots

log = logging.getLogger("threadwell.model")

Result = TypeVar("Result")

_CLOSING = 5.0


class Driver:
    """Runs the calls of the whole process; `seconds` is the deadline of each."""

    def __init__(self, settings: Settings, observer: Observer, sdk: AsyncOpenAI) -> None:
        timings = settings.timings
        self.sdk = sdk
        self.seconds = settings.ASYNC_TIMEOUT_SECONDS
        self.slots = Slots(settings.ASYNC_MAX_CONCURRENT_REQUESTS, settings.TURN_TIMEOUT_SECONDS)
        self.refused = RefusedParameters()
        self.breakers = Breakers(timings, observer, time.monotonic)
        self._observer = observer
        self._retry = RetryPolicy(timings.retry_base, timings.retry_ceiling)
        self._running: set[asyncio.Timeout] = set()
        self._closed = False

    async def run(self, api: str, on_event: EventSink, work: Callable[[Call], Awaitable[Result]]) -> Result:
        """`work` with a slot and within the deadline.

        Raises ModelError for each Fault. CancelledError always goes on.
        """
        self._refuse_early(api, on_event)
        async with self.slots.one(on_event):
            call = Call(on_event, asyncio.get_running_loop().time, api)
            outcome = "cancelled"
            try:
                result = await self._in_time(call, work)
                outcome = call.outcome
                return result
            except ModelError as error:
                outcome = error.failure.value
                self._log_failed(call, error)
                raise
            finally:
                if call.permit is not None:
                    call.permit.given_up()
                self._report(call, outcome)

    async def repeat(
        self, call: Call, attempt: Callable[[], Awaitable[Result]], mend: Callable[[Fault], bool]
    ) -> Result:
        """Attempts until one succeeds; `mend` says whether it has changed the request so that it may pass.

        Ends at all events: each repeat is counted, and nothing can be mended twice. Raises Fault, also where the
        endpoint's breaker lets no attempt through.
        """
        repeated = 0
        breaker = self.breakers.of(call.api)
        while True:
            permit = call.permit = breaker.admit()
            call(Sent())
            try:
                result = await attempt()
            except Fault as fault:
                if not call.begun and mend(fault):
                    permit.answered()
                    continue
                permit.fell(fault)
                pause = None if call.begun else self._retry.pause(fault, repeated, self.seconds - call.seconds)
                if pause is None:
                    raise
                if (refusal := breaker.refusal()) is not None:
                    raise refusal from fault
                self._announce_retry(call, fault, pause)
            else:
                permit.answered()
                return result
            repeated += 1
            await breaker.sleep(pause)

    async def close(self) -> None:
        """Close the pool, within a few seconds. Calls that still run are ended as dropped, later ones as well."""
        self._closed = True
        # The transport does not wake who reads from a connection that it closes: their deadlines do.
        for deadline in [each for each in self._running if not each.expired()]:
            deadline.reschedule(0.0)
        try:
            async with asyncio.timeout(_CLOSING):
                await self.sdk.close()
        except TimeoutError:
            self.log("model_close_overdue")

    def remember(self, api: str, model: str, name: str) -> None:
        """Later calls of the model go without the refused parameter."""
        self.refused.add(api, model, name)
        self.log("model_parameter_dropped", api=api, llm=model, parameter=name)

    def report_tokens(self, usage: Usage) -> None:
        """Count what the server says the call has used."""
        kinds = {"input": usage.input, "cached": usage.cached, "output": usage.output, "reasoning": usage.reasoning}
        for kind, tokens in kinds.items():
            self._observer.observe("model_tokens", tokens, kind=kind)

    @staticmethod
    def log(event: str, **fields: object) -> None:
        """A line in the model's log."""
        log.warning(event, extra=fields)

    async def _in_time(self, call: Call, work: Callable[[Call], Awaitable[Result]]) -> Result:
        if self._closed:
            raise call.error(dropped("the client is closed"))
        try:
            async with asyncio.timeout(self.seconds) as deadline:
                self._running.add(deadline)
                try:
                    return await work(call)
                finally:
                    self._running.discard(deadline)
        except TimeoutError:
            if call.permit is not None and not self._closed:
                call.permit.failed("deadline of the call")
            closed, late = dropped("the client is closed"), Fault(Failure.TIMEOUT, "deadline of the call")
            raise call.error(closed if self._closed else late) from None
        except Fault as fault:
            # Without its cause: the SDK's exceptions carry the server's message, which may quote people.
            raise call.error(fault) from None

    def _announce_retry(self, call: Call, fault: Fault, pause: float) -> None:
        self.log("model_retry", api=call.api, detail=fault.detail, seconds=round(pause, 3), **_ids(call))
        self._observer.count("model_retries", api=call.api, reason=fault.failure.value)
        call(Waiting("retry", pause))

    def _refuse_early(self, api: str, on_event: EventSink) -> None:
        """Whoever would be refused anyway need not wait for a slot first. ModelError."""
        if (refusal := self.breakers.of(api).refusal()) is None:
            return
        call = Call(on_event, asyncio.get_running_loop().time, api)
        error = call.error(refusal)
        self._log_failed(call, error)
        self._report(call, error.failure.value)
        raise error

    def _log_failed(self, call: Call, error: ModelError) -> None:
        self.log("model_failed", api=call.api, failure=error.failure.value, detail=error.detail, **_ids(call))

    def _report(self, call: Call, outcome: str) -> None:
        api = call.api
        self._observer.count("model_calls", api=api, outcome=outcome)
        self._observer.observe("model_call_seconds", call.seconds, api=api)
        if call.first_text_after is not None:
            self._observer.observe("model_first_text_seconds", call.first_text_after, api=api)


def _ids(call: Call) -> dict[str, str]:
    return {"request_id": call.request_id} if call.request_id else {}
