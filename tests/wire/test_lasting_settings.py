"""Settings that were saved: they hold for the next turn, over a restart, in the other mode, and in their order."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from playground.model.journal import ModelCall
from playground.server import Options, Playground
from tests.wire.database_side import settings_of
from tests.wire.desk import Desk, somebody, words
from tests.wire.harness import ADA, GENERAL, GRACE, House, running_bot
from tests.wire.model_side import own_house

pytestmark = pytest.mark.asyncio(loop_scope="session")

OTHER = {"async": "threaded", "threaded": "async"}
SET = {"effort": "high", "verbosity": "low", "language": "Deutsch", "instructions": "Sing it.", "streaming": "off"}


def pictures(house: House) -> list[ModelCall]:
    return [call for call in house.playground.model.journal if call.api == "images"]


def check(answer: str) -> None:
    for line in ("effort: high", "verbosity: low", "Deutsch", "Sing it."):
        assert line in answer


async def test_what_is_saved_holds_at_once_after_a_restart_and_in_the_other_mode(folder: Path, mode: str) -> None:
    async with Playground(Options()) as playground:
        async with running_bot(playground, folder, mode) as bot:
            desk = Desk(House(playground, bot, mode), ADA)
            await desk.save(await desk.open(), **SET)
            check(await desk.house.ask("settings?"))
        async with running_bot(playground, folder, OTHER[mode]) as bot:
            check(await House(playground, bot, mode).ask("settings?"))
        assert settings_of(desk.house, "user", ADA) == SET


async def test_without_streaming_an_answer_is_posted_once_and_whole(house: House) -> None:
    desk = Desk(house, somebody(house.playground))
    before = len(house.playground.calls)
    await house.ask("echo: shown while it is written", user=desk.user)
    assert "chat.startStream" in [call.method for call in house.playground.calls[before:]]
    await desk.save(await desk.open(), streaming="off")
    before = len(house.playground.calls)
    house.playground.model.knobs.next(total_seconds=1.0, chunk_count=5)
    assert await house.ask("echo: shown when it is whole", user=desk.user) == "shown when it is whole"
    called = [call.method for call in house.playground.calls[before:]]
    assert called.count("chat.postMessage") == 1
    assert not {"chat.startStream", "chat.appendStream"} & set(called)


async def test_settings_of_pictures_reach_the_model_that_draws(house: House) -> None:
    desk, before = Desk(house, somebody(house.playground)), len(pictures(house))
    wanted = {"image_size": "1536x1024", "image_quality": "low", "image_background": "opaque"}
    await desk.save(await desk.open(), **wanted)
    ts = house.mention("draw a boat", desk.user)
    await house.playground.workspace.wait_for(lambda: any(message.files for message in house.answers(ts)), 20)
    await house.settled(ts)
    [call] = pictures(house)[before:]
    assert {name: call.body.get(name) for name in ("size", "quality", "background")} == {
        "size": "1536x1024",
        "quality": "low",
        "background": "opaque",
    }


async def test_a_model_that_takes_a_temperature_gets_it_and_another_one_does_not(house: House) -> None:
    desk = Desk(house, somebody(house.playground))
    view = await desk.open()
    desk.click(view, "settings_model", "gpt-4.1")
    await desk.save(await desk.until_drawn("temperature:1"), temperature="0.5", top_p="0.9")
    answer = await house.ask("settings?", user=desk.user)
    assert "model: gpt-4.1\n" in answer
    assert "temperature: 0.5\ntop_p: 0.9" in answer
    await desk.save(await desk.open(), model="gpt-6.2-terra")
    answer = await house.ask("settings?", user=desk.user)
    assert "model: gpt-6.2-terra\n" in answer
    assert "temperature: none\ntop_p: none" in answer


async def test_a_thread_comes_before_its_person_and_the_person_before_the_channel(folder: Path, mode: str) -> None:
    async with own_house(folder, mode) as house:
        desk = Desk(house, ADA)
        await desk.save(await desk.open("channel"), verbosity="high", effort="low", instructions="For everybody.")
        await desk.save(await desk.open(), verbosity="low", instructions="For me.")
        ts = house.mention("settings?")
        [answer] = await house.settled(ts)
        assert all(line in answer.text for line in ("effort: low", "verbosity: low", "For me."))
        await desk.save(await desk.open_thread(ts), instructions="For this thread.")
        house.say("settings?", thread_ts=ts)
        answer = (await house.settled(ts, answers=2))[-1]
        assert all(line in answer.text for line in ("effort: low", "verbosity: low", "For this thread."))
        others = await house.ask("settings?", user=GRACE)
        assert all(line in others for line in ("effort: low", "verbosity: high", "For everybody."))
        direct = house.playground.workspace.direct(ADA).id
        ts = house.say("settings?", channel=direct)
        [answer] = await house.settled(ts, direct)
        assert "effort: none" in answer.text, "what a channel sets ends at its edge"
        shown = words(await desk.open())
        assert "set for this channel" in shown


async def test_a_field_set_back_to_what_is_inherited_inherits(house: House) -> None:
    desk = Desk(house, somebody(house.playground))
    await desk.save(await desk.open(), verbosity="high", instructions="Shout.")
    await desk.save(await desk.open(), verbosity="inherited", instructions="")
    assert settings_of(house, "user", desk.user) == {}
    answer = await house.ask("settings?", user=desk.user)
    assert "Shout." not in answer


async def test_a_withdrawn_model_is_answered_for_by_the_default_and_said_once(folder: Path, mode: str) -> None:
    async with Playground(Options()) as playground:
        async with running_bot(playground, folder, mode) as bot:
            desk = Desk(House(playground, bot, mode), ADA)
            await desk.save(await desk.open(), model="gpt-4.1")
        playground.model.knobs.set(models=("gpt-6.2-terra", "gpt-6.2-sol"))
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            desk = Desk(house, ADA)
            ts = house.mention("settings?")
            [answer] = await house.settled(ts)
            assert "model: gpt-6.2-sol" in answer.text
            assert "gpt-4.1 is no longer offered, so gpt-6.2-sol answered" in answer.text
            house.say("settings?", thread_ts=ts)
            assert "no longer offered" not in (await house.settled(ts, answers=2))[-1].text
            assert "no longer offered" in await house.ask("settings?"), "once in each thread"
            view = await desk.open()
            assert '"gpt-4.1" can\'t be chosen any more, so gpt-6.2-sol is used instead.' in _texts(view.blocks)
            await desk.save(view, verbosity="low")
            assert settings_of(house, "user", ADA)["verbosity"] == "low"


def _texts(blocks: list[Mapping[str, object]] | object) -> list[str]:
    """Every text in blocks, however deep."""
    if isinstance(blocks, str):
        return [blocks]
    inside = blocks.values() if isinstance(blocks, Mapping) else blocks if isinstance(blocks, list) else []
    return [text for each in inside for text in _texts(each)]


async def test_the_channels_settings_are_for_those_who_were_named(folder: Path, mode: str) -> None:
    async with own_house(folder, mode, CHANNEL_SETTINGS_USERS=ADA) as house:
        denied = await Desk(house, GRACE).open("channel")
        assert f"Only <@{ADA}> may change the settings of this channel." in words(denied)
        assert "Everybody in this channel" not in words(denied)
        assert "Everybody in this channel" in words(await Desk(house, ADA).open("channel"))
        denied.private_metadata = denied.private_metadata.replace('"scope":"user"', '"scope":"channel"')
        desk = Desk(house, GRACE)
        desk.fill(denied, {"instructions": "Mine now."})
        house.playground.workspace.interactivity.submit(GRACE, denied.id)
        told = await desk.until("note")
        assert f"Only <@{ADA}>" in words(told)
        assert not settings_of(house, "channel", GENERAL)
        assert not settings_of(house, "user", GRACE)
        await house.bot.until_logged("settings_not_allowed")
        assert len(house.bot.events("settings_not_allowed")) == 1
