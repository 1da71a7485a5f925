"""Where a person starts, and the language of the pages."""

from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language as django_set_language

from agreements import panels as agreement_panels
from customers.models import Customer
from motions import outlooks
from motions.scoping import near_limit
from motions.sql.freshness import count_stale, in_force
from motions.states import Motion
from partners.access import PersonRequest
from partners.models import User
from partners.roles import Role
from partners.services import news_for


@require_GET
def home(request: PersonRequest) -> HttpResponse:
    """Where a person starts: partner people see their portfolio, the others their own room."""
    if request.user.is_of_partner:
        return render(request, "portal/home.html", _portfolio(request.user))
    rooms = {Role.POLICY_OWNER: "motions:policies", Role.AUDITOR: "audit"}
    return redirect(rooms.get(Role(request.user.role), "customers"))


def _portfolio(user: User) -> dict[str, Any]:
    today = localdate()
    current = in_force(today)
    customers = Customer.objects.visible_to(user).current()
    counts = dict(customers.values_list("standing__motion").annotate(n=Count("pk")).order_by())
    near = near_limit(current)
    changes = list(
        customers.filter(standing__motion_since__isnull=False)
        .select_related("standing")
        .order_by("-standing__motion_since", "-pk")[:8]
    )
    agreement_panels.add_banners(changes, by=user, on=today)
    return {
        "motions": [(motion.value, motion.label, counts.get(motion.value, 0)) for motion in Motion],
        "total": sum(counts.values()),
        "near": customers.filter(near).count(),
        "stale": count_stale(today),
        "changes": changes,
        "alerts": outlooks.newest_alerts(by=user),
        "policies": list(current.policies.values()),
        "rates": current.rates,
        "news": [(one, one.is_ahead(today)) for one in news_for(user, on=today, limit=3)],
    }


@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Change the language of this browser, and remember it for the person."""
    response = django_set_language(request)
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        User.objects.visible_to(request.user).filter(pk=request.user.pk).update(language=language)
    return response
