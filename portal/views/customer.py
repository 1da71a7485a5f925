"""The customer page, composed from the panels of the rooms, and what happened to the customer."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from agreements import panels as agreement_panels
from common.htmx import page_or_partial
from customers import panels as customer_panels
from customers.models import Customer
from customers.services import survivor_of
from motions import outlooks, past
from motions import panels as motion_panels
from partners.access import PersonRequest, note_look
from portal import timeline
from referrals import panels as referral_panels

# one line for each panel of the customer page
ABOVE = (("agreements/_banner.html", agreement_panels.banner),)
MAIN = (
    ("customers/_conflict.html", customer_panels.conflicts),
    ("motions/_guidance.html", motion_panels.guidance),
    ("motions/_forecast.html", outlooks.ahead),
    ("motions/_deals.html", motion_panels.deals),
    ("motions/_history.html", past.history),
    ("portal/_timeline.html", timeline.panel),
)
SIDE = (
    ("motions/_choice.html", motion_panels.choice),
    ("agreements/_agreement.html", agreement_panels.agreement),
    ("motions/_what_if.html", motion_panels.what_if),
    ("referrals/_of_customer.html", referral_panels.of_customer),
    ("customers/_identity.html", customer_panels.identity),
    ("customers/_contacts.html", customer_panels.contacts),
    ("customers/_relation.html", customer_panels.relation),
    ("customers/_merges.html", customer_panels.merges),
)
# who is archived is only read: nothing is advised any more, and what was is in the timeline
MAIN_ARCHIVED = (("portal/_timeline.html", timeline.panel),)
SIDE_ARCHIVED = (
    ("customers/_identity.html", customer_panels.identity),
    ("customers/_contacts.html", customer_panels.contacts),
)


@require_GET
def customer(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One customer, composed from the panels of the rooms; a merged one's address leads to the one that it went into."""
    seen = Customer.objects.visible_to(request.user).select_related("partner", "standing")
    found = get_object_or_404(seen, public_id=public_id)
    if found.archived_at and (survivor := survivor_of(found)):
        return redirect("customer", survivor.public_id)
    note_look(request, customer_id=found.pk, partner_id=found.partner_id)
    today, chosen = localdate(), ((), MAIN_ARCHIVED, SIDE_ARCHIVED) if found.archived_at else (ABOVE, MAIN, SIDE)
    above, main, side = (
        [{"template": template, "panel": panel(found, by=request.user, on=today)} for template, panel in panels]
        for panels in chosen
    )
    may_write = customer_panels.may_write(found, by=request.user)
    context = {"customer": found, "above": above, "main": main, "side": side, "may_write": may_write}
    return render(request, "portal/customer.html", context)


@require_GET
def happened(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """What happened to the customer: of one kind, or older than what was shown."""
    found = get_object_or_404(Customer.objects.visible_to(request.user), public_id=public_id)
    panel: dict[str, Any] = timeline.panel(
        found,
        by=request.user,
        on=localdate(),
        kind=request.GET.get("kind", ""),
        before=request.GET.get("before", ""),
    )
    context = {"customer": found, "panel": panel}
    return page_or_partial(request, "portal/timeline.html", "portal/_timeline.html", context)
