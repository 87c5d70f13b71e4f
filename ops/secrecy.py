"""Who else on this machine can read the tokens and keys: `.env`, and what PM2 keeps of its shell's environment."""

import logging
import stat
from collections.abc import Iterable
from pathlib import Path

from base_client import Finding, Level

log = logging.getLogger("threadwell.secrecy")

ENV_FILE, PM2_DUMP = ".env", "PM2's dump file"
_TELLING = 10
"""Characters of a secret: a shorter key, for a server without keys, is any word."""
_LARGEST_DUMP = 8_000_000
"""Bytes of it that are looked at."""


def readable_by(path: Path) -> str:
    """The mode ("0644") of a file that others than its owner may read; empty where there is none, or they may not."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return ""
    return f"{stat.S_IMODE(mode):04o}" if mode & (stat.S_IRGRP | stat.S_IROTH) else ""


def warn_of_readable(path: Path) -> None:
    """A line in the log where others may read the file. Touches the disk: not on the loop."""
    if mode := readable_by(path):
        log.warning("secrets_readable", extra={"file": str(path), "mode": mode, "advice": f"chmod 600 {path}"})


def env_file(path: Path) -> Finding:
    """Whether others may read it."""
    if mode := readable_by(path):
        return Finding(ENV_FILE, Level.WARN, f"others on this machine may read it ({mode})", f"chmod 600 {path}")
    found = "only its owner reads it" if path.exists() else "there is none: the settings come from the environment"
    return Finding(ENV_FILE, Level.OK, found)


def pm2_dump(path: Path, secrets: Iterable[str]) -> Finding:
    """Whether what `pm2 save` has written holds our tokens: it holds the environment of the shell that started PM2."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_DUMP)
    except OSError:
        return Finding(PM2_DUMP, Level.OK, "none to be read; it would hold the environment that the app was started in")
    if not any(secret.encode() in content for secret in secrets if len(secret) >= _TELLING):
        return Finding(PM2_DUMP, Level.OK, "holds the environment that the app was started in, and none of our secrets")
    mode = readable_by(path)
    found = f"holds our secrets; {f'others may read it ({mode})' if mode else 'only its owner reads it'}"
    advice = f"put them into .env, pm2 delete slackbot, start it from a shell without them, pm2 save; chmod 600 {path}"
    return Finding(PM2_DUMP, Level.WARN, found, advice)
