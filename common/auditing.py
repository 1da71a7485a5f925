"""What is written down of every change: a migration step that no path around it can forget (docs/adr/0022)."""

from collections.abc import Sequence

from django.db.migrations.operations import RunSQL

# what moves with every change and says nothing
NOISE = ("version", "updated_at", "last_login")
_WHEN = {"INSERT": ("added", "NEW TABLE AS after_rows"), "DELETE": ("removed", "OLD TABLE AS before_rows")}
_WHEN["UPDATE"] = ("changed", "OLD TABLE AS before_rows NEW TABLE AS after_rows")


def audited(
    table: str,
    *,
    partner: str = "partner_id",
    customer: str = "customer_id",
    ignored: Sequence[str] = (),
    personal: Sequence[str] = (),
    secret: Sequence[str] = (),
) -> RunSQL:
    """A migration step: each insert, update and delete of `table` is an entry of the audit in the same transaction.

    Once a statement, not once a row: a bulk change of 100,000 rows costs one insert. `partner` and `customer` name the
    columns that say whose row it is ('' when there is none). Of `personal` fields the clear text can be erased later
    without breaking the chain; `secret` fields are told as changed, never what they are; `ignored` ones are not told
    (generated columns). Run again for a table, it replaces what was said about it before.
    """
    lists = (",".join((*NOISE, *ignored)), ",".join(personal), ",".join(secret))
    arguments = ", ".join(f"'{words}'" for words in (partner, customer, *lists))
    forward = ";\n".join(
        f"CREATE OR REPLACE TRIGGER audit_{name} AFTER {event} ON {table} REFERENCING {rows}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION partners_audit_{name}({arguments})"
        for event, (name, rows) in _WHEN.items()
    )
    backward = ";\n".join(f"DROP TRIGGER audit_{name} ON {table}" for name, _rows in _WHEN.values())
    return RunSQL(forward, backward)
