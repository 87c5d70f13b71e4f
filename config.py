"""Every setting of the process: its name, default, unit and meaning. Nothing else reads the environment.

Names are read exactly as written, because supervisors put lower-case variables of their own into the environment
(PM2: ``name``, ``status``, ``username``).
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, TypeAdapter, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from budgets import Limit, Prices, Span, Unit, limit_of, problems_of, read_prices

VERSION = "0.3.0"
"""The release, as its tag and the changelog name it."""


NO_MODEL = "none"
"""In place of a model's name: there is none, and what it is for is left out."""


class ConfigurationError(Exception):
    """The settings are wrong; `problems` has one line for each, fit for the operator's screen."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Timings:
    """Durations that no operator tunes, in seconds. Tests shorten them through TEST_TIMINGS (loopback only)."""

    silence_before_text: float = 90.0
    """A model's stream may be silent this long before its first text, keepalives counting as a sign of life."""
    append_interval: float = 0.8
    """Shortest time between two updates of one streamed answer."""
    appends_per_minute: float = 90.0
    """What all live streams together may use of Slack's allowance for updates."""
    stream_lifetime: float = 225.0
    """A streamed message is ended and continued in a new one before Slack ends it (at about 300)."""
    slack_call: float = 30.0
    """Deadline of one Web API call."""
    delivery_patience: float = 600.0
    """How long an answer's last writes are tried against Slack's refusals before the turn is undelivered."""
    retry_base: float = 0.5
    """First pause before a repeated call; it doubles with each attempt."""
    retry_ceiling: float = 20.0
    """Longest pause before a repeated call, unless the server names a longer one."""
    breaker_window: float = 60.0
    """Hard failures of a model endpoint in a row within this time, and it is left alone for a while."""
    breaker_pause: float = 15.0
    """How long a model endpoint that fails is left alone; it doubles with each probe that fails as well."""
    breaker_longest_pause: float = 120.0
    """The pause before a probe doubles up to here."""
    watchdog_interval: float = 5.0
    """How often lanes and sockets are looked at."""
    lane_warning: float = 330.0
    """A turn that holds its lane longer than this is named in the log."""
    socket_ping: float = 3.0
    """Time between two pings on a socket; two without an answer and it is renewed."""
    socket_lifetime: float = 3600.0
    """A socket is renewed at this age, the second one first at half of it."""
    start_patience: float = 180.0
    """How long an unreachable Slack is tried at start, and a lost one while running, before exit code 1."""
    busy_update: float = 1.0
    """Shortest time between two updates of a thread's "busy" line."""
    sweep_interval: float = 600.0
    """How often files whose time is over are looked for."""
    retention_interval: float = 3_600.0
    """How often conversations whose time is over are looked for."""
    history_step: float = 10.0
    """Time between two samples for the plots of the status page."""
    accounts_interval: float = 60.0
    """How long what was added up of the month does for the status page."""
    backup_interval: float = 600.0
    """How often the time of the nightly backup is looked at."""
    undelivered_interval: float = 300.0
    """How often answers that Slack refused are offered to it again."""

    intake: float = 2.5
    """Deadline for storing an event before it is acknowledged; Slack waits three."""


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty")
    return value.strip()


def _http_url(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http or https address")
    try:
        parts.hostname.encode("idna")
    except UnicodeError:
        raise ValueError("must be an http or https address: its host name cannot be one") from None
    return value.strip().rstrip("/") + "/"


def _bot_token(token: SecretStr) -> SecretStr:
    return _token(token, "a bot token: it starts with xoxb- (OAuth & Permissions page of the app)", "xoxb-", "xapp-")


def _app_token(token: SecretStr) -> SecretStr:
    return _token(token, "an app-level token: it starts with xapp- (Basic Information page)", "xapp-", "xoxb-")


def _token(token: SecretStr, kind: str, prefix: str, other: str) -> SecretStr:
    value = token.get_secret_value()
    if re.fullmatch(rf"{prefix}[!-~]+", value):
        return token
    hint = "; the two tokens look swapped" if value.startswith(other) else ""
    raise ValueError(f"is not {kind}{hint}")


def _key(key: SecretStr) -> SecretStr:
    value = key.get_secret_value().strip()
    if not value or not (value.isascii() and value.isprintable()):
        raise ValueError("is empty or holds what no key has; for a server without keys any word will do")
    return SecretStr(value)


def _sqlite_url(value: str) -> str:
    if not value.startswith("sqlite+aiosqlite:///"):
        raise ValueError("must start with sqlite+aiosqlite:///")
    return value


def _ids(kinds: str) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """A check of ids that begin with one of these letters, each with or without a "!" in front."""

    def check(words: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [word for word in words if not re.fullmatch(rf"!?[{kinds}][A-Z0-9]{{2,30}}", word)]:
            raise ValueError(f"{wrong[0]!r} is no id (like {kinds[0]}012AB3CD, or !{kinds[0]}012AB3CD to keep out)")
        return words

    return check


def _command(value: str) -> str:
    if not re.fullmatch(r"/[a-z0-9_-]{1,31}", value):
        raise ValueError("must be a slash and at most 31 small letters, digits, - or _")
    return value


def _limit(value: str) -> str:
    limit_of(Span.USER_DAY, value.strip())
    return value.strip()


def _words(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


Url = Annotated[str, AfterValidator(_http_url)]
Name = Annotated[str, AfterValidator(_not_blank)]
Budget = Annotated[str, AfterValidator(_limit)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine (by name or number; nothing is resolved)."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Settings(BaseSettings):
    """The contract with operators. Field names are the variables' names; descriptions are the README's table."""

    model_config = SettingsConfigDict(
        case_sensitive=True,
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        env_ignore_empty=True,
        frozen=True,
    )

    SLACK_BOT_TOKEN: Annotated[SecretStr, AfterValidator(_bot_token)] = Field(description="the bot's token, `xoxb-…`")
    SLACK_APP_TOKEN: Annotated[SecretStr, AfterValidator(_app_token)] = Field(
        description="the app-level token with `connections:write`, `xapp-…`"
    )
    OPENAI_API_KEY: Annotated[SecretStr, AfterValidator(_key)] = Field(
        description="the model server's key; any word for a server without keys"
    )
    SLACK_API_URL: Url = Field("https://slack.com/api/", description="base of Slack's Web API")
    OPENAI_BASE_URL: Url = Field(
        "https://api.openai.com/v1/", description="the model server: OpenAI's or a compatible one"
    )
    OPENAI_API: Literal["responses", "chat_completions"] = Field(
        "responses", description="which API the model server is spoken to with: `responses` or `chat_completions`"
    )
    OPENAI_MODEL: Name = Field("gpt-6.2-sol", description="the model that answers; any name the server knows")
    OPENAI_MODELS: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)] = Field(
        (), description="models people may choose from, `*` for any characters; empty: what the server lists"
    )
    OPENAI_UTILITY_MODEL: Name = Field(
        "gpt-5.6-luna", description="a small model for titles and summaries; `none` does without both"
    )
    OPENAI_IMAGE_MODEL: Name = Field("gpt-image-2.6-sunburst", description="the model that draws and edits pictures")
    EMBEDDING_MODEL: str = Field("", description="a model for embeddings, which search in documents then uses as well")
    INSTRUCTIONS_FILE: Path | None = Field(
        None, description="a text file with the house's own instructions to the model"
    )
    CONTEXT_TOKENS: int = Field(200_000, ge=1_000, description="size of the window built for a turn, in tokens")
    MAX_OUTPUT_TOKENS: int = Field(16_000, ge=16, description="longest answer, in tokens")
    DATABASE_URL: Annotated[str, AfterValidator(_sqlite_url)] = Field(
        "sqlite+aiosqlite:///data/threadwell.db", description="where everything is kept"
    )
    BACKUP_KEEP: int = Field(
        7,
        ge=0,
        le=1_000,
        description="backups that are kept, one is made every night beside the database; 0: none",
    )
    USE_ASYNC_MODE: bool = Field(True, description="false: the threaded transport, as a rollback")
    SYNC_WORKERS: int = Field(10, ge=1, le=200, description="with USE_ASYNC_MODE=false: turns at a time")
    ASYNC_TEST_CHANNELS: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)] = Field(
        (), description="with USE_ASYNC_MODE=false: channel ids whose turns need no worker, separated by commas"
    )
    ASYNC_MAX_CONCURRENT_REQUESTS: int = Field(100, ge=1, le=1_000, description="model calls at once")
    ASYNC_TIMEOUT_SECONDS: Seconds = Field(305, description="deadline of one model call, in seconds")
    TURN_TIMEOUT_SECONDS: Seconds = Field(900, description="deadline of a whole turn with its tools, in seconds")
    STREAM_STALL_SECONDS: Seconds = Field(120, description="longest silence inside an answer, in seconds")
    THREAD_QUEUE_LIMIT: int = Field(
        25, ge=0, le=1_000, description="messages that may wait in one thread; 0: busy at once"
    )
    USER_MAX_PENDING: int = Field(
        20, ge=1, le=10_000, description="messages of one person that may wait or be answered at a time"
    )
    RESUME_MAX_AGE_SECONDS: Seconds = Field(
        3_600, description="after a restart, older questions are not answered but offered again, in seconds"
    )
    HTTP_POOL_CONNECTIONS: int = Field(10, ge=1, le=1_000, description="links and files fetched at once from one host")
    HTTP_POOL_MAXSIZE: int = Field(100, ge=1, le=1_000, description="links and files fetched at once in all")
    HTTP_MAX_RETRIES: int = Field(3, ge=0, le=10, description="how often a failed fetch is repeated")
    HTTP_TIMEOUT: Seconds = Field(10, description="longest wait for a host's connection or next bytes, in seconds")
    FILE_MAX_MB: int = Field(50, ge=1, le=1_000, description="largest file that is read, in megabytes")
    FILE_RETENTION_DAYS: float = Field(
        30, gt=0, allow_inf_nan=False, description="how long files and what was read of them are kept, in days"
    )
    HISTORY_RETENTION_DAYS: float = Field(
        365, ge=0, allow_inf_nan=False, description="how long silent conversations are kept, in days; 0: for ever"
    )
    SETTINGS_SLASH_COMMAND: Annotated[str, AfterValidator(_command)] = Field(
        "/ai-settings", description="the slash command that opens the settings, as the app's manifest has it"
    )
    ALLOWED_CHANNELS: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words), AfterValidator(_ids("CG"))] = Field(
        (), description="ids of channels the bot answers in, `!` in front keeps one out; empty: in all"
    )
    ALLOWED_USERS: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words), AfterValidator(_ids("UW"))] = Field(
        (), description="ids of people it answers, `!` in front keeps one out; empty: all members, but no guests"
    )
    CHANNEL_SETTINGS_USERS: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)] = Field(
        (), description="ids of people who may change a channel's settings; empty: any member"
    )
    USER_DAY: Budget = Field(
        "", description="what one person may use in a day (UTC): tokens (`200000`) or money (`5 USD`); empty: no limit"
    )
    USER_MONTH: Budget = Field("", description="the same for a calendar month")
    WORKSPACE_MONTH: Budget = Field("", description="what everybody together may use in a calendar month")
    PRICES_FILE: Path | None = Field(
        None, description="a TOML file with prices of models, which count before those in `prices.toml`"
    )
    JOIN_INTRO: bool = Field(True, description="a short hello when the bot joins a channel")
    SHUTDOWN_GRACE_SECONDS: float = Field(
        60, ge=0, allow_inf_nan=False, description="how long running turns may finish at a stop, in seconds"
    )
    HEALTH_HOST: Name = Field("127.0.0.1", description="address of the health endpoint")
    HEALTH_PORT: int = Field(8080, ge=0, le=65_535, description="port of the health endpoint; 0 turns it off")
    ADMIN_CONTACT: str = Field("", description="whom people should ask, named in error lines")
    LOG_LEVEL: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="least severe line that is logged"
    )
    SLOW_OPERATION_SECONDS: Seconds = Field(
        5, description="calls to Slack, commits and the like that take longer are named in the log, in seconds"
    )
    LOG_FORMAT: Literal["text", "json"] = Field("text", description="`text` or `json`")
    NODE_CHANNEL_FD: int | None = Field(
        None, description="set by PM2 (`wait_ready`): where it is told that the bot runs"
    )
    TEST_LINK_ADDRESS: str = Field(
        "", description="`host:port` that links may lead to on this machine; only with a loopback SLACK_API_URL"
    )
    TEST_TIMINGS: str = Field(
        "{}", description="JSON that shortens internal durations; only with a loopback SLACK_API_URL"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        problems = []
        if self.MAX_OUTPUT_TOKENS >= self.CONTEXT_TOKENS:
            problems.append("MAX_OUTPUT_TOKENS must be smaller than CONTEXT_TOKENS")
        try:
            self.timings  # noqa: B018  computing it is the check
        except ValueError as error:
            problems.append(f"TEST_TIMINGS: {error}")
        try:
            self.house_rules  # noqa: B018  reading it is the check
        except ValueError as error:
            problems.append(f"INSTRUCTIONS_FILE: {error}")
        try:
            problems += problems_of(self.limits, self.prices, self._paid_models, self.MAX_OUTPUT_TOKENS)
        except ValueError as error:
            problems.append(f"PRICES_FILE: {error}")
        if self.TEST_LINK_ADDRESS and not is_loopback(self.SLACK_API_URL):
            problems.append("TEST_LINK_ADDRESS: is honoured only with a loopback SLACK_API_URL")
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @cached_property
    def timings(self) -> Timings:
        """The internal durations, shortened by TEST_TIMINGS where that is allowed."""
        try:
            changes = TypeAdapter(dict[str, float]).validate_json(self.TEST_TIMINGS)
        except ValidationError:
            raise ValueError("not a JSON object of numbers") from None
        if not changes:
            return Timings()
        if not is_loopback(self.SLACK_API_URL):
            raise ValueError("is honoured only with a loopback SLACK_API_URL")
        if unknown := set(changes) - {field.name for field in fields(Timings)}:
            raise ValueError(f"unknown names {', '.join(sorted(unknown))}")
        return replace(Timings(), **changes)

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """What may be used, as far as it is limited."""
        found = (limit_of(span, getattr(self, span.value)) for span in Span)
        return tuple(limit for limit in found if limit is not None)

    @cached_property
    def prices(self) -> Prices:
        """What models cost."""
        return read_prices(self.PRICES_FILE)

    def may_be_used(self, model: str) -> bool:
        """Where money is limited, a model needs a price."""
        return self.prices.of(model) is not None or all(limit.unit is not Unit.MONEY for limit in self.limits)

    @property
    def _paid_models(self) -> list[str]:
        """The models that the settings name, the one that answers first."""
        given = (self.OPENAI_MODEL, *self.OPENAI_MODELS, self.OPENAI_UTILITY_MODEL, self.OPENAI_IMAGE_MODEL)
        named = dict.fromkeys((*given, self.EMBEDDING_MODEL))
        return [name for name in named if name not in {"", NO_MODEL} and not re.search(r"[*?\[]", name)]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may stand in no line that the process writes."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))

    @cached_property
    def house_rules(self) -> str:
        """The text of INSTRUCTIONS_FILE; empty where there is none."""
        if self.INSTRUCTIONS_FILE is None:
            return ""
        try:
            return self.INSTRUCTIONS_FILE.read_text(encoding="utf-8")
        except OSError as error:
            raise ValueError(f"{self.INSTRUCTIONS_FILE}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise ValueError(f"{self.INSTRUCTIONS_FILE} is not UTF-8 text") from None


def _problem(name: str, message: str, kind: str) -> list[str]:
    if not name:
        return message.removeprefix("Value error, ").splitlines()
    return [f"{name} is missing" if kind == "missing" else f"{name}: {message.removeprefix('Value error, ')}"]


def load_settings(env_file: str | None = ".env", **given: object) -> Settings:
    """Settings from `given`, the environment and `env_file`, in this order; ConfigurationError says what is wrong.

    Values are never part of a problem's text: some of them are secrets.
    """
    try:
        return Settings(_env_file=env_file, **given)  # type: ignore[arg-type]  # validated and converted by pydantic
    except UnicodeDecodeError:
        raise ConfigurationError([f"{env_file} is not UTF-8 text"]) from None
    except OSError as error:
        raise ConfigurationError([f"{env_file}: {error.strerror}"]) from None
    except ValidationError as error:
        problems: list[str] = []
        for detail in error.errors(include_input=False, include_url=False):
            problems += _problem(".".join(map(str, detail["loc"])), detail["msg"], detail["type"])
        raise ConfigurationError(problems) from None


_READ_BY_SDKS = ("SLACK_", "OPENAI_")
_THIS_MACHINE = "localhost,127.0.0.1,::1"


def hide_from_sdks() -> None:
    """Make the environment harmless for the SDKs, which read it by themselves; once the settings are read.

    Slack's and the model's variables go: Bolt, for one, silently switches to OAuth when it finds a client's id and
    secret, and child processes have no use for secrets. Proxies are never used for this machine.
    """
    for name in [name for name in os.environ if name.startswith(_READ_BY_SDKS)]:
        del os.environ[name]
    spared = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    os.environ["no_proxy"] = f"{spared},{_THIS_MACHINE}".lstrip(",")
