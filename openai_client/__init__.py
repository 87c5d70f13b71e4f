"""All that knows OpenAI's SDK. The core sees `events.py`, `errors.py` and `base.py` only."""
