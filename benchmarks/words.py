"""What is asked and answered in every measurement: the same for the bot and for the bare program."""

MODEL = "gpt-6.2-sol"

ANSWER = """\
Here is what I would do, in order:

1. **Look at the numbers first.** Compare last week's error rate with the week before; if both moved together, the \
cause is outside of this service and the rest of the list can wait.
2. **Read the slowest requests.** Ten of them are enough. Note what each one waited for: the database, another \
service, or the processor.
3. **Change one thing at a time**, and write down what you expected before you look at the result.

```python
slow = sorted(requests, key=lambda request: request.seconds)[-10:]
for request in slow:
    print(request.seconds, request.waited_for)
```

If the database is the culprit, start with the query plan of the most frequent statement, not with the slowest one. \
Tell me what you find, and we look at the next step together."""
"""The model's answer: a short list with a piece of code, 800 characters, which arrive in about 20 deltas."""


def question(number: int) -> str:
    """The question of a thread's turn `number`, about as long as people's questions are."""
    return (
        f"Question {number}: our service became slower over the last week and I don't know where to begin. "
        "What would you look at first, and how do I find out whether the database is to blame?"
    )


def conversation(turns: int) -> list[tuple[str, str]]:
    """So many turns, each a question and its answer."""
    return [(question(number), ANSWER) for number in range(1, turns + 1)]
