"""All that knows OpenAI's SDK. The core sees `base.py`, `errors.py`, `events.py` and `families.py` only."""
