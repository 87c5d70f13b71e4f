"""One model request on its way to one API: its body, without what the server refuses."""

import asyncio

from openai_client.adapter import Adapter
from openai_client.attachments import heavy, serialised
from openai_client.call import Call
from openai_client.driver import Driver
from openai_client.events import Done, Json, LeftOut, ModelRequest
from openai_client.faults import Fault
from openai_client.omissions import MOVED, Omission, lean, parts, refused_part
from openai_client.refusals import refused_parameter
from openai_client.stream import Attempt, Patience


class Asking:
    """The attempts of one request; the body is built anew only where the server has refused some of it."""

    def __init__(self, driver: Driver, api: Adapter, patience: Patience, request: ModelRequest, call: Call) -> None:
        self._driver = driver
        self._api = api
        self._patience = patience
        self._request = request
        self._call = call
        self._parts = parts(request)
        self._left_out: set[str] = set()  # for this call only
        self._gone: frozenset[str] = frozenset()
        self._body: Json = {}
        self._written: bytes | None = None

    async def answer(self) -> Done:
        """Ask until there is an answer. Raises Fault."""
        self._call.api = self._api.name
        return await self._driver.repeat(self._call, self._attempt, self._mend)

    async def _attempt(self) -> Done:
        if self._written is None:
            self._written = await self._write()
        attempt = Attempt(self._driver.sdk, self._api.path, self._patience, self._call)
        return await attempt.run(self._written, self._api.decoder(self._request, self._call))

    async def _write(self) -> bytes:
        refused = self._driver.refused.of(self._api.name, self._request.model) | self._left_out
        gone = self._gone = refused & self._parts
        for what in sorted(gone - self._call.left_out - {MOVED}):
            self._call.left_out.add(what)
            self._call(LeftOut(what, lasting=what not in self._left_out))
        request = lean(self._request, gone) if gone else self._request
        self._body = self._api.body(request, refused)
        return await asyncio.to_thread(serialised, self._body) if heavy(request) else serialised(self._body)

    def _mend(self, fault: Fault) -> bool:
        if name := refused_parameter(fault.said, self._body, self._api.optional):
            self._driver.remember(self._api.name, self._request.model, name)
        elif part := refused_part(fault, self._parts - self._gone):
            self._leave_out(part, fault)
        else:
            return False
        self._written = None
        return True

    def _leave_out(self, part: Omission, fault: Fault) -> None:
        if part.lasting:
            self._driver.remember(self._api.name, self._request.model, part.what)
        else:
            self._left_out.add(part.what)
            self._driver.log("model_part_left_out", api=self._api.name, part=part.what, detail=fault.detail)
