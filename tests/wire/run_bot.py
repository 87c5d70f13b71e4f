"""The bot's process under test: `main.py`, with a guard that raises when something blocks the event loop."""

import sys

from blockbuster import BlockBuster

import main

if __name__ == "__main__":
    guard = BlockBuster()
    guard.activate()
    sys.exit(main.main())
