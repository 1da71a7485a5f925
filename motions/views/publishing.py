"""From a draft to a version in force: preview, approval by a second person, publishing."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.refusals import Refused, Stale
from common.templatetags.figures import day
from motions import requests, services
from motions.models import PolicyVersion
from motions.reports import previews
from motions.services.previews import current_preview, take_preview, token_of
from motions.services.telling import concerned
from motions.views.desk import version_of
from partners.access import PersonRequest
from partners.roles import Role


@require_GET
def preview(request: PersonRequest, code: str) -> HttpResponse:
    """Whom a version would move, as it was worked out the last time."""
    found = version_of(request, code)
    made = current_preview(found)
    context = {
        "policy": found,
        "may_write": request.user.role == Role.POLICY_OWNER and found.published_at is None,
        "has_names": request.user.role != Role.POLICY_OWNER,
        "made": previews.told(made, by=request.user) if made else None,
    }
    return render(request, "motions/policy/preview.html", context)


@require_POST
def preview_make(request: PersonRequest, code: str) -> HttpResponse:
    """Work out whom a draft would move today."""
    found = version_of(request, code)
    services.preview(found, by=request.user, at=now())
    return redirect("motions:policy_preview", found.code)


@require_POST
def approve(request: PersonRequest, code: str) -> HttpResponse:
    """Approve somebody else's draft."""
    found = version_of(request, code)
    try:
        services.approve(found, by=request.user, at=now())
    except Refused as refusal:
        return _refused(request, found, refusal)
    messages.success(request, _("Approved. It can be published now."))
    return redirect("motions:policy", found.code)


def _refused(request: PersonRequest, found: PolicyVersion, refusal: Refused) -> HttpResponse:
    context = {"policy": found, "refusal": refusal.sentence}
    return render(request, "motions/policy/refused.html", context, status=refusal.status)


@require_http_methods(["GET", "POST"])
def publish(request: PersonRequest, code: str) -> HttpResponse:
    """Publish an approved version; where others would move now than its preview says, that is shown and asked again."""
    found = version_of(request, code)
    if request.method == "GET":
        if found.published_at:
            raise Refused(_("This version is published already; a change is a new version."))
        return _ask(request, found)
    try:
        with transaction.atomic():
            made = services.publish(found, by=request.user, at=now(), seen=request.POST.get("seen", ""))
    except Stale as refusal:
        return _ask(request, found, refusal)
    except Refused as refusal:
        return _refused(request, found, refusal)
    requests.recompute_many_soon()
    requests.tell_soon()
    messages.success(request, _told(made))
    return redirect("motions:roll_outs" if made.valid_from <= localdate() else "motions:policies")


def _told(made: PolicyVersion) -> str:
    if made.valid_from <= localdate():
        return _("“%(title)s” is in force. The roll-out has begun.") % {"title": made.title}
    return _("“%(title)s” is scheduled: it comes into force on %(day)s.") % {
        "title": made.title,
        "day": day(made.valid_from),
    }


def _ask(request: PersonRequest, found: PolicyVersion, refusal: Stale | None = None) -> HttpResponse:
    former = current_preview(found)
    newer = take_preview(found, by=request.user, at=now(), is_kept=False)
    context = {
        "policy": found,
        "refusal": refusal.sentence if refusal else "",
        "former": former,
        "newer": newer,
        "differing": previews.differing(former, newer, by=request.user),
        "seen": token_of(newer),
        "is_ahead": found.valid_from > localdate(),
        "told": concerned(found, newer).count(),
        "days": max(0, (found.valid_from - localdate()).days),
    }
    return render(request, "motions/policy/publish.html", context, status=refusal.status if refusal else 200)
