"""What OpenAI's models take beside their messages. Models of unknown families take everything."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from playground.model.errors import ApiError
from playground.model.journal import Api
from playground.model.strictness import EFFORTS


@dataclass(frozen=True, slots=True)
class Family:
    """`efforts` that the family takes, none where it does not reason; `verbosity`: all three, else only "medium"."""

    names: re.Pattern[str]
    efforts: tuple[str, ...] = ()
    verbosity: bool = True


_FAMILIES = (
    Family(re.compile(r"gpt-6\.1-sol|gpt-6\.2|gpt-6-astra"), EFFORTS[2:]),
    Family(re.compile(r"gpt-6|gpt-5\.6"), EFFORTS),
    Family(re.compile(r"gpt-5"), EFFORTS[1:5]),
    Family(re.compile(r"o\d"), EFFORTS[2:5], verbosity=False),
    Family(re.compile(r"gpt-4|gpt-3\.5"), verbosity=False),
)
_ONLY_RESPONSES = "max"


def refuse_settings(api: Api, body: Mapping[str, object]) -> None:
    """Raises ApiError 400 where the model does not take a setting. `body` has passed `strictness.check`."""
    model = str(body["model"])
    family = next((family for family in _FAMILIES if family.names.match(model)), None)
    if family is None:
        return
    responses = api is Api.RESPONSES
    effort_name, verbosity_name = (
        ("reasoning.effort", "text.verbosity") if responses else ("reasoning_effort", "verbosity")
    )
    effort, verbosity = (_value(body, name) for name in (effort_name, verbosity_name))
    if effort is not None:
        efforts = tuple(each for each in family.efforts if responses or each != _ONLY_RESPONSES)
        _check_effort(effort_name, effort, efforts, model)
    if verbosity not in (None, "medium") and not family.verbosity:
        raise _unsupported_value(verbosity_name, verbosity, ("medium",), model)
    if family.efforts and effort != "none":
        _refuse_sampling(api, body)


def _value(body: Mapping[str, object], name: str) -> object:
    outer, _, inner = name.partition(".")
    value = body.get(outer)
    return value.get(inner) if inner and isinstance(value, Mapping) else None if inner else value


def _check_effort(name: str, effort: object, efforts: tuple[str, ...], model: str) -> None:
    if not efforts:
        raise _unsupported_parameter(name)
    if effort not in efforts:
        raise _unsupported_value(name, effort, efforts, model)


def _refuse_sampling(api: Api, body: Mapping[str, object]) -> None:
    for name in ("temperature", "top_p"):
        value = body.get(name)
        if value is None:
            continue
        if api is Api.RESPONSES:
            raise _unsupported_parameter(name)
        if value != 1:
            message = f"Unsupported value: '{name}' does not support {value} with this model. Only the default (1)"
            raise ApiError(400, f"{message} value is supported.", code="unsupported_value", param=name)


def _unsupported_parameter(name: str) -> ApiError:
    message = f"Unsupported parameter: '{name}' is not supported with this model."
    return ApiError(400, message, code="unsupported_parameter", param=name)


def _unsupported_value(name: str, value: object, known: tuple[str, ...], model: str) -> ApiError:
    values = ", ".join(f"'{each}'" for each in known)
    message = f"Unsupported value: '{value}' is not supported with the '{model}' model. Supported values are: {values}."
    return ApiError(400, message, code="unsupported_value", param=name)
