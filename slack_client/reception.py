"""Puts together what takes in everything that people do in Slack."""

from dataclasses import dataclass

from base_client import Observer
from config import Settings
from database import Store
from message_processor.base import MessageProcessor
from message_processor.small_tasks import SmallTasks
from slack_client.access import Access, Door, GuardedPage, Refusals, Rules
from slack_client.chat import SlackChat
from slack_client.event_handlers.agent import AgentHandlers
from slack_client.event_handlers.feedback import FeedbackHandlers
from slack_client.event_handlers.interactions import Interactions
from slack_client.event_handlers.own_data import OwnDataHandlers
from slack_client.event_handlers.registration import Intake, Reception
from slack_client.event_handlers.responses import Responses
from slack_client.event_handlers.settings import SettingsHandlers
from slack_client.home import Home
from slack_client.identity import Identity
from slack_client.openings import Openings
from slack_client.views import Views
from slack_client.web_api import WebApi


@dataclass(frozen=True, slots=True)
class Means:
    """What all of it is made with."""

    settings: Settings
    identity: Identity
    api: WebApi
    chat: SlackChat
    store: Store
    tasks: SmallTasks
    observer: Observer


def reception_of(core: MessageProcessor, means: Means) -> Reception:
    """Events and interactions on their way to the core."""
    views = Views(means.api)
    settings, chat = means.settings, means.chat
    access = Access(
        Rules.read(settings.ALLOWED_CHANNELS), Rules.read(settings.ALLOWED_USERS), chat.people, means.observer
    )
    door = Door(access, Refusals(means.store, chat.asides, means.tasks, settings.ADMIN_CONTACT))
    home = Home(views, core.preferences, means.store, chat, means.identity.team, settings.ADMIN_CONTACT)
    openings = Openings(
        means.api,
        chat.surface,
        chat.people,
        means.store,
        means.tasks,
        GuardedPage(home, door, views, chat.asides),
        team=means.identity.team,
        command=settings.SETTINGS_SLASH_COMMAND,
        says_hello=settings.JOIN_INTRO,
    )
    deadline, tell = settings.timings.intake, chat.asides.not_taken_in
    intake = Intake(means.identity, core, door, means.observer, deadline, tell, openings.show)
    responses = Responses(means.identity, chat.asides, views, chat.people)
    handlers = {
        **SettingsHandlers(core.preferences, views, chat, core, home, settings.SETTINGS_SLASH_COMMAND).handlers(),
        **OwnDataHandlers(core.own_data, views, chat, home).handlers(),
        **AgentHandlers(core, responses, chat.asides).handlers(),
        **FeedbackHandlers(core, responses).handlers(),
    }
    return Reception(intake, Interactions(means.identity, handlers, means.tasks, means.observer, door))
