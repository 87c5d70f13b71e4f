"""Limits as operators write them, prices of models, and settings that cannot be kept."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from budgets import NANOS, Limit, Price, Prices, Span, Unit, limit_of, read_prices
from config import ConfigurationError, Settings, load_settings

VALID = {"SLACK_BOT_TOKEN": "xoxb-1-A", "SLACK_APP_TOKEN": "xapp-1-A", "OPENAI_API_KEY": "key"}
SMALL = {"MAX_OUTPUT_TOKENS": "1000"}


def load(**given: str) -> Settings:
    return load_settings(None, **VALID | given)


def problems(**given: str) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        load(**given)
    return raised.value.problems


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("200000", Unit.TOKENS, 200_000),
        ("200000 tokens", Unit.TOKENS, 200_000),
        ("5 USD", Unit.MONEY, 5 * NANOS),
        ("0.5 USD", Unit.MONEY, NANOS // 2),
        ("12.34 USD", Unit.MONEY, 12_340_000_000),
    ],
)
def test_a_limit_is_tokens_or_money(text: str, unit: Unit, amount: int) -> None:
    assert limit_of(Span.USER_DAY, text) == Limit(Span.USER_DAY, unit, amount)


def test_an_empty_limit_is_none() -> None:
    assert limit_of(Span.USER_DAY, "") is None
    assert load().limits == ()


@pytest.mark.parametrize(
    "text", ["-5", "-1 USD", "5 EUR", "5USD", "five", "1.5", "1e6", "5.123 USD", "\u0665", "0", "0.00 USD"]
)
def test_a_limit_that_is_none(text: str) -> None:
    (problem,) = problems(USER_MONTH=text)
    assert problem.startswith("USER_MONTH: must be ")
    assert text not in problem or text == "0"


@pytest.mark.parametrize("span", list(Span))
def test_a_limit_has_to_cover_an_answer(span: Span) -> None:
    said = [f"{span.value}: does not cover one answer of MAX_OUTPUT_TOKENS"]
    assert problems(**SMALL, **{span.value: "1000"}) == said
    assert problems(**{span.value: "0.10 USD"}) == said
    assert load(**SMALL, **{span.value: "1001"}).limits == (Limit(span, Unit.TOKENS, 1_001),)


def test_under_a_limit_in_money_every_model_needs_a_price() -> None:
    assert problems(USER_DAY="5 USD", OPENAI_MODEL="llama", OPENAI_UTILITY_MODEL="tiny", EMBEDDING_MODEL="vectors") == [
        "USER_DAY: is in money, and there is no price for llama, tiny, vectors; add it in PRICES_FILE"
    ]
    assert problems(USER_DAY="5 USD", OPENAI_MODELS="gpt-6*, mine") == [
        "USER_DAY: is in money, and there is no price for mine; add it in PRICES_FILE"
    ]
    assert load(USER_DAY="5 USD", OPENAI_UTILITY_MODEL="none").limits
    assert load(USER_DAY="500000", OPENAI_MODEL="llama").limits, "tokens need no price"


def test_models_without_a_price_are_on_offer_where_money_is_not_limited() -> None:
    assert load(USER_DAY="500000").may_be_used("llama")
    assert not load(USER_DAY="5 USD").may_be_used("llama")
    assert load(USER_DAY="5 USD").may_be_used("gpt-6.2-sol-2026-11-17")


def test_a_file_of_prices_counts_before_ours(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text('["llama*"]\ninput = 0.5\noutput = 1\n["gpt-6.2-sol"]\ninput = 1\noutput = 0\n', encoding="utf-8")
    prices = load(USER_DAY="5 USD", OPENAI_MODEL="llama-9", PRICES_FILE=str(file)).prices
    assert prices.of("llama-9") == Price(500_000_000, 500_000_000, NANOS)
    assert prices.of("gpt-6.2-sol") == Price(NANOS, NANOS, 0)
    assert prices.of("gpt-5.6-luna") == Price(200_000_000, 20_000_000, 1_200_000_000)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file or directory"),
        (b"\xff\xfe", "is no TOML"),
        (b"[models", "is no TOML"),
        (b"[m]\ninput = -1\noutput = 1", "m.input: Input should be greater than or equal to 0"),
        (b"[m]\ninput = 1", "m.output: Field required"),
        (b"[m]", "m.input: Field required"),
        (b"[m]\ninput = 1e306\noutput = 1", "m.input: Input should be less than or equal to 1000000"),
        (b"m = " + b"[" * 5_000, "is no TOML"),
        (b"[m]\ninput = nan\noutput = 1", "m.input: Input should be"),
        (b"[m]\ninput = 1\noutput = 1\ninptu = 1", "m.inptu: Extra inputs are not permitted"),
        (b"input = 1", "input: Input should be a valid dictionary"),
    ],
)
def test_a_file_of_prices_that_cannot_be_read(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "prices.toml"
    if content is not None:
        file.write_bytes(content)
    (problem,) = problems(PRICES_FILE=str(file))
    assert problem.startswith(f"PRICES_FILE: {file}")
    assert said in problem
    assert "\n" not in problem


def test_names_with_a_date_and_patterns() -> None:
    one, other = Price(1, 1, 1), Price(2, 2, 2)
    prices = Prices(({"gpt-6.2-sol": one, "gpt-*": other},))
    assert prices.of("gpt-6.2-sol") == prices.of("gpt-6.2-sol-2026-11-17") == one
    assert prices.of("gpt-7") == other
    assert prices.of("llama") is None
    assert prices.of("llama", "gpt-7") == other, "what it was asked for, where the server's own name has none"
    ours_first = Prices(({"prod": one}, {"gpt-6.2-astra": other}))
    assert ours_first.of("gpt-6.2-astra", "prod") == one, "the operator's table goes first, whatever the server says"


def test_a_pattern_of_an_earlier_table_counts_before_a_name_of_a_later_one() -> None:
    assert Prices(({"gpt-*": Price(1, 1, 1)}, {"gpt-6.2-sol": Price(2, 2, 2)})).of("gpt-6.2-sol") == Price(1, 1, 1)


def test_cost_is_exact() -> None:
    price = read_prices(None).of("gpt-6.2-sol")
    assert price is not None
    assert price.cost(1_000_000, 400_000, 100_000, 0) == round((0.6 * 2 + 0.4 * 0.1 + 0.1 * 10) * NANOS)
    assert Price(0, 0, 0, 40_000_000).cost(5, 0, 5, 3) == 120_000_000
    assert Price(12_500_000, 0, 0).cost(3, 0, 0, 0) == 38, "a part of a billionth counts whole"
    assert Price(1, 0, 0).cost(1, 0, 0, 0) == 1, "nothing that has a price is free"


def test_the_dearest_price_is_that_of_each_kind() -> None:
    assert Prices(({"a": Price(1, 1, 9)}, {"b": Price(5, 2, 3, 7)})).dearest == Price(5, 2, 9, 7)
    assert Prices().dearest == Price(0, 0, 0)


@pytest.mark.parametrize(
    ("at", "day", "month"),
    [
        ("2026-11-26T15:04:05", "2026-11-27", "2026-12-01"),
        ("2026-12-31T23:59:59", "2027-01-01", "2027-01-01"),
        ("2028-02-28T00:00:00", "2028-02-29", "2028-03-01"),
    ],
)
def test_a_day_and_a_month_begin_by_utc(at: str, day: str, month: str) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()
    assert Span.USER_DAY.period(now) == at[:10]
    assert Span.USER_MONTH.period(now) == Span.WORKSPACE_MONTH.period(now) == at[:7]
    assert datetime.fromtimestamp(Span.USER_DAY.begins(now), UTC).isoformat() == f"{at[:10]}T00:00:00+00:00"
    assert datetime.fromtimestamp(Span.USER_MONTH.begins(now), UTC).isoformat() == f"{at[:7]}-01T00:00:00+00:00"
    assert f"{Span.USER_DAY.resets(now):%Y-%m-%d %H:%M}" == f"{day} 00:00"
    assert f"{Span.WORKSPACE_MONTH.resets(now):%Y-%m-%d %H:%M}" == f"{month} 00:00"
