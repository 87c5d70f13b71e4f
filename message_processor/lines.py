"""The lines people see: what happened and what to do, one for each way a turn can end. Nothing else speaks to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from base_client import Busy
from budgets import NANOS, Unit
from database import Standing
from message_processor.wording import Wording
from openai_client.errors import Failure

LEFT_OUT = {"tools": "turn.no_tools", "pictures": "turn.no_pictures", "documents": "turn.no_documents"}
"""What people are told of what a server never takes, by its name: keys of strings."""
NOT_PASSED = {"pictures": "turn.pictures_not_passed", "documents": "turn.documents_not_passed"}
"""The same of what it refused this time."""

_FOR_ADMINS = {Failure.QUOTA, Failure.AUTHENTICATION, Failure.FAILED}
_CUT = {Failure.TIMEOUT, Failure.STALLED, Failure.DROPPED, Failure.UNAVAILABLE}
_PICTURES = {
    Failure.CONTENT_REFUSED, Failure.QUOTA, Failure.RATE_LIMITED, Failure.TIMEOUT, Failure.AUTHENTICATION,
    Failure.UNAVAILABLE,
}  # fmt: skip
_BUSY = {Busy.THREAD: "busy", Busy.PERSON: "busy_person", Busy.ALL: "busy_all"}
_STATUS_LENGTH = 100
_NAMES_SHOWN = 5
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines in one person's language; `admin_contact` is whom the operators named to be asked, or empty."""

    say: Wording
    admin_contact: str = ""

    def failure(self, failure: Failure, seconds: float | None = None) -> str:
        """The whole answer when there is none: one line, with whom to ask where people can't help themselves.

        `seconds`: after so long a server that is UNAVAILABLE is tried again.
        """
        if failure is Failure.UNAVAILABLE and seconds is not None:
            return f"⚠️ {self.say('turn.model_away', seconds=max(1, ceil(seconds)))}"
        key = f"failures.{failure.value}"
        return self.warning(key) if failure in _FOR_ADMINS else f"⚠️ {self.say(key)}"

    def cut(self, failure: Failure) -> str:
        """The closing line under a partial answer."""
        why = self.say(f"cut.{failure.value}" if failure in _CUT else "cut.other")
        return self.say("cut.line", why=why)

    def warning(self, key: str) -> str:
        """A failure of our own as one line."""
        return f"⚠️ {self.say(key)} {self.ask_admin()}".rstrip()

    def ask_admin(self) -> str:
        """Whom to ask, if the operators named somebody."""
        return self.say("turn.ask_admin", contact=self.admin_contact) if self.admin_contact else ""

    def budget_spent(self, standing: Standing) -> str:
        """That a limit has no room for more, and what helps: to wait for other answers, for the next day, or a thread
        that needs less.
        """
        given = self._standing(standing)
        if standing.needed > standing.limit.amount:
            line = self.say("budget.too_large", limit=given["limit"])
        elif standing.used + standing.needed <= standing.limit.amount:
            line = self.say("budget.held")
        else:
            line = self.say(f"budget.spent.{standing.limit.span.value.lower()}", **given)
        ask = self.say("budget.ask", contact=self.admin_contact) if self.admin_contact else ""
        return f"⚠️ {line} {ask}".rstrip()

    def budget_near(self, standing: Standing) -> str:
        """The note that a good part of a limit is used."""
        percent = min(100, standing.percent)
        return self.say(f"budget.near.{standing.limit.span.value.lower()}", percent=percent, **self._standing(standing))

    def budget_so_far(self, standing: Standing) -> str:
        """How much of a limit is used."""
        return self.say(f"budget.so_far.{standing.limit.span.value.lower()}", **self._standing(standing))

    def _standing(self, standing: Standing) -> dict[str, str]:
        limit = standing.limit
        resets = f"{limit.span.resets(standing.at):%Y-%m-%d %H:%M} UTC"
        return {
            "used": self._amount(limit.unit, standing.used),
            "limit": self._amount(limit.unit, limit.amount),
            "resets": resets,
        }

    def _amount(self, unit: Unit, amount: int) -> str:
        if unit is Unit.TOKENS:
            return self.say("budget.tokens", count=grouped(amount))
        return f"${amount // (NANOS // 100) / 100:.2f}"  # what is used is never rounded up to the limit

    def file_problems(self, problems: Sequence[tuple[str, str]], limit: int) -> str:
        """A line for each kind of problem, from names and problems; `limit` is in megabytes."""
        by_kind: dict[str, list[str]] = {}
        for name, problem in problems:
            by_kind.setdefault(problem, []).append(name)
        return "\n".join(self._file_line(names, problem, limit) for problem, names in by_kind.items())

    def _file_line(self, names: Sequence[str], problem: str, limit: int) -> str:
        unnamed = self.say("file_lines.unnamed")
        shown = ", ".join(_as_code(name, unnamed) for name in names[:_NAMES_SHOWN])
        if more := len(names[_NAMES_SHOWN:]):
            shown = self.say("file_lines.more", names=shown, count=more)
        return self.say("file_lines.line", names=shown, why=self.file_problem(problem, limit))

    def file_problem(self, problem: str, limit: int) -> str:
        """Why a file could not be read, as a part of a sentence; `limit` is in megabytes."""
        key = f"files.{problem}"
        return self.say(key if key in self.say.strings else "files.crashed", limit=limit)

    def retry_status(self, seconds: float) -> str:
        """The status while a model call waits to be repeated."""
        return self.say("turn.retry", seconds=max(1, round(seconds)))

    def busy(self, refused: int, why: Busy = Busy.THREAD) -> str:
        """The line that stands for `refused` messages that did not fit a line."""
        return self.say.counted(_BUSY[why], refused)


def grouped(number: int) -> str:
    """A number in groups of three digits, as every language reads it."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def picture_failure_key(failure: Failure) -> str:
    """The string that says why a picture did not come about."""
    return f"pictures.{failure.value if failure in _PICTURES else 'other'}"


def commentary_status(commentary: str) -> str:
    """What the model says about its work, on one short line: the newest words."""
    line = " ".join(commentary.split())
    return line if len(line) <= _STATUS_LENGTH else f"…{line[1 - _STATUS_LENGTH :]}"


def _as_code(name: str, unnamed: str) -> str:
    """A file's name as code, without what could end the code or notify people."""
    shown = " ".join(name.translate({ord(sign): None for sign in "`<>"}).split()) or unnamed
    return f"`{shown if len(shown) <= _LONGEST_NAME else shown[: _LONGEST_NAME - 1] + '…'}`"
