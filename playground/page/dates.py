"""Moments in a text of an app, `<!date^1700000000^{date} {time}|fallback>`, in the time zone of this machine."""

import re
import time
from collections.abc import Callable

_TOKEN = re.compile(r"\{(\w+)\}")
_DAY = 86_400


def date(reference: str, fallback: str) -> str:
    """The moment as Slack writes it; the fallback where something is unknown. `reference` is all before the `|`."""
    _, seconds, form, *_ = [*reference.split("^"), "", ""]
    if not seconds.isdigit() or any(name not in _FORMS for name in _TOKEN.findall(form)):
        return fallback
    try:
        at = time.localtime(int(seconds))
    except (OverflowError, ValueError, OSError):
        return fallback
    return _TOKEN.sub(lambda token: _FORMS[token[1]](at), form) or fallback


def _written(form: str) -> Callable[[time.struct_time], str]:
    return lambda at: time.strftime(form, at)


def _pretty(form: str) -> Callable[[time.struct_time], str]:
    """Today and the days beside it by their names."""

    def shown(at: time.struct_time) -> str:
        day, named = time.time(), {"tomorrow": _DAY, "today": 0, "yesterday": -_DAY}
        near = (name for name, apart in named.items() if time.localtime(day + apart)[:3] == at[:3])
        return next(near, "") or time.strftime(form, at)

    return shown


_FORMS = {
    "date_num": _written("%Y-%m-%d"),
    "date_slash": _written("%d/%m/%Y"),
    "date": _written("%B %-d, %Y"),
    "date_pretty": _pretty("%B %-d, %Y"),
    "date_short": _written("%b %-d, %Y"),
    "date_short_pretty": _pretty("%b %-d, %Y"),
    "date_long": _written("%A, %B %-d, %Y"),
    "date_long_pretty": _pretty("%A, %B %-d, %Y"),
    "time": _written("%H:%M"),
    "time_secs": _written("%H:%M:%S"),
}
