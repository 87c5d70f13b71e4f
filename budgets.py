"""What may be used, and what it costs: limits in tokens or in money, and the prices of models."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

NANOS = 1_000_000_000
"""Money is counted in whole billionths of a dollar: the cheapest token costs some of them."""
_PRICES = Path(__file__).parent / "prices.toml"
_MILLION = 1_000_000
_TOKENS = re.compile(r"([0-9]{1,15})(?: tokens)?")
_MONEY = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,2})?) USD")
_DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")


class Unit(Enum):
    """What a limit is counted in."""

    TOKENS = "tokens"
    MONEY = "money"


class Span(Enum):
    """Whose use a limit is about, and for how long; the values are the settings' names."""

    USER_DAY = "USER_DAY"
    USER_MONTH = "USER_MONTH"
    WORKSPACE_MONTH = "WORKSPACE_MONTH"

    @property
    def of_person(self) -> bool:
        """Whether each person has one of their own."""
        return self is not Span.WORKSPACE_MONTH

    def period(self, now: float) -> str:
        """The day or month of a Unix time, by UTC: "2026-11-26" or "2026-11"."""
        return f"{datetime.fromtimestamp(now, UTC):{'%Y-%m-%d' if self is Span.USER_DAY else '%Y-%m'}}"

    def begins(self, now: float) -> float:
        """When the day or month of a Unix time began, in Unix time."""
        return self._first(now).timestamp()

    def resets(self, now: float) -> datetime:
        """When the next one begins."""
        first = self._first(now)
        if self is Span.USER_DAY:
            return datetime.fromtimestamp(first.timestamp() + 86_400, UTC)
        return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)

    def _first(self, now: float) -> datetime:
        today = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return today if self is Span.USER_DAY else today.replace(day=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """How much may be used: tokens, or billionths of a dollar."""

    span: Span
    unit: Unit
    amount: int


def limit_of(span: Span, text: str) -> Limit | None:
    """A limit as operators write it, "200000" tokens or "5 USD"; None where the text is empty. ValueError."""
    if not text:
        return None
    if tokens := _TOKENS.fullmatch(text):
        unit, amount = Unit.TOKENS, int(tokens[1])
    elif money := _MONEY.fullmatch(text):
        whole, _, cents = money[1].partition(".")
        unit, amount = Unit.MONEY, int(whole) * NANOS + int(cents.ljust(2, "0")) * (NANOS // 100)
    else:
        raise ValueError("must be a number of tokens (200000) or an amount of money (5 USD)")
    if not amount:
        raise ValueError("must be more than nothing; left empty there is no limit")
    return Limit(span, unit, amount)


@dataclass(frozen=True, slots=True)
class Price:
    """Billionths of a dollar for a million tokens of each kind, and for one picture."""

    input: int
    cached: int
    output: int
    image: int = 0

    def cost(self, input: int, cached: int, output: int, images: int) -> int:
        """Billionths of a dollar, rounded up; `cached` is part of `input`."""
        tokens = (input - cached) * self.input + cached * self.cached + output * self.output
        return -(-tokens // _MILLION) + images * self.image


Dollars = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class _Entry(BaseModel):
    """One model of a price file, in dollars."""

    model_config = ConfigDict(extra="forbid")

    input: Dollars
    cached: Dollars | None = None
    output: Dollars
    image: Dollars = 0

    def price(self) -> Price:
        cached = self.input if self.cached is None else self.cached
        return Price(*(round(dollars * NANOS) for dollars in (self.input, cached, self.output, self.image)))


_FILE = TypeAdapter(dict[str, _Entry])


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices by a model's name or a pattern of names, in tables of which the earlier ones count first."""

    tables: tuple[Mapping[str, Price], ...] = ()

    def of(self, *models: str) -> Price | None:
        """The price of the first of these names that the first table with any of them has."""
        found = (_priced(table, model) for table in self.tables for model in models)
        return next((price for price in found if price is not None), None)

    @property
    def dearest(self) -> Price:
        """What a call costs at most that goes to a model without a price."""
        prices = [price for table in self.tables for price in table.values()]
        return Price(*(max((getattr(price, kind) for price in prices), default=0) for kind in Price.__slots__))


def _priced(table: Mapping[str, Price], model: str) -> Price | None:
    names = (model, _DATE.sub("", model))
    exact = (table[name] for name in names if name in table)
    by_pattern = (price for pattern, price in table.items() if any(fnmatchcase(name, pattern) for name in names))
    return next(exact, None) or next(by_pattern, None)


def read_prices(path: Path | None) -> Prices:
    """The prices that come with Threadwell, and before them those of a file; ValueError says what is wrong with it."""
    return Prices(tuple(_read(each) for each in (path, _PRICES) if each is not None))


def _read(path: Path) -> dict[str, Price]:
    try:
        entries = _FILE.validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"{path} is no TOML: {error}") from None
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        raise ValueError(f"{path}: {'.'.join(map(str, detail['loc']))}: {detail['msg']}") from None
    return {name: entry.price() for name, entry in entries.items()}


def problems_of(limits: Sequence[Limit], prices: Prices, models: Sequence[str], longest_answer: int) -> list[str]:
    """Why these limits cannot be kept, a line each. `models[0]` answers, with `longest_answer` tokens at most."""
    problems = []
    unpriced = [model for model in models if prices.of(model) is None]
    for limit in limits:
        name = limit.span.value
        if limit.unit is Unit.MONEY and unpriced:
            problems.append(
                f"{name}: is in money, and there is no price for {', '.join(unpriced)}; add it in PRICES_FILE"
            )
        elif needed(limit.unit, prices, models[0], longest_answer) >= limit.amount:
            problems.append(f"{name}: does not cover one answer of MAX_OUTPUT_TOKENS")
    return problems


def needed(unit: Unit, prices: Prices, model: str, tokens: int) -> int:
    """What so many tokens of an answer take, in a unit."""
    if unit is Unit.TOKENS:
        return tokens
    return (prices.of(model) or prices.dearest).cost(0, 0, tokens, 0)
