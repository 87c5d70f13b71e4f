"""`python -m playground`: runs until SIGINT or SIGTERM, or until the pipe at its standard input is closed.

Once it listens it prints one line of JSON: `slack_api_url`, `openai_base_url`, `page_url`, `bot_token`, `app_token`.
Exit codes: 0 stopped as asked, 2 wrong command line, 78 a port is taken or the real model has no address.
"""

import argparse
import asyncio
import json
import os
import signal
import stat
import sys
from collections.abc import Sequence

from playground.model.knobs import KnobSettings
from playground.server import Options, Playground

WRONG_CONFIGURATION = 78

# People want to see an answer being written; tests, which make a playground of their own, want it at once.
HUMAN_PACE = KnobSettings(first_token_seconds=0.5, chunk_characters=12, chunk_seconds=0.04)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def read_options(arguments: Sequence[str]) -> Options:
    """Options from the command line; `--model real` takes the address from OPENAI_BASE_URL."""
    parser = argparse.ArgumentParser(prog="python -m playground", description="A Slack workspace on this machine.")
    parser.add_argument(
        "--slack-port", type=_port, default=0, metavar="N", help="port of Slack and the page (free one)"
    )
    parser.add_argument("--model-port", type=_port, default=0, metavar="N", help="port of the offline model (free one)")
    parser.add_argument("--model", choices=("offline", "real"), default="offline", help="real: OPENAI_BASE_URL's")
    parser.add_argument("--enforce-tiers", action="store_true", help="refuse calls above Slack's published rates")
    found = parser.parse_args(arguments)
    real = os.environ.get("OPENAI_BASE_URL", "").strip() if found.model == "real" else ""
    if found.model == "real" and not real:
        print("playground: --model real needs OPENAI_BASE_URL", file=sys.stderr)
        raise SystemExit(WRONG_CONFIGURATION)
    return Options(
        slack_port=found.slack_port,
        model_port=found.model_port,
        enforce_tiers=found.enforce_tiers,
        real_model_url=real,
        pace=HUMAN_PACE,
    )


def _stop_requested() -> asyncio.Event:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)

    def on_input() -> None:
        if not os.read(0, 1_024):
            loop.remove_reader(0)
            stopped.set()

    # Whoever starts the playground with a pipe ends it by its own end, however sudden.
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        loop.add_reader(0, on_input)
    return stopped


async def run(options: Options) -> int:
    """Run until a signal comes, or the pipe at standard input, if there is one, is closed; the exit code."""
    stopped = _stop_requested()
    playground = Playground(options)
    try:
        await playground.start()
    except OSError as error:
        print(f"playground: cannot listen: {error.strerror or error}", file=sys.stderr)
        return WRONG_CONFIGURATION
    names = ("slack_api_url", "openai_base_url", "page_url", "bot_token", "app_token")
    print(json.dumps({name: getattr(playground, name) for name in names}), flush=True)
    await stopped.wait()
    await playground.stop()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(run(read_options(sys.argv[1:]))))
