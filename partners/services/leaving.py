"""What somebody works on goes to a colleague when they leave.

The rooms above register their kinds of work by name in the settings (PEOPLES_WORK), because this one does not know them.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Unfit
from partners.models import User
from partners.services.people import must_run
from partners.services.recording import record
from partners.states import TeamEventKind


class Work(Protocol):
    """One kind of things that are somebody's."""

    name: str

    def label(self, count: int) -> str:
        """So many of them, in the reader's language: '3 leads'."""

    def count(self, person: User, *, by: User) -> int:
        """How many are the person's."""

    def pass_on(self, person: User, *, to: User, by: User, at: datetime) -> int:
        """Give them to a colleague; returns how many."""


@lru_cache(maxsize=1)
def kinds_of_work() -> tuple[Work, ...]:
    """Every kind of work, in the order of the settings."""
    return tuple(import_string(name)() for name in settings.PEOPLES_WORK)


def work_of(person: User, *, by: User) -> list[str]:
    """What a person works on, in the reader's language; empty for nothing."""
    counted = [(work, work.count(person, by=by)) for work in kinds_of_work()]
    return [work.label(count) for work, count in counted if count]


@transaction.atomic
def pass_on(person: User, *, to: User, by: User, at: datetime) -> list[str]:
    """Give a person's work to an active colleague of the same organisation; says what moved."""
    must_run(by, person.partner_id)
    if person.partner_id != by.partner_id:
        raise NotAllowed(_("Work is handed over by the partner’s own administrators."))
    colleagues = User.objects.visible_to(by).filter(is_active=True, api_client__isnull=True)
    colleague = colleagues.filter(pk=to.pk, partner_id=person.partner_id).exclude(pk=person.pk).first()
    if colleague is None:
        raise Unfit(_("Please choose an active colleague."), field="to")
    moved = [(work, work.pass_on(person, to=colleague, by=by, at=at)) for work in kinds_of_work()]
    counts = {"to": [str(person), str(colleague)], **{work.name: count for work, count in moved if count}}
    told: Any = {"partner_id": person.partner_id, "person": person, "changes": counts}
    record(TeamEventKind.HANDED_OVER, by=by, at=at, about=str(person), **told)
    return [work.label(count) for work, count in moved if count]
