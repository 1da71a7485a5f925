"""Who is told of what happens to a lead: the event rows are the outbox, each handed over once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import pgettext_lazy

from partners.models import User
from partners.notices import tell as tell_events
from partners.roles import OF_PARTNER, Role
from partners.services import addressees, hand_over
from partners.wording import NoticeKind, register
from referrals import wording
from referrals.models import Absence, EventKind, LeadImportRow, LocationMember, Referral, ReferralEvent
from referrals.states import HOLDERS, STEPS, TOLD, Actor, Audience, Holder, RegistrationState, State, Step

MOST_WORDS = 300

_BOTH = OF_PARTNER | {Role.CHANNEL_MANAGER, Role.ADMINISTRATOR}
_MICROSOFT = frozenset({Role.CHANNEL_MANAGER, Role.ADMINISTRATOR})

register(
    *(
        NoticeKind(f"referrals.{kind}", label, roles, partial(wording.notice_words, kind))
        for kind, label, roles in (
            ("offered", pgettext_lazy("notice", "Microsoft sends us a lead"), OF_PARTNER),
            ("recall", pgettext_lazy("notice", "Microsoft takes an offer back"), OF_PARTNER),
            ("take_on", pgettext_lazy("notice", "A partner takes a lead on"), _BOTH),
            ("refuse", pgettext_lazy("notice", "A partner declines a lead"), _BOTH),
            ("submit", pgettext_lazy("notice", "A lead is submitted"), _MICROSOFT),
            ("resubmit", pgettext_lazy("notice", "A returned lead is completed"), _MICROSOFT),
            ("shared", pgettext_lazy("notice", "A deal is shared further"), _MICROSOFT),
            ("release", pgettext_lazy("notice", "A lead goes back to the queue"), _MICROSOFT),
            ("return", pgettext_lazy("notice", "Microsoft asks for more information"), OF_PARTNER),
            ("accept", pgettext_lazy("notice", "A lead is accepted"), OF_PARTNER),
            ("decline", pgettext_lazy("notice", "A lead is declined"), OF_PARTNER),
            ("team", pgettext_lazy("notice", "I am put on a team"), OF_PARTNER),
            ("withdraw", pgettext_lazy("notice", "A lead is withdrawn"), _BOTH),
            ("win", pgettext_lazy("notice", "A lead is won"), _BOTH),
            ("lose", pgettext_lazy("notice", "A lead is lost"), _BOTH),
            ("close_as_error", pgettext_lazy("notice", "A lead is closed as an error"), _BOTH),
            ("expire", pgettext_lazy("notice", "A lead expires"), _BOTH),
            ("reminded", pgettext_lazy("notice", "An answer is due soon"), _BOTH),
            ("assigned", pgettext_lazy("notice", "A colleague hands me a lead"), _MICROSOFT),
            ("registration", pgettext_lazy("notice", "A deal registration moves on"), _BOTH),
            ("commented", pgettext_lazy("notice", "Somebody writes about a lead"), _BOTH),
        )
    )
)


@dataclass
class Told:
    """The people of each side; a side that is not concerned is None, one without people has its fallback owner."""

    partner: list[User] | None = None
    microsoft: list[User] | None = None


def tell(*, clock: Callable[[], datetime]) -> int:
    """Hand over what has happened, in order, each event in its own transaction; returns the number of notices."""
    return tell_events(ReferralEvent.objects.all(), _hand_over, clock=clock)


def _hand_over(event: ReferralEvent, at: datetime) -> int:
    lead = Referral.objects.select_related("customer", "partner").get(pk=event.referral_id)
    told = recipients(event, lead)
    link = reverse("referrals:lead", args=[lead.public_id])
    facts: dict[str, Any] = {"kind": f"referrals.{event.kind}", "key": f"referrals:{event.pk}", "link": link, "at": at}
    params = params_of(event, lead)
    count = 0
    for people, owner in ((told.partner, lead.partner_id), (told.microsoft, None)):
        if people is not None and (heard := _hearing(people, event)) is not None:
            count += len(hand_over(to=heard, partner_id=owner, params=params, **facts))
    return count


def _hearing(people: list[User], event: ReferralEvent) -> list[User] | None:
    """Without whoever did it; None when nobody but them was concerned, so that no fallback is asked."""
    others = [person for person in people if person.pk != event.by_id]
    return None if people and not others else others


def params_of(event: ReferralEvent, lead: Referral) -> dict[str, Any]:
    """What the words of a notice are made of; never who the person at the customer is."""
    return {
        "name": lead.name,
        "customer": lead.customer.name,
        "partner": lead.partner.name,
        "by": event.by_name,
        "reason": event.reason,
        "text": event.text[:MOST_WORDS],
        "registration": event.changes.get("registration", ["", ""])[1],
    }


def recipients(event: ReferralEvent, lead: Referral) -> Told:
    """Who is told of an event: by the table for steps, by who is concerned for everything else."""
    kind = EventKind(event.kind)
    if kind.value in Step.values:
        return _of_step(event, lead)
    return _BESIDE[kind](event, lead) if kind in _BESIDE else Told()


def _of_step(event: ReferralEvent, lead: Referral) -> Told:
    """As the table says; of the leads of a file nobody is told one by one, the queue shows them (R51)."""
    step = Step(event.kind)
    if step == Step.SUBMIT and LeadImportRow.objects.filter(referral=lead).exists():
        return Told()
    return _by_table(STEPS[step].tells, lead, held_by=event.changes.get("held_by", lead.reviewer_id))


def _by_table(audiences: Iterable[Audience], lead: Referral, *, held_by: int | None) -> Told:
    told = Told()
    if Audience.TEAM in audiences:
        told.partner = team(lead)
    if Audience.REVIEWERS in audiences:
        told.microsoft = reviewers(lead)
    elif Audience.CLAIMANT in audiences:
        told.microsoft = reviewer(held_by) or None
    return told


def _of_comment(event: ReferralEvent, lead: Referral) -> Told:
    """The team always, those who were called, and the other side unless the words are the team's own."""
    called = list(addressees().filter(pk__in=event.changes["mentions"], partner_id=lead.partner_id))
    told = Told(partner=[*team(lead), *called])
    if not event.is_internal and event.side == Actor.PARTNER and lead.is_shared:
        told.microsoft = reviewer(lead.reviewer_id) or reviewers(lead)
    return told


def _of_registration(event: ReferralEvent, lead: Referral) -> Told:
    """The team of what Microsoft wants to know or has refused (R51), Microsoft of what waits for it."""
    state = event.changes["registration"][1]
    if event.side == Actor.PARTNER:
        waits = state in (RegistrationState.PENDING, RegistrationState.IN_REVIEW)
        return Told(microsoft=reviewer(lead.reviewer_id) or reviewers(lead)) if waits else Told()
    return Told(partner=team(lead)) if state in TOLD else Told()


def team(lead: Referral) -> list[User]:
    """The active people on the team of a lead."""
    return list(addressees().filter(pk__in=lead.team.values("user"), partner_id=lead.partner_id).order_by("pk"))


def reviewer(person_id: int | None) -> list[User]:
    """Whoever reviews a lead, or did last, as long as they do that work."""
    return list(addressees().filter(pk=person_id, role=Role.CHANNEL_MANAGER))


def reviewers(lead: Referral) -> list[User]:
    """Whose the lead is by the rules (R55); without one, everybody who is responsible for its country and segment."""
    return _assigned(lead) or list(_responsible(lead))


def _responsible(lead: Referral) -> QuerySet[User]:
    mine = addressees().filter(role=Role.CHANNEL_MANAGER, scopes__country=lead.country, scopes__segment=lead.segment)
    return mine.order_by("pk")  # type: ignore[no-any-return]


def _assigned(lead: Referral) -> list[User]:
    """Whose the lead is, one's or a location's, and who stands in today; only those who may still see it."""
    people = [lead.routed_to_id] if lead.routed_to_id else []
    if lead.routed_location_id:
        people += LocationMember.objects.filter(location=lead.routed_location_id).values_list("user_id", flat=True)
    if not people:
        return []
    away = Absence.objects.on(localdate()).filter(user__in=people).values_list("substitute_id", flat=True)
    return list(_responsible(lead).filter(pk__in=[*people, *away]))


def _of_team(event: ReferralEvent, lead: Referral) -> Told:
    """Whoever is put on the team."""
    return Told(partner=list(addressees().filter(pk=event.changes["added"][0]))) if "added" in event.changes else Told()


def _of_reminder(event: ReferralEvent, lead: Referral) -> Told:
    """Whoever holds the ball."""
    if HOLDERS[State(lead.state)] == Holder.PARTNER:
        return Told(partner=team(lead))
    return Told(microsoft=reviewer(lead.reviewer_id) or reviewers(lead))


# who is told of what is no step; an offer has nobody on it yet, so that the partner's administrators are told (R51)
_BESIDE: dict[EventKind, Callable[[ReferralEvent, Referral], Told]] = {
    EventKind.COMMENTED: _of_comment,
    EventKind.OFFERED: lambda _event, lead: Told(partner=team(lead)),
    EventKind.SHARED: lambda _event, lead: Told(microsoft=reviewers(lead)),
    EventKind.TEAM: _of_team,
    EventKind.ASSIGNED: lambda _event, lead: Told(microsoft=_assigned(lead)),
    EventKind.REMINDED: _of_reminder,
    EventKind.REGISTRATION: _of_registration,
}
