"""The lines people see: what happened and what to do, one for each way a turn can end. Nothing else speaks to them."""

from openai_client.errors import Failure

_FAILURES = {
    Failure.RATE_LIMITED: "The model is receiving too many requests right now. Please ask again in a minute.",
    Failure.QUOTA: "The account's quota with the model provider is used up, so I can't answer until it is raised.",
    Failure.AUTHENTICATION: "The model server does not accept my key, so I can't answer until that is mended.",
    Failure.CONTEXT_TOO_LONG: "This thread has become too long for the model. Please go on in a new thread.",
    Failure.CONTENT_REFUSED: "The model provider declined this because of its content. Please put it differently.",
    Failure.TIMEOUT: "The model took too long to answer, so I stopped waiting. Please ask again.",
    Failure.STALLED: "The model fell silent, so I stopped waiting. Please ask again.",
    Failure.DROPPED: "The connection to the model broke. Please ask again.",
    Failure.FAILED: "The model server reported an error. Please ask again in a minute.",
    Failure.INCOMPLETE: "The model broke off its answer. Please ask again.",
    Failure.EMPTY: "The model sent back an empty answer. Please ask again, perhaps in other words.",
}
_FOR_ADMINS = {Failure.QUOTA, Failure.AUTHENTICATION, Failure.FAILED}

_STATUS_LENGTH = 100

_CUT = {
    Failure.TIMEOUT: "the model took too long",
    Failure.STALLED: "the model fell silent",
    Failure.DROPPED: "the connection to the model broke",
}

TOO_LONG = '_Cut off: this is the longest answer I may give. Write "go on" for the rest._'
FILTERED = "_Cut off: the model provider's content filter ended this answer. Please put the question differently._"
NOTHING_SAID = "I'm here. What can I do for you? Write your question behind my name, or just here in the thread."
RESTARTING = "_Restarting, continues shortly._"
INTERNAL = "Something went wrong on my side, and I could not answer. Please ask again."
THREAD_UNREADABLE = "I could not read the earlier messages of this thread from Slack. Please ask again in a minute."
STORE_UNAVAILABLE = "I can't reach my own records right now, so I can't answer. Please ask again in a minute."
TURN_TOO_LONG = "This took longer than I may work on one question, so I stopped. Please ask for less at once."
GIVEN_UP = "I began to answer this several times and never came to an end. Please ask again, perhaps in smaller steps."
WAITING_FOR_SLOT = "waiting for a free place: many questions at once…"
NOT_TAKEN_IN = "I could not take in your last message. Please send it again in a minute."


def failure_line(failure: Failure, admin_contact: str) -> str:
    """The whole answer when there is none: one line, with whom to ask where people can't help themselves."""
    line = f"⚠️ {_FAILURES[failure]}"
    return f"{line} {ask_admin(admin_contact)}".rstrip() if failure in _FOR_ADMINS else line


def cut_line(failure: Failure) -> str:
    """The closing line under a partial answer."""
    why = _CUT.get(failure, "the model server reported an error")
    return f"_Cut off: {why}. What arrived is above; ask me to go on._"


def warning(line: str, admin_contact: str = "") -> str:
    """A failure of our own as one line."""
    return f"⚠️ {line} {ask_admin(admin_contact)}".rstrip()


def ask_admin(admin_contact: str) -> str:
    """Whom to ask, if the operators named somebody."""
    return f"If it keeps happening, ask {admin_contact}." if admin_contact else ""


def retry_status(seconds: float) -> str:
    """The status while a model call waits to be repeated."""
    return f"the model asked for patience, trying again in {max(1, round(seconds))} s…"


def commentary_status(commentary: str) -> str:
    """What the model says about its work, on one short line: the newest words."""
    line = " ".join(commentary.split())
    return line if len(line) <= _STATUS_LENGTH else f"…{line[1 - _STATUS_LENGTH :]}"


def busy(refused: int) -> str:
    """The line that stands for `refused` messages that did not fit the thread's line."""
    messages = "a message" if refused == 1 else f"{refused} messages"
    return (
        f"⏳ I'm still busy in this thread and could not take {messages}. "
        "Please send again what still matters once I have answered."
    )
