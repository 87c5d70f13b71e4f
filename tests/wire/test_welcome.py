"""What people find where they first meet the bot: a note after the first answer, a hello in a channel, prompts."""

from pathlib import Path

import pytest

from playground.server import Options, Playground
from playground.slack.records import Ephemeral, Message
from tests.wire.desk import Desk, buttons, somebody
from tests.wire.harness import ADA, BOT, House, running_bot
from tests.wire.model_side import everything_taken_in, own_house

pytestmark = pytest.mark.asyncio(loop_scope="session")

ONCE = "only this once"
HELLO = "Hello! Mention me"
PROMPTS = "assistant.threads.setSuggestedPrompts"


def welcomes(house: House, user: str) -> list[Ephemeral]:
    return [note for note in Desk(house, user).notes if ONCE in note.text or "nur dieses eine Mal" in note.text]


async def a_later_welcome(house: House) -> None:
    """Somebody else is answered and welcomed: whatever was to come before has come."""
    desk = Desk(house, somebody(house.playground))
    await house.ask("echo: later", user=desk.user)
    await desk.until_told(ONCE)


async def test_the_first_answer_is_followed_by_one_note_whose_button_opens_the_settings(house: House) -> None:
    desk = Desk(house, somebody(house.playground))
    ts = house.mention("echo: first", desk.user)
    note = await desk.until_told(ONCE)
    [answer] = house.answers(ts)
    assert answer.text == "first", "the answer comes first"
    assert note.thread_ts == ts
    [button] = buttons(note)
    desk.playground.workspace.interactivity.click(desk.user, note.channel, note.ts, button.id[1])
    assert (await desk.until("settings")).user == desk.user
    await house.ask("echo: second", user=desk.user)
    await a_later_welcome(house)
    assert len(welcomes(house, desk.user)) == 1


async def test_two_first_messages_at_once_bring_one_note(house: House) -> None:
    user = somebody(house.playground)
    house.playground.model.knobs.next(2, total_seconds=0.5, chunk_count=3)
    threads = [house.mention("echo: one of two", user) for _ in range(2)]
    for ts in threads:
        await house.settled(ts)
    await Desk(house, user).until_told(ONCE)
    await a_later_welcome(house)
    assert len(welcomes(house, user)) == 1


async def test_the_note_speaks_the_persons_language(house: House) -> None:
    desk = Desk(house, somebody(house.playground, "de-DE"))
    await house.ask("echo: hallo", user=desk.user)
    note = await desk.until_told("Nur du siehst diesen Hinweis")
    assert "Einstellungen" in str(note.blocks)


def hellos(house: House, channel: str) -> list[str]:
    found: list[Message] = list(house.playground.workspace.channel(channel).messages.values())
    return [message.text for message in found if message.user == BOT and not message.is_reply]


async def joined(house: House, channel: str, by: str) -> None:
    """The bot comes into a channel, and somebody is answered there."""
    house.playground.workspace.join_bot(channel, by)
    await everything_taken_in(house)
    await house.ask("echo: now", channel)
    await a_later_welcome(house)


async def test_a_restart_welcomes_nobody_twice_and_greets_no_channel_twice(folder: Path, mode: str) -> None:
    async with Playground(Options()) as playground:
        workspace = playground.workspace
        channel = workspace.add_channel("new").id
        workspace.leave_bot(channel)
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            await joined(house, channel, ADA)
            assert len(welcomes(house, ADA)) == 1
            [hello] = hellos(house, channel)
            assert HELLO in hello
            assert "/ai-settings" in hello
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            workspace.leave_bot(channel)
            await joined(house, channel, ADA)
        assert len(hellos(house, channel)) == 1
        assert len(welcomes(house, ADA)) == 1


async def test_a_channel_is_greeted_once_in_the_language_of_who_asked_the_bot_in(house: House) -> None:
    workspace, inviter = house.playground.workspace, somebody(house.playground, "de-DE")
    channel = workspace.add_channel("neu").id
    for _ in range(2):
        workspace.leave_bot(channel)
        await joined(house, channel, inviter)
    [hello] = hellos(house, channel)
    assert hello.startswith("Hallo! Erwähne mich")


async def test_where_it_is_turned_off_nothing_is_said_on_joining(folder: Path, mode: str) -> None:
    async with own_house(folder, mode, JOIN_INTRO="false") as house:
        channel = house.playground.workspace.add_channel("quiet").id
        house.playground.workspace.leave_bot(channel)
        await joined(house, channel, ADA)
        assert not hellos(house, channel)


async def test_prompts_are_suggested_in_the_persons_language(house: House) -> None:
    workspace, user = house.playground.workspace, somebody(house.playground, "de-DE")
    workspace.open_messages(user)
    place = workspace.direct(user).id
    prompts = await workspace.wait_for(lambda: workspace.sessions.prompts.get(place))
    assert len(prompts) == 4
    assert {"title": "Bild zeichnen", "message": "Zeichne einen Leuchtturm bei Nacht."} in prompts


async def test_an_app_that_is_no_agent_suggests_none(folder: Path, mode: str) -> None:
    async with own_house(folder, mode) as house:
        house.playground.workspace.is_agent = False
        await house.ask("echo: found out")
        house.playground.workspace.open_messages(ADA)
        await everything_taken_in(house)
        await a_later_welcome(house)
        assert PROMPTS not in [call.method for call in house.playground.calls]
