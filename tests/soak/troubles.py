"""What goes wrong in a soak, beside the bot: in Slack, in the model, on the sockets."""

from random import Random

from playground.server import Playground
from tests.soak.plan import MODEL_FAULTS, SLACK_FAULTS, SLACK_METHODS, SOCKET_TROUBLES


def trouble_slack(playground: Playground, roll: Random) -> None:
    """The next calls of a method fail, each in the same way."""
    kind, method = roll.choice(SLACK_FAULTS), roll.choice(SLACK_METHODS)
    playground.faults.add(kind, method, times=roll.randint(1, 3), seconds=roll.choice((0.2, 0.8)))


def trouble_model(playground: Playground, roll: Random) -> None:
    """A call of the model fails."""
    playground.model.knobs.next(1, **roll.choice(MODEL_FAULTS))


def trouble_sockets(playground: Playground, roll: Random) -> None:
    """Something happens to the sockets."""
    sockets, faults = playground.sockets, playground.faults
    numbers = [connection.number for connection in sockets.connections]
    one = roll.choice(numbers) if numbers else None
    match roll.choice(SOCKET_TROUBLES):
        case "cut_one":
            sockets.cut(one)
        case "cut_all":
            sockets.cut()
        case "freeze_one":
            sockets.freeze(one)
        case "refresh_all":
            sockets.disconnect()
        case "burnt_ticket":
            faults.burnt_tickets = 1
            sockets.cut(one)
        case _:
            faults.ignored_acks, faults.duplicate_deliveries = 2, 2
