"""What the doctor asks the model server: whether it answers, and whether it knows the models of the settings."""

from collections.abc import Sequence

from base_client import Finding, Level, Observer
from config import Settings
from openai_client.driver import Driver
from openai_client.errors import Failure
from openai_client.faults import Fault, route_missing
from openai_client.models import Models
from openai_client.sdk import open_sdk

SERVER = "model server"
_UNUSED = {"", "none"}
_LOST = {
    "OPENAI_MODEL": "nobody is answered",
    "OPENAI_UTILITY_MODEL": "there are no titles and summaries; `none` does without them",
    "OPENAI_IMAGE_MODEL": "no pictures are drawn",
    "EMBEDDING_MODEL": "documents are searched by words alone",
}


async def examine_model(settings: Settings, observer: Observer) -> Sequence[Finding]:
    """One line for the server and one for each model in use. Asks for the list of models alone, which costs nothing."""
    driver = Driver(settings, observer, await open_sdk(settings, observer))
    try:
        listed = await Models(driver, settings).listed_now()
    except Fault as fault:
        return [_away(fault)]
    finally:
        await driver.close()
    known = {each.name for each in listed}
    models = [_known(settings, name, known) for name in _LOST if getattr(settings, name) not in _UNUSED]
    return [Finding(SERVER, Level.OK, f"answers, and lists {len(known)} models"), *models]


def _away(fault: Fault) -> Finding:
    if fault.failure is Failure.AUTHENTICATION:
        return Finding(SERVER, Level.FAIL, f"refuses the key: {fault.detail}", "mend OPENAI_API_KEY")
    if route_missing(fault.said):
        advice = "ask its operator for the names of its models; if nothing else works either, mend OPENAI_BASE_URL"
        return Finding(SERVER, Level.WARN, "answers, and has no list of models", advice)
    advice = "start it, or mend OPENAI_BASE_URL; behind a proxy, see that it lets the bot through"
    return Finding(SERVER, Level.FAIL, f"does not answer: {fault.detail}", advice)


def _known(settings: Settings, name: str, known: set[str]) -> Finding:
    """A default that the server lacks, which many compatible ones do, is no mistake of the operator's."""
    model = getattr(settings, name)
    if model in known:
        return Finding(name, Level.OK, f"{model} is known")
    chosen = name in settings.model_fields_set or name == "OPENAI_MODEL"
    level = Level.FAIL if chosen else Level.WARN
    return Finding(name, level, f"the server does not list {model}", f"set it to a listed one: else {_LOST[name]}")
