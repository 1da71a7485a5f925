"""Dated rows that the office edits, of whichever room: add, correct, remove, and take each change back.

What changes from a day on is a new row; what held until then stays. Only a row that was wrong is corrected or removed.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Refused, Stale, Unfit
from partners.models import Revision, User
from partners.roles import OFFICE

Row = TypeVar("Row", bound=Model)


def is_removable(model: type[Model]) -> bool:
    """Whether rows of a table may go: no other row can point to them. Others get a last day."""
    return not any(field.auto_created and not field.concrete for field in model._meta.get_fields(include_hidden=True))


@transaction.atomic
def keep(row: Row, *, by: User, at: datetime, facts: Mapping[str, Any], seen: int = 0) -> Row:
    """Add a row (one without a key), or correct it; `seen` is the newest change that the person has seen.

    Refused: a row that is gone (409), one that somebody else changed meanwhile (412), facts that do not fit (422).
    """
    _must_be_office(by)
    is_first = row.pk is None
    kept = row if is_first else _newest(row, seen=seen)
    before = {} if is_first else _state(kept, facts)
    for name, value in facts.items():
        setattr(kept, name, value)
    _must_fit(kept)
    kept.save()
    kept.refresh_from_db()  # as the database keeps it: 1000 is 1000.00 there
    after = _state(kept)
    if is_first:
        _logged(kept, None, after, by=by, at=at)
    elif changed := {name: was for name, was in before.items() if was != after[name]}:
        _logged(kept, changed, {name: after[name] for name in changed}, by=by, at=at)
    return kept


@transaction.atomic
def drop(row: Model, *, by: User, at: datetime, seen: int) -> Revision:
    """Remove a row that should not have been there; what it held is kept with the change."""
    _must_be_office(by)
    kept = _newest(row, seen=seen)
    return _removed(kept, by=by, at=at)


@transaction.atomic
def undo(revision: Revision, *, by: User, at: datetime) -> Revision:
    """Take a change back, once, as long as what it changed is as it left it; that is a change like any other."""
    _must_be_office(by)
    model: Any = apps.get_model(revision.what)
    row = _locked(model, revision.row_id)
    if Revision.objects.filter(undoes=revision).exists():
        raise Refused(_("This change was taken back already."))
    if not _stands(row, revision.after):
        raise Refused(_("This was changed again since. Please take the later change back first."))
    if revision.before is None:
        return _removed(row, by=by, at=at, undoes=revision)
    former = row or model(pk=revision.row_id)
    for name, value in revision.before.items():
        field = model._meta.get_field(name)
        setattr(former, field.attname, field.to_python(value))
    _must_fit(former)
    former.save()
    return _logged(former, revision.after, revision.before, by=by, at=at, undoes=revision)


def _must_be_office(by: User) -> None:
    if by.role not in OFFICE:
        raise NotAllowed(_("Only policy owners and administrators edit this."))


def _locked(model: type[Row], key: int) -> Row | None:
    return model._default_manager.select_for_update().filter(pk=key).first()


def _newest(row: Row, *, seen: int) -> Row:
    found = _locked(type(row), row.pk)
    if found is None:
        raise Refused(_("This row is gone; somebody has removed it."))
    if Revision.objects.newest_of(found) != seen:
        raise Stale(_("Somebody else changed this row meanwhile. Please look at the new values first."))
    return found


def _removed(row: Any, **more: Any) -> Revision:
    if not is_removable(type(row)):
        raise Refused(_("Such a row is not removed as a whole. Please give it a last day."))
    before, key = _state(row), row.pk
    row.delete()
    row.pk = key
    return _logged(row, before, None, **more)


def _must_fit(row: Model) -> None:
    """What the model itself refuses, said at its field."""
    try:
        row.full_clean()
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise Unfit(sentences[0], field="" if field == NON_FIELD_ERRORS else field) from error


def _state(row: Model, names: Iterable[str] | None = None) -> dict[str, Any]:
    """Fields of a row, or every one but its key."""
    wanted = names if names is not None else (one.name for one in row._meta.concrete_fields if not one.primary_key)
    fields: dict[str, Any] = {name: row._meta.get_field(name) for name in wanted}
    return {name: field.value_from_object(row) for name, field in fields.items()}


def _stands(row: Model | None, state: Mapping[str, Any] | None) -> bool:
    """Whether a row still is as a change left it; None where there should be none."""
    if row is None or state is None:
        return row is None and state is None
    fields: dict[str, Any] = {name: row._meta.get_field(name) for name in state}
    return all(field.to_python(state[name]) == field.value_from_object(row) for name, field in fields.items())


def _logged(
    row: Model, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, *, by: User, **more: Any
) -> Revision:
    what, name = row._meta.label_lower, str(row)[:200]
    return Revision.objects.create(
        what=what, row_id=row.pk, name=name, before=before, after=after, by=by, by_name=str(by), **more
    )
