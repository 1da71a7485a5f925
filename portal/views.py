"""The pages composed from several rooms: home, the customer list, the customer page."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language as django_set_language

from common.htmx import page_or_partial
from common.paging import keyset
from customers import panels as customer_panels
from customers.models import Customer, CustomerQuerySet
from motions import outlooks, past
from motions import panels as motion_panels
from motions.scoping import near_limit, share_of_limit, with_freshness
from motions.sql.freshness import InForce, count_stale, in_force
from motions.states import Motion
from partners.access import PersonRequest
from partners.models import User
from partners.roles import Role
from portal.forms import CustomerFilter
from referrals import panels as referral_panels

PAGE_SIZE = 50

# one line for each panel of the customer page
MAIN = (
    ("motions/_guidance.html", motion_panels.guidance),
    ("motions/_forecast.html", outlooks.ahead),
    ("motions/_deals.html", motion_panels.deals),
    ("motions/_history.html", past.history),
)
SIDE = (
    ("motions/_choice.html", motion_panels.choice),
    ("motions/_what_if.html", motion_panels.what_if),
    ("referrals/_of_customer.html", referral_panels.of_customer),
    ("customers/_identity.html", customer_panels.identity),
    ("customers/_contacts.html", customer_panels.contacts),
)


@require_GET
def home(request: PersonRequest) -> HttpResponse:
    """Where a person starts: partner people see their portfolio, the others their own room."""
    if request.user.is_of_partner:
        return render(request, "portal/home.html", _portfolio(request.user))
    return redirect("motions:policies" if request.user.role == Role.POLICY_OWNER else "customers")


def _portfolio(user: User) -> dict[str, Any]:
    today = localdate()
    current = in_force(today)
    customers = Customer.objects.visible_to(user).current()
    counts = dict(customers.values_list("standing__motion").annotate(n=Count("pk")).order_by())
    near = near_limit(current)
    changes = (
        customers.filter(standing__motion_since__isnull=False)
        .select_related("standing")
        .order_by("-standing__motion_since", "-pk")[:8]
    )
    return {
        "motions": [(motion.value, motion.label, counts.get(motion.value, 0)) for motion in Motion],
        "total": sum(counts.values()),
        "near": customers.filter(near).count(),
        "stale": count_stale(today),
        "changes": changes,
        "alerts": outlooks.newest_alerts(by=user),
        "policies": list(current.policies.values()),
        "rates": current.rates,
    }


@require_GET
def customers(request: PersonRequest) -> HttpResponse:
    """The customer list: search, filters in the URL, keyset paging."""
    current = in_force(localdate())
    form = CustomerFilter(request.GET)
    rows = with_freshness(Customer.objects.visible_to(request.user).current(), current)
    rows = _filtered(rows, form.chosen, current)
    page = keyset(
        rows,
        by=("sort_name", "pk"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PAGE_SIZE,
    )
    for row in page.rows:
        vars(row)["share_of_limit"] = share_of_limit(row.standing, current.policy_of(row.country))
    query = urlencode({name: value for name, value in form.chosen.items() if value})
    context = {
        "form": form,
        "page": page,
        "query": query,
        "is_filtered": bool(query),
        "shows_partner": not request.user.is_of_partner,
        "may_write": request.user.is_of_partner,
    }
    return page_or_partial(request, "portal/customers.html", "portal/_customers.html", context)


def _filtered(rows: CustomerQuerySet, chosen: dict[str, str], current: InForce) -> CustomerQuerySet:
    if words := chosen["q"]:
        rows = rows.matching(words)
    if chosen["motion"]:
        rows = rows.filter(standing__motion=chosen["motion"])
    if chosen["country"]:
        rows = rows.filter(country=chosen["country"])
    if chosen["state"] == "near":
        rows = rows.filter(near_limit(current))
    if chosen["state"] == "stale":
        rows = rows.filter(Q(is_fresh=False))
    return rows


@require_GET
def customer(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One customer, composed from the panels of the rooms."""
    found = get_object_or_404(
        Customer.objects.visible_to(request.user).current().select_related("partner", "standing"), public_id=public_id
    )
    today = localdate()
    main, side = (
        [{"template": template, "panel": panel(found, by=request.user, on=today)} for template, panel in panels]
        for panels in (MAIN, SIDE)
    )
    context = {"customer": found, "main": main, "side": side, "may_write": request.user.is_of_partner}
    return render(request, "portal/customer.html", context)


@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Change the language of this browser, and remember it for the person."""
    response = django_set_language(request)
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        User.objects.visible_to(request.user).filter(pk=request.user.pk).update(language=language)
    return response
