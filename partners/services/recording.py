"""The one event row of a change to a person or an organisation."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from partners.models import Partner, TeamEvent, User
from partners.states import TeamEventKind


def differences(row: Any, wanted: Mapping[str, Any]) -> dict[str, list[Any]]:
    """field -> [before, after] of what `wanted` says otherwise than a row."""
    return {name: [getattr(row, name), value] for name, value in wanted.items() if getattr(row, name) != value}


def record(
    kind: TeamEventKind, *, by: User, at: datetime, about: str, partner_id: int | None = None,
    person: User | None = None, changes: Mapping[str, Any] | None = None,
) -> TeamEvent:  # fmt: skip
    """Write down what happened; `about` is the name of the person or place."""
    return TeamEvent.objects.create(
        partner_id=partner_id,
        person=person,
        kind=kind,
        about=about[:200],
        changes=dict(changes or {}),
        at=at,
        by=by,
        by_name=str(by),
    )


def of_organisation(
    kind: TeamEventKind, partner: Partner, *, by: User, at: datetime, changes: Mapping[str, Any]
) -> TeamEvent:
    """Write down what happened to an organisation."""
    return record(kind, by=by, at=at, about=partner.name, partner_id=partner.pk, changes=changes)
