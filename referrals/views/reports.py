"""The report of leads, and the same leads as a file."""

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_GET

from common.htmx import page_or_partial
from partners.access import PersonRequest
from referrals.reports import figures
from referrals.reports.filters import ReportFilter


@require_GET
def reports(request: PersonRequest) -> HttpResponse:
    """Funnel, rates, times and reasons, with the leads that they count."""
    form, at, by = ReportFilter(request.GET or None), now(), request.user
    marks = {name: request.GET.get(name, "") for name in ("after", "before")}
    context = {"form": form, "page": figures.listed(form, by=by, at=at, **marks)}
    if request.htmx.target != "report-leads":
        context |= figures.report(form, by=by, at=at)
    context["query"] = request.GET.urlencode()
    partial = "referrals/review/_report.html"
    if request.htmx.target == "report-leads":
        partial = "referrals/review/_report_leads.html"
    return page_or_partial(request, "referrals/review/report.html", partial, context)


@require_GET
def report_file(request: PersonRequest) -> StreamingHttpResponse:
    """The leads of the report as CSV."""
    body = figures.file(ReportFilter(request.GET or None), by=request.user, at=now())
    response = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="leads.csv"'
    return response
