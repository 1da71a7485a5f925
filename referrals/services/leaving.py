"""What of this room is somebody's own, and goes to a colleague when they leave (see `partners.services.leaving`)."""

from datetime import datetime

from django.utils.translation import ngettext

from partners.models import User
from referrals.models import EventKind, Referral, TeamMember
from referrals.models.leads import ReferralQuerySet
from referrals.services.recording import record
from referrals.services.routing import assign
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
