"""What people think of answers: one verdict a person and turn, the latest."""

from sqlalchemy import Connection, bindparam, case, select

from store.people_values import Rating
from store.sqlite import insert
from store.tables import feedback, turns
from store.text import storable

_TURN = select(turns.c.id).where(turns.c.id == bindparam("turn"))
_new = insert(feedback)
_RATE = _new.on_conflict_do_update(
    index_elements=[feedback.c.turn_id, feedback.c.person],
    set_={
        "verdict": _new.excluded.verdict,
        # The same button clicked again takes no reason away; another verdict has reasons of its own.
        "reason": case(
            ((_new.excluded.reason == "") & (feedback.c.verdict == _new.excluded.verdict), feedback.c.reason),
            else_=_new.excluded.reason,
        ),
        "changed_at": _new.excluded.changed_at,
    },
)
_OF_TURN = select(feedback).where(feedback.c.turn_id == bindparam("turn")).order_by(feedback.c.person)


def rate(connection: Connection, turn_id: str, rating: Rating) -> bool:
    """Keep a verdict instead of the person's earlier one; false where there is no such turn."""
    if connection.execute(_TURN, {"turn": turn_id}).first() is None:
        return False
    row = {"person": rating.person, "verdict": rating.verdict, "reason": storable(rating.reason)}
    connection.execute(_RATE, {"turn_id": turn_id, "changed_at": rating.changed_at, **row})
    return True


def of_turn(connection: Connection, turn_id: str) -> tuple[Rating, ...]:
    """The verdicts on a turn, by person."""
    rows = connection.execute(_OF_TURN, {"turn": turn_id})
    return tuple(Rating(row.person, row.verdict, row.reason, row.changed_at) for row in rows)
