"""What of this room is somebody's own, and goes to a colleague when they leave (see `partners.services.leaving`)."""

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import ngettext

from partners.models import User
from referrals.models import Absence, EventKind, Referral, RoutingRule, TeamMember
from referrals.models.leads import ReferralQuerySet
from referrals.services.recording import record
from referrals.services.routing import add_rule, assign, cancel_absence, end_rule, stand_in
from referrals.states import CLOSED, UNDECIDED


class Leads:
    """Open leads on whose team the person is; closed ones keep their team as it was."""

    name = "leads"

    def label(self, count: int) -> str:
        """'3 leads'."""
        return ngettext("%(count)s lead", "%(count)s leads", count) % {"count": count}

    def _of(self, person: User, by: User) -> ReferralQuerySet:
        open_ones = Referral.objects.visible_to(by).exclude(state__in=CLOSED)
        return open_ones.filter(pk__in=TeamMember.objects.filter(user=person).values("referral"))

    def count(self, person: User, *, by: User) -> int:
        """How many there are."""
        return self._of(person, by).count()

    def pass_on(self, person: User, *, to: User, by: User, at: datetime) -> int:
        """Put the colleague on each team in the person's place; one event row for each lead."""
        leads = list(self._of(person, by).select_for_update(of=("self",)).order_by("pk"))
        known = set(TeamMember.objects.filter(user=to, referral__in=leads).values_list("referral_id", flat=True))
        facts = {"user": to, "added_at": at, "added_by_name": str(by)}
        TeamMember.objects.bulk_create(
            TeamMember(partner_id=lead.partner_id, referral=lead, **facts) for lead in leads if lead.pk not in known
        )
        TeamMember.objects.filter(user=person, referral__in=leads).delete()
        for lead in leads:
            changes = {"added": [to.pk, str(to)], "removed": [person.pk, str(person)]}
            record(lead, EventKind.TEAM, by=by, at=at, changes=changes, is_internal=True)
        return len(leads)


class Reviews:
    """Undecided leads that are a channel manager's by the rules, or by hand."""

    name = "reviews"

    def label(self, count: int) -> str:
        """'3 leads to review'."""
        return ngettext("%(count)s lead to review", "%(count)s leads to review", count) % {"count": count}

    def _of(self, person: User, by: User) -> ReferralQuerySet:
        return Referral.objects.visible_to(by).filter(routed_to=person, state__in=UNDECIDED)

    def count(self, person: User, *, by: User) -> int:
        """How many there are."""
        return self._of(person, by).count()

    def pass_on(self, person: User, *, to: User, by: User, at: datetime) -> int:
        """Assign each to the colleague; `Unfit` where the colleague is not responsible, and then nothing moves."""
        leads = list(self._of(person, by).order_by("pk"))
        for lead in leads:
            assign(lead, by=by, at=at, version=None, to=to.pk)
        return len(leads)


class Rules:
    """Routing rules by which new leads still come to a channel manager."""

    name = "rules"

    def label(self, count: int) -> str:
        """'3 routing rules'."""
        return ngettext("%(count)s routing rule", "%(count)s routing rules", count) % {"count": count}

    def _of(self, person: User) -> QuerySet[RoutingRule]:
        rules = RoutingRule.objects.filter(manager=person, ends_at__isnull=True)
        return rules.none() if person.is_of_partner else rules  # partners do not read them

    def count(self, person: User, *, by: User) -> int:
        """How many there are."""
        return self._of(person).count()

    def pass_on(self, person: User, *, to: User, by: User, at: datetime) -> int:
        """End each, and begin the same for the colleague; `Unfit` where the colleague is not responsible there."""
        rules = list(self._of(person).order_by("pk"))
        for rule in rules:
            ended = end_rule(rule, by=by, at=at)
            add_rule(by=by, at=at, country=rule.country, solution=rule.solution, manager=to.pk, starts_at=ended.ends_at)
        return len(rules)


class Absences:
    """Days, today's or later ones, on which the person is away or stands in for somebody."""

    name = "absences"

    def label(self, count: int) -> str:
        """'3 absences'."""
        return ngettext("%(count)s absence", "%(count)s absences", count) % {"count": count}

    def _of(self, person: User, on: date) -> QuerySet[Absence]:
        absences = Absence.objects.filter(Q(user=person) | Q(substitute=person), last_day__gte=on)
        return absences.none() if person.is_of_partner else absences

    def count(self, person: User, *, by: User) -> int:
        """How many there are."""
        return self._of(person, localdate()).count()

    def pass_on(self, person: User, *, to: User, by: User, at: datetime) -> int:
        """The person's own end, because nothing is theirs any more; for others the colleague stands in."""
        today = localdate(at)
        absences = list(self._of(person, today).order_by("pk"))
        for absence in absences:
            cancel_absence(absence, by=by)
            if absence.user_id not in (person.pk, to.pk):
                days = {"first_day": max(absence.first_day, today), "last_day": absence.last_day}
                stand_in(by=by, person=absence.user_id, substitute=to.pk, **days)
        return len(absences)
