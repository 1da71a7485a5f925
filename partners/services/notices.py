"""Tell people: hand a notice over, read it, and say how one wants to be told."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from common.refusals import Unfit
from partners.credentials import READS_NOTICES
from partners.models import ApiClient, Notice, NoticePreference, User
from partners.roles import Role
from partners.states import Way
from partners.wording import KINDS, kinds_for

log = logging.getLogger(__name__)

MOST_MAILS = 10  # a day and a person; what comes after them waits for the digest (R51)
DIGEST_TIME = time(7)


@transaction.atomic
def hand_over(
    *,
    kind: str,
    to: Iterable[User],
    partner_id: int | None,
    key: str,
    params: Mapping[str, Any],
    link: str,
    at: datetime,
) -> list[Notice]:
    """Tell each of `to` of one thing; called by a worker with the event row in the same transaction.

    `partner_id` is whose matter it is: people of another partner are an error, never a notice. Inactive people and
    programs are left out; where nobody is left, the partner's administrators are told, and without them the portal's
    own. What somebody of the partner is told, its programs with an inbox are told as well. `key`
    names the event: whoever was told of it already is not told again. Returns the notices that are new.
    """
    people = _fitting(to, kind, partner_id) or fallback_owners(partner_id)
    if not people:
        log.error("nobody can be told of %s (%s)", kind, key)
    ways = _ways(people, kind)
    mailing = {person: _mailing(person, ways.get(person.pk, Way.AT_ONCE), at) for person in people}
    if any(person.partner_id for person in people):
        mailing |= {program: {"mail_due_at": None} for program in _programs(partner_id)}
    told = set(Notice.objects.filter(user__in=list(mailing), key=key).values_list("user_id", flat=True))
    said: dict[str, Any] = {"kind": kind, "params": dict(params), "link": link, "key": key, "made_at": at}
    notices = [
        Notice(user=reader, partner_id=reader.partner_id, **said, **how)
        for reader, how in mailing.items()
        if reader.pk not in told
    ]
    return Notice.objects.bulk_create(notices)


def _programs(partner_id: int | None) -> list[User]:
    """The persons of the partner's programs that read notices: to each what any of its people is told, without mail."""
    readers = User.objects.defer("password", "last_login").filter(
        api_client__partner_id=partner_id,
        api_client__revoked_at__isnull=True,
        api_client__application__scopes__contains=READS_NOTICES,
        is_active=True,
    )
    return list(readers.order_by("pk"))


def _fitting(to: Iterable[User], kind: str, partner_id: int | None) -> list[User]:
    """Each active person once, in the order of their keys; programs are told nothing."""
    if kind not in KINDS:
        raise ValueError(f"No room has registered notices of the kind {kind}.")
    people = {person.pk: person for person in to if person.is_active}
    programs = ApiClient.objects.filter(user__in=people).values_list("user_id", flat=True)
    strangers = [person.pk for person in people.values() if person.partner_id not in (None, partner_id)]
    if strangers:
        raise ValueError(f"A notice about partner {partner_id} is not for the people {strangers}.")
    return [people[pk] for pk in sorted(people.keys() - set(programs))]


def addressees() -> "Any":
    """People as a worker may read them: without what they sign in with, and without the persons of programs."""
    return User.objects.defer("password", "last_login").filter(is_active=True, api_client__isnull=True)


def fallback_owners(partner_id: int | None) -> list[User]:
    """Who is told where nobody else would be: the partner's administrators, else the portal's."""
    people = addressees().order_by("pk")
    if partner_id and (chiefs := list(people.filter(partner_id=partner_id, role=Role.PARTNER_ADMIN))):
        return chiefs
    return list(people.filter(role=Role.ADMINISTRATOR))


def _ways(people: list[User], kind: str) -> dict[int, str]:
    return dict(NoticePreference.objects.filter(user__in=people, kind=kind).values_list("user_id", "way"))


def _mailing(person: User, way: str, at: datetime) -> dict[str, Any]:
    if way == Way.OFF:
        return {"mail_due_at": None}
    if way == Way.DIGEST or _has_many(person, at):
        return {"mail_due_at": next_digest(at), "is_digest": True}
    return {"mail_due_at": at}


def _has_many(person: User, at: datetime) -> bool:
    midnight = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    today = Notice.objects.filter(user=person, is_digest=False, mail_due_at__isnull=False, made_at__gte=midnight)
    return today.count() >= MOST_MAILS


def next_digest(at: datetime) -> datetime:
    """The next morning on which the mail of the day goes out, in the portal's time zone."""
    local = localtime(at)
    morning = local.replace(hour=DIGEST_TIME.hour, minute=0, second=0, microsecond=0)
    return morning if local < morning else morning + timedelta(days=1)


@transaction.atomic
def mark_read(notice: Notice, *, by: User, at: datetime) -> bool:
    """Mark one of one's own notices as read; False when it was."""
    return bool(Notice.objects.visible_to(by).unread().filter(pk=notice.pk).update(read_at=at))


@transaction.atomic
def mark_unread(notice: Notice, *, by: User) -> bool:
    """Keep one of one's own notices for later."""
    return bool(Notice.objects.visible_to(by).filter(pk=notice.pk, read_at__isnull=False).update(read_at=None))


@transaction.atomic
def mark_all_read(*, by: User, at: datetime, until: datetime) -> int:
    """Mark what was there until a moment, so that nothing is marked that nobody has seen."""
    marked: int = Notice.objects.visible_to(by).unread().filter(made_at__lte=until).update(read_at=at)
    return marked


@transaction.atomic
def prefer(*, by: User, ways: Mapping[str, str]) -> None:
    """Set how a person wants to be told, by kind; it counts from the next notice on."""
    open_to = {kind.code for kind in kinds_for(by)}
    for kind, way in ways.items():
        if kind not in open_to or way not in Way.values:
            raise Unfit(_("There is no such choice."), field=kind)
        NoticePreference.objects.update_or_create(user=by, kind=kind, defaults={"way": way})
