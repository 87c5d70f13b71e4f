"""The people and channels that every playground starts with."""

from dataclasses import dataclass

from playground.slack.records import Channel, Person


@dataclass(frozen=True, slots=True)
class Identity:
    """Ids of the workspace and of the one app installed in it."""

    team_id: str = "T0PLAYGRND"
    team_name: str = "Playground"
    team_domain: str = "playground"
    other_team_id: str = "T0ELSEWHER"
    app_id: str = "A0THREADWL"
    bot_user_id: str = "U0THREADWL"
    bot_id: str = "B0THREADWL"
    bot_name: str = "threadwell"


def first_people(identity: Identity) -> list[Person]:
    """Three members, a guest, somebody of another organisation, and the bot."""
    team = identity.team_id
    return [
        Person("U0ADA00001", "ada", "Ada Lovelace", team),
        Person("U0GRACE001", "grace", "Grace Hopper", team),
        Person("U0ALAN0001", "alan", "Alan Turing", team),
        Person("U0GUEST001", "gwen", "Gwen Guest", team, is_restricted=True),
        Person("U0EXTERN01", "otto", "Otto Outside", identity.other_team_id, is_stranger=True),
        Person(identity.bot_user_id, identity.bot_name, "Threadwell", team, is_bot=True),
    ]


def first_channels(identity: Identity, people: list[Person]) -> list[Channel]:
    """#general, #partners (shared with the other organisation), the private #team, and direct messages."""
    bot = identity.bot_user_id
    own = {person.id for person in people if person.team_id == identity.team_id}
    members = {person.id for person in people if person.id in own and not person.is_restricted}
    return [
        Channel("C0GENERAL1", "general", "channel", set(own)),
        Channel("C0PARTNERS", "partners", "channel", {person.id for person in people}, is_ext_shared=True),
        Channel("C0TEAM0001", "team", "group", members),
        *(direct_channel(person, bot) for person in people if not person.is_bot),
    ]


def direct_channel(person: Person, bot: str) -> Channel:
    """The direct messages of a person and the bot."""
    return Channel("D" + person.id[1:], person.name, "im", {person.id, bot})
