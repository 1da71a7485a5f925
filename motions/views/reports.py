"""Pages over many customers: the portfolio map and the choice report."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.htmx import page_or_partial
from common.paging import Page
from common.refusals import Refused
from customers.models import Customer
from motions.forms.scenarios import ScenarioForm
from motions.reports import choices, maps, pictures
from motions.services import policies
from motions.sql.freshness import in_force
from partners.access import PersonRequest
from partners.roles import Role


@require_GET
def portfolio_map(request: PersonRequest) -> HttpResponse:
    """What other limits would change in the portfolio; the limits stand in the address, nothing is written."""
    current = in_force(localdate())
    form = ScenarioForm(request.GET, current=current) if current.policies else None
    context: dict[str, Any] = {"form": form, "shows_partner": not request.user.is_of_partner}
    context["may_draft"] = request.user.role == Role.POLICY_OWNER
    if form is None or not form.is_valid():
        status = 422 if form else 200
        return page_or_partial(request, "motions/map.html", "motions/_map.html", context, status=status)
    if request.htmx.target == "movers":
        context["page"] = _movers(request, form)
        return page_or_partial(request, "motions/map.html", "motions/_movers.html", context)
    context |= maps.portfolio_map(form, by=request.user)
    context["query"] = _without_marks(request.GET)
    if context["moved"] and request.user.role != Role.POLICY_OWNER:
        context["page"] = _movers(request, form)
    return page_or_partial(request, "motions/map.html", "motions/_map.html", context)


def _movers(request: PersonRequest, form: ScenarioForm) -> Page[Customer]:
    marks = {name: request.GET.get(name, "") for name in ("after", "before")}
    return maps.movers(form, by=request.user, **marks)


def _without_marks(asked: QueryDict) -> str:
    kept = asked.copy()
    for name in ("after", "before"):
        kept.pop(name, None)
    return kept.urlencode()


@require_POST
def map_draft(request: PersonRequest) -> HttpResponse:
    """Keep the limits tried out as a draft of the next policy version."""
    current = in_force(localdate())
    if not current.policies:
        raise Refused(_("No policy version is in force today, so there is nothing to compare with."))
    form = ScenarioForm(request.POST, current=current)
    if not form.is_valid():
        return page_or_partial(request, "motions/map.html", "motions/_map.html", {"form": form}, status=422)
    if not form.is_moved:
        raise Refused(_("These are the limits in force. Please move one before you make a draft of them."))
    made = policies.draft(based_on=form.policy, by=request.user, at=now(), **form.changes)
    messages.success(request, _("Draft %(code)s has the limits that you tried out.") % {"code": made.code})
    return redirect("motions:policy", made.code)


@require_GET
def map_points(request: PersonRequest) -> JsonResponse:
    """The picture of the map as figures."""
    current = in_force(localdate())
    if not current.policies:
        return JsonResponse({"x": None, "y": None, "points": []})
    form = ScenarioForm(request.GET, current=current)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    return JsonResponse(pictures.picture(form, by=request.user))


@require_GET
def choice_report(request: PersonRequest) -> HttpResponse:
    """How often and why customers decide otherwise than the guidance says."""
    context = {**choices.choice_report(by=request.user), "has_names": request.user.role != Role.POLICY_OWNER}
    return render(request, "motions/choices.html", context)


@require_GET
def choice_file(request: PersonRequest) -> StreamingHttpResponse:
    """The newest choice of each customer as CSV."""
    response = StreamingHttpResponse(choices.choice_file(by=request.user), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="choices.csv"'
    return response
