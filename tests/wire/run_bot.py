"""The bot's process under test: `main.py`, with a guard that raises when something blocks the event loop."""

import sys

from blockbuster import blockbuster_ctx

import main

if __name__ == "__main__":
    # Left active, the guard's patches of built-in types crash the interpreter's own end now and then.
    with blockbuster_ctx():
        code = main.main()
    sys.exit(code)
