"""Settings of which some are wrong, for whoever looks for what is wrong."""

import re
from dataclasses import dataclass

from config import ConfigurationError, Settings, load_settings


@dataclass(frozen=True, slots=True)
class Draft:
    """Settings as far as they are right, and a line for each problem.

    What is `wrong` (names of settings) has its default or, where there is none, a stand-in that opens nothing.
    """

    settings: Settings
    wrong: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()


_STAND_INS = {"SLACK_BOT_TOKEN": "xoxb-none", "SLACK_APP_TOKEN": "xapp-none", "OPENAI_API_KEY": "none"}
_DRAFTS = 5


def load_draft(env_file: str | None = ".env", **given: object) -> Draft:
    """What is right of the settings that `load_settings` would give; raises nothing."""
    problems: list[str] = []
    replaced: dict[str, object] = {}
    for _ in range(_DRAFTS):
        try:
            return Draft(load_settings(env_file, **given | replaced), frozenset(replaced), tuple(problems))
        except ConfigurationError as error:
            fresh = [problem for problem in error.problems if problem not in problems]
            problems += fresh
            named = [re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", problem) for problem in error.problems]
            # The one named first is the wrong one; where its default does not help, so are the others.
            wrong = {name for names in named for name in (names[:1] if fresh else names)} & set(Settings.model_fields)
            env_file = env_file if wrong else None
            replaced |= {name: _default(name) for name in wrong}
    replaced = {name: _default(name) for name in Settings.model_fields}
    return Draft(load_settings(None, **replaced), frozenset(replaced), tuple(problems))


def _default(name: str) -> object:
    return _STAND_INS.get(name, Settings.model_fields[name].default)
