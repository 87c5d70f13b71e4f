"""The model client: answers from whichever API the server has, pictures and embeddings."""

from openai import AsyncOpenAI

from base_client import Observer
from config import Settings
from openai_client.adapter import Adapter
from openai_client.asking import Asking
from openai_client.call import Call
from openai_client.chat_completions import ChatCompletionsApi
from openai_client.driver import Driver
from openai_client.embeddings import Embeddings
from openai_client.events import Done, EventSink, ModelRequest
from openai_client.faults import Fault, route_missing
from openai_client.images import Images
from openai_client.models import Models
from openai_client.responses import ResponsesApi
from openai_client.sdk import open_sdk
from openai_client.stream import Patience


class ModelClient:
    """Model calls for the whole process. Made by `open`, ended by `close`.

    `images` and `embeddings` share its slots, its deadline and its pool, `models` only the pool.
    """

    def __init__(self, settings: Settings, observer: Observer, sdk: AsyncOpenAI) -> None:
        self._driver = Driver(settings, observer, sdk)
        self._patience = Patience(settings.timings.silence_before_text, settings.STREAM_STALL_SECONDS)
        self._api: Adapter = ResponsesApi() if settings.OPENAI_API == "responses" else ChatCompletionsApi()
        self.images = Images(self._driver)
        self.embeddings = Embeddings(self._driver)
        self.models = Models(self._driver, settings)

    @classmethod
    async def open(cls, settings: Settings, observer: Observer) -> "ModelClient":
        """A client with its pool, its slow parts built; the server is not contacted."""
        return cls(settings, observer, await open_sdk(settings, observer))

    @property
    def in_flight(self) -> int:
        """Calls that hold a slot."""
        return self._driver.slots.taken

    @property
    def waiting(self) -> int:
        """Calls that wait for a slot."""
        return self._driver.slots.waiting

    async def complete(self, request: ModelRequest, on_event: EventSink) -> Done:
        """One model call. Events go to `on_event` as they arrive; returns when the stream has ended in good order.

        Raises ModelError otherwise. CancelledError always goes on, and the connection is closed.

        A sink and not an async generator: a deadline inside a generator would also fire while the consumer holds it,
        in the consumer's code. Here the deadline begins and ends in this one coroutine.
        """
        done = await self._driver.run(self._api.name, on_event, lambda call: self._by_either_api(request, call))
        self._driver.report_tokens(done.usage)
        return done

    async def close(self) -> None:
        """Close the pool, within a few seconds. Calls that still run are ended as dropped, later ones as well."""
        await self.models.close()
        await self._driver.close()

    async def _by_either_api(self, request: ModelRequest, call: Call) -> Done:
        done = await self._first_that_is_there(request, call)
        call.outcome = done.reason.value
        return done

    async def _first_that_is_there(self, request: ModelRequest, call: Call) -> Done:
        api = self._api
        try:
            return await self._ask(api, request, call)
        except Fault as fault:
            if isinstance(api, ChatCompletionsApi) or not route_missing(fault.said):
                raise
        chat = ChatCompletionsApi()
        done = await self._ask(chat, request, call)
        # Remembered only now that it has worked: a wrong base address lacks both routes.
        self._api = chat
        self._driver.log("model_api_changed", api=chat.name)
        return done

    async def _ask(self, api: Adapter, request: ModelRequest, call: Call) -> Done:
        return await Asking(self._driver, api, self._patience, request, call).answer()
