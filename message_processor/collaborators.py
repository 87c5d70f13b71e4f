"""What every part of the core may use, and how a turn comes out."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from base_client import ChatClient, Observer
from config import Settings
from database import Store, TurnState, TurnUsage
from message_processor.past import ThreadPast
from message_processor.recovery import Recovery
from message_processor.turn import new_turn_id
from openai_client.base import ModelClient
from openai_client.token_counter import Calibration


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a turn came out: `text` is the answer as far as there is one, `notice` our own line under or instead."""

    state: TurnState
    text: str = ""
    notice: str = ""
    error: str = ""
    usage: tuple[TurnUsage, ...] = ()


@dataclass
class Collaborators:
    """The typed base of the core's mixins: they share these and hold no state of their own."""

    settings: Settings
    chat: ChatClient
    model: ModelClient
    store: Store
    past: ThreadPast
    recovery: Recovery
    observer: Observer
    instructions: str
    clock: Callable[[], float] = time.time
    new_id: Callable[[], str] = new_turn_id
    calibration: Calibration = field(default_factory=Calibration)
