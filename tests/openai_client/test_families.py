import pytest

from openai_client.families import efforts, takes_sampling, verbosities

LOW_TO_MAX = ("low", "medium", "high", "xhigh", "max")
NONE_TO_MAX = ("none", "minimal", *LOW_TO_MAX)
MINIMAL_TO_HIGH = ("minimal", "low", "medium", "high")
LOW_TO_HIGH = ("low", "medium", "high")


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("gpt-6.1-sol", LOW_TO_MAX),
        ("gpt-6.2-sol", LOW_TO_MAX),
        ("gpt-6.2-astra", LOW_TO_MAX),
        ("gpt-6-astra", LOW_TO_MAX),
        ("gpt-6-astra-2026-10-01", LOW_TO_MAX),
        ("gpt-6.1-terra", NONE_TO_MAX),
        ("gpt-6-luna", NONE_TO_MAX),
        ("gpt-5.6-luna", NONE_TO_MAX),
        ("gpt-5.4", MINIMAL_TO_HIGH),
        ("gpt-5", MINIMAL_TO_HIGH),
        ("openai/gpt-5", MINIMAL_TO_HIGH),
        ("o3-pro", LOW_TO_HIGH),
        ("o4-mini", LOW_TO_HIGH),
        ("gpt-oss-120b", LOW_TO_HIGH),
        ("openai/gpt-oss:20b", LOW_TO_HIGH),
        ("gpt-4.1", ()),
        ("gpt-3.5-turbo", ()),
        ("olmo-3", ()),
        ("llama-4-70b", ()),
        ("", ()),
    ],
)
def test_the_efforts_are_those_of_the_models_family(model: str, expected: tuple[str, ...]) -> None:
    assert efforts(model) == expected


@pytest.mark.parametrize("model", ["gpt-5", "gpt-5.6-luna", "gpt-6.2-sol", "vendor/gpt-6"])
def test_models_with_verbosity_have_three_of_them_and_take_no_sampling(model: str) -> None:
    assert verbosities(model) == ("low", "medium", "high")
    assert not takes_sampling(model)


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-3.5-turbo", "gpt-oss-20b", "llama-4-70b", "openai", "a/b/c"])
def test_models_that_take_sampling_have_no_verbosity(model: str) -> None:
    assert takes_sampling(model)
    assert verbosities(model) == ()


def test_the_o_models_take_neither_sampling_nor_verbosity() -> None:
    assert not takes_sampling("o3")
    assert verbosities("o3") == ()
