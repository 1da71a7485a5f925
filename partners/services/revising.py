"""Rows that the office edits with their history: every change can be seen, and taken back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Refused, Unfit
from partners.models import Revision, User
from partners.models.revisions import kind_of
from partners.roles import Role

Row = TypeVar("Row", bound=Model)


def _must_be_office(by: User) -> None:
    if by.role not in (Role.POLICY_OWNER, Role.ADMINISTRATOR):
        raise NotAllowed(_("This is edited by the office."))


def field_of(row: Model, name: str) -> Any:
    """A field of a row by its name."""
    return row._meta.get_field(name)


def as_text(row: Model, name: str) -> Any:
    """A field as a revision keeps it."""
    field = field_of(row, name)
    return None if field.value_from_object(row) is None else field.value_to_string(row)


def _rows(row: Row) -> QuerySet[Row]:
    return type(row).objects.all()  # type: ignore[attr-defined, no-any-return]


def _checked(row: Model) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise Unfit(sentences[0], field=field) from error


@transaction.atomic
def keep(row: Row, *, by: User, at: datetime, facts: Mapping[str, Any]) -> Row:
    """Keep what `facts` say of a row, a new one or one that exists; `Unfit` with the field for what cannot be."""
    _must_be_office(by)
    is_first = row.pk is None
    if not is_first:
        row = _rows(row).select_for_update(of=("self",)).get(pk=row.pk)
    before = {name: None if is_first else as_text(row, name) for name in facts}
    for name, value in facts.items():
        setattr(row, name, value)
    _checked(row)
    row.save()
    row.refresh_from_db()  # as the database keeps it: 1000 is 1000.00 there
    pairs = {name: [before[name], as_text(row, name)] for name in facts}
    changes = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    if changes:
        _written(row, changes, by=by, at=at, is_first=is_first)
    return row


def _written(row: Model, changes: Mapping[str, Any], *, by: User, at: datetime, **more: Any) -> Revision:
    what, key = kind_of(row), row.pk
    return Revision.objects.create(what=what, row_id=key, changes=changes, at=at, by=by, by_name=str(by), **more)


@transaction.atomic
def undo(revision: Revision, row: Row, *, by: User, at: datetime) -> Row:
    """Take a change back; refused when something later changed the same fields, which has to be undone first."""
    _must_be_office(by)
    row = _rows(row).select_for_update(of=("self",)).get(pk=row.pk)
    if revision.is_first:
        raise Refused(_("A row is not taken back as a whole. Please give it a last day."))
    if Revision.objects.filter(undoes=revision).exists():
        raise Refused(_("This change was undone already."))
    changes = {}
    for name, (before, after) in revision.changes.items():
        if as_text(row, name) != after:
            raise Refused(_("This was changed again since. Please undo the later change first."))
        field = field_of(row, name)
        setattr(row, field.attname, None if before is None else field.to_python(before))
        changes[name] = [after, before]
    _checked(row)
    row.save()
    _written(row, changes, by=by, at=at, undoes=revision)
    return row
