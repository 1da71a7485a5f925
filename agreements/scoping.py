"""Which agreements ask for what, as conditions for querysets."""

from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from agreements.models import Link, ProviderRequest
from agreements.policy import Rule
from agreements.states import SIGNED, RequestState, State

EXPIRES_SOON = timedelta(days=3)
GROUPS = {
    "unsigned": _("Not signed"),
    "open_link": _("Link open"),
    "expiring": _("Link expires within 3 days"),
    "expired": _("Link expired"),
    "again": _("To be accepted again"),
    "provider": _("Waiting for the provider"),
    "finalise": _("Accepted, to be finalised"),
    "signed": _("Signed"),
}


def too_early(rules: list[Rule]) -> Q:
    """Signed, but before what a cut-off asks for; also where no worker has been yet."""
    days = [rule.accepted_before for rule in rules if rule.accepted_before]
    return Q(state__in=SIGNED, accepted_on__lt=max(days)) if days else Q(pk__in=[])


def group_of(name: str, *, rules: list[Rule], at: datetime) -> Q:
    """The condition of one group; everything that asks for something when no group is named."""
    early = too_early(rules)
    open_link = Exists(Link.objects.filter(agreement=OuterRef("pk"), ended_at__isnull=True))
    soon = Exists(
        Link.objects.filter(agreement=OuterRef("pk"), ended_at__isnull=True, expires_at__lte=at + EXPIRES_SOON)
    )
    asked = Exists(
        ProviderRequest.objects.filter(agreement=OuterRef("pk"), state__in=[RequestState.OPEN, RequestState.TAKEN])
    )
    conditions: dict[str, Q] = {
        "unsigned": Q(state__in=[State.NOT_STARTED, State.DIRECT_INVITED, State.REVOKED]),
        "open_link": Q(state=State.LINK_SENT) & Q(open_link),
        "expiring": Q(state=State.LINK_SENT) & Q(soon),
        "expired": Q(state=State.LINK_EXPIRED),
        "again": Q(state=State.REACCEPT) | early,
        "provider": Q(asked),
        "finalise": Q(state=State.TO_FINALISE),
        "signed": Q(state__in=SIGNED) & ~early,
        "all": Q(),
    }
    return conditions.get(name, ~Q(state__in=SIGNED) | early)


def age_in_days(since: datetime, *, on: date) -> int:
    """Whole days since something."""
    return max(0, (on - localdate(since)).days)
