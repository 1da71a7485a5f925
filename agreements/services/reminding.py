"""Reminding by hand, of many at once, with an answer for each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agreements.models import Agreement, Link, Mail
from agreements.services.links import is_open, write
from agreements.states import MailKind, Outcome
from common.refusals import NotAllowed
from partners.models import User

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Result:
    """One row of a bulk reminder; `agreement` is None for a row that is not there for this person."""

    agreement: Agreement | None
    outcome: Outcome


def remind_now(*, by: User, at: datetime, agreements: Sequence[UUID]) -> list[Result]:
    """Write a reminder to the signatory of each open link that nobody was written about today; at most 200 at once."""
    if not by.is_of_partner:
        raise NotAllowed(_("Only the partner itself does something about its customer’s agreement."))
    wanted = list(dict.fromkeys(agreements))[:MOST_AT_ONCE]
    rows = Agreement.objects.visible_to(by).filter(public_id__in=wanted).select_related("customer")
    known = {row.public_id: row for row in rows}
    open_links = {
        link.agreement_id: link
        for link in Link.objects.visible_to(by).filter(agreement__in=known.values(), ended_at__isnull=True)
    }
    return [_one(known.get(public_id), open_links, at=at) for public_id in wanted]


def _one(agreement: Agreement | None, open_links: dict[int, Link], *, at: datetime) -> Result:
    if agreement is None:
        return Result(None, Outcome.UNKNOWN)
    link = open_links.get(agreement.pk)
    if link is None or not is_open(link, at=at):
        return Result(agreement, Outcome.NO_LINK)
    day = (localdate(at) - localdate(link.sent_at)).days
    if Mail.objects.filter(link=link, day=day).exists():
        return Result(agreement, Outcome.TODAY_ALREADY)
    try:
        with transaction.atomic():
            write(link, MailKind.REMINDER, day=day, at=at)
    except IntegrityError:
        return Result(agreement, Outcome.TODAY_ALREADY)  # a worker was quicker
    return Result(agreement, Outcome.REMINDED)
