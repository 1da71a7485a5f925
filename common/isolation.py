"""Isolation in the database: who a transaction acts for, and the policies that hold whatever the code above forgets.

The serving login owns nothing and inherits nothing (NOINHERIT). A transaction takes one of six group roles with
`SET LOCAL` semantics, so a pooled connection never carries a tenant further. Without a context a query fails with
"permission denied"; without a partner id the policy's cast fails. Neither ever looks like an empty table.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.operations import RunSQL


class Side(StrEnum):
    """The group roles of the database; one plain policy each."""

    VISITOR = "wegweiser_visitor"
    PARTNER = "wegweiser_partner"
    CHANNEL = "wegweiser_channel"
    OFFICE = "wegweiser_office"
    WORKER = "wegweiser_worker"
    SIGNER = "wegweiser_signer"  # somebody without a login, for the one thing that a link names


@dataclass(frozen=True, slots=True)
class Context:
    """For whom a transaction acts."""

    side: Side
    partner_id: int | None = None
    user_id: int | None = None
    link_id: UUID | None = None


_HELD = "wegweiser_context"
# under which number what is done now stands in the logs: of a request, or of a task
_number: ContextVar[str] = ContextVar("number", default="")


@contextmanager
def numbered(number: str) -> Iterator[None]:
    """Whatever transaction begins within stands in the audit under this number."""
    token = _number.set(number)
    try:
        yield
    finally:
        _number.reset(token)


ASSUME = (
    "SELECT set_config('role', %s, true), set_config('app.partner_id', %s, true), set_config('app.user_id', %s, true),"
    " set_config('app.link_id', %s, true), set_config('app.request_id', %s, true)"
)


def assumption(context: Context | None) -> list[str]:
    """What `ASSUME` binds."""
    role = context.side.value if context else "none"
    partner_id = str(context.partner_id) if context and context.partner_id else ""
    user_id = str(context.user_id) if context and context.user_id else ""
    link_id = str(context.link_id) if context and context.link_id else ""
    return [role, partner_id, user_id, link_id, _number.get()]


def assume(connection: BaseDatabaseWrapper, context: Context | None) -> None:
    """Take role and tenant for the rest of the transaction, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(ASSUME, assumption(context))
    assumed(connection, context)


def assumed(connection: BaseDatabaseWrapper, context: Context | None) -> None:
    """Note the context that a statement has taken."""
    setattr(connection, _HELD, context)


def current_context(using: str = "default") -> Context | None:
    """For whom the open transaction acts, if it acts for anybody."""
    held: Context | None = getattr(connections[using], _HELD, None)
    return held


@contextmanager
def nobody_yet(using: str = "default") -> Iterator[None]:
    """A transaction in which nobody acts before somebody is assumed: until then the database refuses everything.

    Inside another transaction the former context comes back.
    """
    connection = connections[using]
    outer, is_nested = current_context(using), connection.in_atomic_block
    try:
        with transaction.atomic(using=using):
            yield
            # a savepoint keeps SET LOCAL when it is released; a rollback undoes it by itself
            if is_nested and not connection.needs_rollback:
                assume(connection, outer)
    finally:
        setattr(connection, _HELD, outer)


@contextmanager
def acting(
    side: Side,
    *,
    partner_id: int | None = None,
    user_id: int | None = None,
    link_id: UUID | None = None,
    using: str = "default",
) -> Iterator[None]:
    """Run a transaction as one side of the house; inside another transaction the former context comes back."""
    with nobody_yet(using):
        assume(connections[using], Context(side, partner_id, user_id, link_id))
        yield


OWN_PARTNER = "partner_id = current_setting('app.partner_id')::bigint"
OWN_USER = "user_id = current_setting('app.user_id')::bigint"


def guarded(table: str, **grants: tuple[str, str]) -> RunSQL:
    """A migration step: row-level security on `table`, and one policy for each side named.

    `grants` maps a side's lower-case name to (privileges, row condition), for example
    `partner=("SELECT, INSERT", OWN_PARTNER)`. A side that is not named has no way to the table at all.
    """
    forward, backward = [f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"], []
    for name, (privileges, rows) in grants.items():
        role = Side[name.upper()].value
        forward += [
            f"GRANT {privileges} ON {table} TO {role}",
            f"CREATE POLICY {name} ON {table} TO {role} USING ({rows}) WITH CHECK ({rows})",
        ]
        backward += [f"DROP POLICY {name} ON {table}", f"REVOKE ALL ON {table} FROM {role}"]
    backward.append(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    return RunSQL(";\n".join(forward), ";\n".join(backward))


def of_partner(table: str, column: str, target: str, *, on_delete: str = "NO ACTION") -> RunSQL:
    """A migration step: a composite key, so that a row can only point to a row of its own partner.

    A plain foreign key is checked behind row-level security's back and would accept a stranger's id.
    """
    name = f"{table}_{column}_own"
    return RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (partner_id, {column})"
        f" REFERENCES {target} (partner_id, id) ON DELETE {on_delete} DEFERRABLE INITIALLY IMMEDIATE",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )
