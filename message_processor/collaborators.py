"""What every part of the core may use."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from base_client import ChatClient, Observer
from config import Settings
from database import Store
from message_processor.abilities import Abilities
from message_processor.budget import Budget
from message_processor.ingestion.desk import FileDesk
from message_processor.ingestion.sweeper import Sweeper
from message_processor.past import ThreadPast
from message_processor.preferences import Preferences
from message_processor.recovery import Recovery
from message_processor.running import Running
from message_processor.small_tasks import SmallTasks
from message_processor.summaries import Summaries
from message_processor.timeouts import Timeouts
from message_processor.titles import Titles
from message_processor.tools import ToolLoop
from message_processor.turn import new_turn_id
from openai_client.base import ModelClient
from openai_client.token_counter import Calibration


@dataclass
class Collaborators:
    """The typed base of the core's mixins: they share these and hold no state of their own."""

    settings: Settings
    chat: ChatClient
    model: ModelClient
    store: Store
    past: ThreadPast
    recovery: Recovery
    desk: FileDesk
    sweeper: Sweeper
    abilities: Abilities
    tools: ToolLoop
    preferences: Preferences
    summaries: Summaries
    titles: Titles
    budget: Budget
    observer: Observer
    instructions: str
    clock: Callable[[], float] = time.time
    new_id: Callable[[], str] = new_turn_id
    calibration: Calibration = field(default_factory=Calibration)
    running: Running = field(default_factory=Running)
    tasks: SmallTasks = field(default_factory=SmallTasks)
    timeouts: Timeouts = field(init=False)
