"""The Slack app's manifest asks for exactly what the code calls and handles: no scope too few, none too many."""

import ast
from typing import Any
from unittest.mock import Mock

import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from config import Settings
from message_processor.wording import ENGLISH
from playground.slack.answers import BOT_SCOPES
from slack_client.checkup import scopes_of
from slack_client.event_handlers.agent import AgentHandlers
from slack_client.event_handlers.interaction import Kind
from slack_client.event_handlers.message_events import HANDLED_EVENTS
from slack_client.event_handlers.responses import Responses
from slack_client.event_handlers.settings import SettingsHandlers
from slack_client.openings import suggested_prompts

from .sources import ROOT, modules, tree

READ_CHANNELS = {"channels:history", "groups:history", "im:history", "mpim:history"}
# A method's scopes; an empty set is a method that any bot token (or the app-level token) may call.
SCOPES_OF_METHODS: dict[str, set[str]] = {
    "agents.sessions.rename": {"chat:write"},
    "agents.sessions.setStatus": {"chat:write"},
    "apps.connections.open": set(),
    "assistant.threads.setStatus": {"chat:write"},
    "assistant.threads.setSuggestedPrompts": {"assistant:write"},
    "auth.test": set(),
    "chat.appendStream": {"chat:write"},
    "chat.delete": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.startStream": {"chat:write"},
    "chat.stopStream": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": READ_CHANNELS,
    "conversations.open": {"im:write"},
    "conversations.replies": READ_CHANNELS,
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "files.info": {"files:read"},
    "reactions.add": {"reactions:write"},
    "reactions.remove": {"reactions:write"},
    "users.info": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
    "views.push": set(),
    "views.update": set(),
}
SCOPES_OF_EVENTS: dict[str, set[str]] = {
    "agent_session_stopped": {"chat:write"},
    "agent_session_title_changed": {"chat:write"},
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "file_deleted": {"files:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "message.mpim": {"mpim:history"},
}
# Slack adds it to every app that declares itself an agent.
SCOPES_OF_AN_AGENT = {"assistant:write"}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "slack_manifest.yaml").read_text(encoding="utf-8"))
    return loaded


def web_api_method(node: ast.AST) -> str | None:
    """The method that an expression names, as `client.chat_postMessage` or as "chat.postMessage"."""
    if isinstance(node, ast.Attribute) and "_" in node.attr and node.attr != AsyncWebClient.api_call.__name__:
        name = node.attr.replace("_", ".")
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
        name = node.value
    else:
        return None
    attribute = name.replace(".", "_")
    return name if attribute[0] != "_" and hasattr(AsyncWebClient, attribute) else None


def called_methods() -> set[str]:
    """Web API methods that slack_client names anywhere."""
    nodes = (node for path in modules("slack_client") for node in ast.walk(tree(path)))
    return {method for node in nodes if (method := web_api_method(node))}


def handled_shortcuts() -> set[str]:
    """Callback ids of the shortcuts that somebody handles."""
    anything = Mock()
    handlers = {
        **AgentHandlers(anything, Responses(anything, anything, anything, anything), anything).handlers(),
        **SettingsHandlers(anything, anything, anything, anything, anything, "/ai-settings").handlers(),
    }
    return {name for kind, name in handlers if kind is Kind.SHORTCUT}


def test_every_called_method_is_known_here() -> None:
    assert called_methods() - set(SCOPES_OF_METHODS) == set(), "name the scopes of the new methods in this test"


def test_the_search_for_methods_finds_what_the_bot_cannot_do_without() -> None:
    assert {"chat.postMessage", "chat.startStream", "conversations.replies"} <= called_methods()


def test_scopes_are_those_of_the_calls_and_events(manifest: dict[str, Any]) -> None:
    asked = manifest["oauth_config"]["scopes"]["bot"]
    needed = set(SCOPES_OF_AN_AGENT) if "agent_view" in manifest["features"] else set()
    for method in called_methods():
        needed |= SCOPES_OF_METHODS[method]
    for event in manifest["settings"]["event_subscriptions"]["bot_events"]:
        needed |= SCOPES_OF_EVENTS[event]
    if manifest["features"].get("slash_commands") or manifest["features"].get("shortcuts"):
        needed.add("commands")
    assert asked == sorted(needed)


def test_the_doctor_and_the_playground_have_the_same_scopes(manifest: dict[str, Any]) -> None:
    asked = manifest["oauth_config"]["scopes"]["bot"]
    assert sorted(scopes_of(ROOT / "slack_manifest.yaml")) == asked
    assert BOT_SCOPES.split(",") == asked


def test_events_are_those_the_code_handles(manifest: dict[str, Any]) -> None:
    assert manifest["settings"]["event_subscriptions"]["bot_events"] == sorted(HANDLED_EVENTS)


def test_the_app_is_an_agent_over_socket_mode_that_people_can_write_to(manifest: dict[str, Any]) -> None:
    assert "agent_view" in manifest["features"]
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["features"]["app_home"]["messages_tab_enabled"] is True
    assert manifest["features"]["app_home"]["messages_tab_read_only_enabled"] is False


def test_texts_fit_slacks_limits(manifest: dict[str, Any]) -> None:
    assert len(manifest["display_information"]["name"]) <= 35
    assert len(manifest["display_information"]["description"]) <= 140
    assert len(manifest["features"]["agent_view"]["agent_description"]) <= 300
    for command in manifest["features"]["slash_commands"]:
        assert len(command["command"]) <= 32
    for shortcut in manifest["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150


def test_the_slash_command_is_the_default_one_and_comes_as_it_was_typed(manifest: dict[str, Any]) -> None:
    (command,) = manifest["features"]["slash_commands"]
    assert command["command"] == Settings.model_fields["SETTINGS_SLASH_COMMAND"].default
    assert command["should_escape"] is False


def test_every_shortcut_has_its_handler(manifest: dict[str, Any]) -> None:
    asked = {shortcut["callback_id"] for shortcut in manifest["features"]["shortcuts"]}
    assert {shortcut["type"] for shortcut in manifest["features"]["shortcuts"]} == {"message"}
    assert asked == handled_shortcuts()


def test_the_prompts_are_those_that_are_set_in_english(manifest: dict[str, Any]) -> None:
    assert manifest["features"]["agent_view"]["suggested_prompts"] == suggested_prompts(ENGLISH)


def test_clicks_and_the_home_tab_are_switched_on(manifest: dict[str, Any]) -> None:
    assert manifest["settings"]["interactivity"]["is_enabled"] is True
    assert manifest["features"]["app_home"]["home_tab_enabled"] is True
