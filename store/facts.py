"""Small facts that were found out once, and the figures the doctor prints."""

from sqlalchemy import Connection, bindparam, func, literal_column, select

from store import file_lists
from store.sqlite import insert
from store.tables import facts, inbox, migrations, turns
from store.values import InboxState

_FACT = select(facts.c.value).where(facts.c.name == bindparam("fact"))
_new_fact = insert(facts)
_SET_FACT = _new_fact.on_conflict_do_update(index_elements=[facts.c.name], set_={"value": _new_fact.excluded["value"]})
_RENEW = _new_fact.on_conflict_do_update(
    index_elements=[facts.c.name],
    set_={"value": _new_fact.excluded["value"]},
    where=facts.c.value != _new_fact.excluded["value"],
).execution_options(preserve_rowcount=True)
_FIRST = insert(facts).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
_waits = inbox.c.state == literal_column(f"'{InboxState.ACCEPTED.value}'")
_FIGURES = select(
    select(func.max(migrations.c.number)).scalar_subquery().label("schema"),
    select(func.count()).select_from(inbox).where(_waits).scalar_subquery().label("waiting"),
    select(func.count()).select_from(turns).where(turns.c.ended_at.is_(None)).scalar_subquery().label("unfinished"),
)


def fact(connection: Connection, name: str) -> str | None:
    """The value of a fact, or None."""
    value: str | None = connection.execute(_FACT, {"fact": name}).scalar_one_or_none()
    return value


def set_fact(connection: Connection, name: str, value: str) -> None:
    """Remember a fact; a newer value replaces the older one."""
    connection.execute(_SET_FACT, {"name": name, "value": value})


def renew(connection: Connection, name: str, value: str) -> bool:
    """Remember a fact; false where it has that value already."""
    return connection.execute(_RENEW, {"name": name, "value": value}).rowcount == 1


def first_time(connection: Connection, name: str) -> bool:
    """True once for a name, which is a fact from then on."""
    return connection.execute(_FIRST, {"name": name, "value": "done"}).rowcount == 1


def figures(connection: Connection) -> dict[str, str]:
    """The schema's number, messages that wait, turns that have not ended and the files in each state."""
    row = connection.execute(_FIGURES).one()
    files = {f"files_{state.value}": str(count) for state, count in file_lists.counts(connection).items()}
    return {"schema": str(row.schema), "waiting": str(row.waiting), "unfinished": str(row.unfinished), **files}
