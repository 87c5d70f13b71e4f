"""One exchange over the wire: whatever goes wrong in it, in the SDK or below, becomes a Fault."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import aiohttp
import httpx2
import openai

from openai_client.call import Call
from openai_client.errors import Failure
from openai_client.faults import Fault, connection_fault, dropped, sdk_fault


@contextmanager
def exchange(call: Call, answered: Callable[[], bool]) -> Iterator[None]:
    """`answered`: the headers of the answer have arrived. Notes the request id of an error answer."""
    try:
        yield
    except openai.APIError as error:
        if isinstance(error, openai.APIStatusError):
            call.request_id = error.request_id or ""
        raise sdk_fault(error, answered()) from error
    except (httpx2.HTTPError, aiohttp.ClientError, OSError) as error:
        raise connection_fault(error, answered()) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise dropped(type(error).__name__) from error


def media_type(response: httpx2.Response) -> str:
    """The type that the answer's headers name, without its parameters."""
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()


def unexpected(media: str, wanted: str) -> Fault:
    """Something else than an answer, with status 200: a page comes from what stands in the server's place."""
    return Fault(Failure.FAILED, f"answered with {media} instead of {wanted}", hard=media == "text/html")
