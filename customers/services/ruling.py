"""Keep the dated rows that rules are made of, of whichever room: add, correct, remove, and take each of it back.

A rule changes by a row from a new day on; what held until then stays. Only a row that was wrong is corrected or removed.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Refused, Stale, Unfit
from customers.models import RuleChange
from customers.models.changes import OFFICE
from partners.models import User


@transaction.atomic
def keep_rule(row: models.Model, *, by: User, at: datetime, values: Mapping[str, Any], seen: int = 0) -> RuleChange:
    """Add a row (one without a key), or correct it; `seen` is the newest change that the person has seen.

    Refused: a row that is gone (409), one that somebody else changed meanwhile (412), values that do not fit (422).
    """
    _must_be_office(by)
    kept = _newest(row, seen=seen) if row.pk else type(row)()
    before = _state(kept) if row.pk else None
    for name, value in values.items():
        setattr(kept, name, value)
    _must_fit(kept)
    kept.save()
    return _logged(kept, before, _state(kept), by=by, at=at)


@transaction.atomic
def drop_rule(row: models.Model, *, by: User, at: datetime, seen: int) -> RuleChange:
    """Remove a row that should not have been there; what it held is kept with the change."""
    _must_be_office(by)
    kept = _newest(row, seen=seen)
    before, key = _state(kept), kept.pk
    kept.delete()
    kept.pk = key
    return _logged(kept, before, None, by=by, at=at)


@transaction.atomic
def undo_rule(change: RuleChange, *, by: User, at: datetime) -> RuleChange:
    """Take a change back, once, as long as the row is as the change left it; taking back is a change like any other."""
    _must_be_office(by)
    change = RuleChange.objects.visible_to(by).get(pk=change.pk)
    model = apps.get_model(change.table)
    now_so = _locked(model, change.row)
    if RuleChange.objects.filter(undoes=change).exists():
        raise Refused(_("This change was taken back already."))
    if (_state(now_so) if now_so else None) != change.after:
        raise Refused(_("The row was changed since. Take the later change back first."))
    if change.before is None:
        assert now_so is not None
        now_so.delete()
        now_so.pk = change.row
        return _logged(now_so, change.after, None, by=by, at=at, undoes=change)
    former = now_so or model(pk=change.row)
    for name, value in _values(model, change.before).items():
        setattr(former, name, value)
    _must_fit(former)
    former.save()
    return _logged(former, change.after, change.before, by=by, at=at, undoes=change)


def _must_be_office(by: User) -> None:
    if by.role not in OFFICE:
        raise NotAllowed(_("Only policy owners and administrators change rules."))


def _locked(model: type[models.Model], key: int) -> models.Model | None:
    return model._default_manager.select_for_update().filter(pk=key).first()


def _newest(row: models.Model, *, seen: int) -> models.Model:
    found = _locked(type(row), row.pk)
    if found is None:
        raise Refused(_("This row is gone; somebody has removed it."))
    if RuleChange.objects.newest_of(found) != seen:
        raise Stale(_("Somebody else changed this row meanwhile. Please look at the new values first."))
    return found


def _must_fit(row: models.Model) -> None:
    """What the model itself refuses, said at its field."""
    try:
        row.full_clean()
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise Unfit(sentences[0], field="" if field == NON_FIELD_ERRORS else field) from error


def _fields(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def _state(row: models.Model) -> dict[str, Any]:
    """Everything that a row holds, as a document."""
    return {field.attname: _plain(getattr(row, field.attname)) for field in _fields(type(row))}


def _values(model: type[models.Model], state: Mapping[str, Any]) -> dict[str, Any]:
    return {field.attname: field.to_python(state[field.attname]) for field in _fields(model)}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _logged(
    row: models.Model,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    by: User,
    at: datetime,
    undoes: RuleChange | None = None,
) -> RuleChange:
    return RuleChange.objects.create(
        table=row._meta.label_lower,
        row=row.pk,
        name=str(row)[:200],
        before=before,
        after=after,
        undoes=undoes,
        at=at,
        by=by,
        by_name=str(by),
    )
