"""The inbox of notices, and how a person wants to be told."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.htmx import page_or_partial
from common.paging import keyset
from partners import panels, services
from partners.access import PersonRequest
from partners.forms import NoticeFilter, PreferencesForm
from partners.models import Notice

PAGE_SIZE = 50


@require_GET
def notices(request: PersonRequest) -> HttpResponse:
    """What one was told, the newest first."""
    form = NoticeFilter(request.GET)
    rows = Notice.objects.visible_to(request.user)
    if form.chosen:
        rows = rows.unread()
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
        "rows": panels.entries(list(page.rows)),
        "is_filtered": bool(form.chosen),
        "has_unread": any(row.read_at is None for row in page.rows),
        "until": page.rows[0].made_at.isoformat() if page.rows else "",
    }
    return page_or_partial(request, "partners/notices.html", "partners/_notices.html", context)


def _own(request: PersonRequest, public_id: UUID) -> Notice:
    return get_object_or_404(Notice.objects.visible_to(request.user), public_id=public_id)


@require_GET
def notice(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Go to what a notice is about; that it was read is noted on the way."""
    found = _own(request, public_id)
    services.mark_read(found, by=request.user, at=now())
    return redirect(found.link or "partners:notices")


@require_POST
def notice_read(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Mark one as read, or keep it for later."""
    found = _own(request, public_id)
    if request.POST.get("unread"):
        services.mark_unread(found, by=request.user)
    else:
        services.mark_read(found, by=request.user, at=now())
    return redirect("partners:notices")


@require_POST
def notices_read(request: PersonRequest) -> HttpResponse:
    """Mark what the list showed, and what is older, as read."""
    at = now()
    services.mark_all_read(by=request.user, at=at, until=_moment(request.POST.get("until", "")) or at)
    return redirect("partners:notices")


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and is_aware(found) else None


@require_http_methods(["GET", "POST"])
def notice_preferences(request: PersonRequest) -> HttpResponse:
    """By mail at once, in one mail a day, or only here: for each kind."""
    form = PreferencesForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        services.prefer(by=request.user, ways=form.ways)
        messages.success(request, _("Your choice counts from the next notice on."))
        return redirect("partners:notice_preferences")
    context = {"form": form}
    status = 422 if form.errors else 200
    return page_or_partial(request, "partners/preferences.html", "partners/_preferences.html", context, status=status)
