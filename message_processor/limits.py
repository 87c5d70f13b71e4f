"""How much work may be under way, and whose line it is that is full where a message cannot be taken."""

from base_client import Busy
from config import Settings
from thread_manager import Admission, Limits

_IN_ALL = 10_000
"""Messages of everybody that may be under way: more than an hour's events, and what memory carries easily."""

REFUSED = {
    Admission.FULL: Busy.THREAD,
    Admission.PERSON_FULL: Busy.PERSON,
    Admission.ALL_FULL: Busy.ALL,
}
"""The admissions that take a message for nobody's turn."""


def limits_of(settings: Settings) -> Limits:
    """The limits that operators have set, and the one that nobody tunes."""
    return Limits(settings.THREAD_QUEUE_LIMIT, settings.USER_MAX_PENDING, _IN_ALL)
