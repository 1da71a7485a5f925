"""The list of alerts of a partner, and marking them as seen."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import is_aware, now
from django.views.decorators.http import require_GET, require_POST

from common.htmx import page_or_partial
from common.paging import keyset
from motions import outlooks, services
from motions.forms.outlook import AlertFilter
from motions.models import Alert
from partners.access import PersonRequest

PAGE_SIZE = 50


@require_GET
def alerts(request: PersonRequest) -> HttpResponse:
    """All alerts, the newest first, of one kind or of every."""
    form = AlertFilter(request.GET)
    rows = Alert.objects.visible_to(request.user).filter(customer__archived_at__isnull=True).select_related("customer")
    if form.chosen:
        rows = rows.filter(kind=form.chosen)
    page = keyset(
        rows,
        by=("made_at", "pk"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PAGE_SIZE,
        is_newest_first=True,
    )
    context = {
        "form": form,
        "page": page,
        "rows": outlooks.told(list(page.rows)),
        "is_filtered": bool(form.chosen),
        "has_unseen": any(row.seen_at is None for row in page.rows),
        "until": page.rows[0].made_at.isoformat() if page.rows else "",
        "here": request.get_full_path(),
    }
    return page_or_partial(request, "motions/alerts.html", "motions/_alerts.html", context)


def _back(request: PersonRequest) -> HttpResponse:
    """Where the button stood; nowhere else but on this site."""
    place = request.POST.get("back", "")
    is_ours = place.startswith("/") and url_has_allowed_host_and_scheme(place, allowed_hosts=None)
    return redirect(place if is_ours else "motions:alerts")


@require_POST
def alert_seen(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Mark one alert as seen."""
    alert = get_object_or_404(Alert.objects.visible_to(request.user), public_id=public_id)
    services.mark_alert_seen(alert, by=request.user, at=now())
    return _back(request)


@require_POST
def alerts_seen(request: PersonRequest) -> HttpResponse:
    """Mark what the list showed, and what is older, as seen."""
    at = now()
    until = _moment(request.POST.get("until", "")) or at
    services.mark_alerts_seen(by=request.user, at=at, until=until, kind=AlertFilter(request.POST).chosen)
    return _back(request)


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and is_aware(found) else None
