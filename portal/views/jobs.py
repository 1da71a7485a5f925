"""The work in the background: what waits, who works, what ran when, what is set apart; and the intake stopped or opened."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from common.htmx import page_or_partial
from common.refusals import Unfit
from partners import services
from partners.access import PersonRequest
from partners.models import Intake
from portal import jobs as work
from portal.forms.jobs import PauseForm


@require_GET
def jobs(request: PersonRequest) -> HttpResponse:
    """Everything at once, as of now; htmx asks again every few seconds."""
    return _page(request)


def _page(request: PersonRequest, *, form: PauseForm | None = None, status: int = 200) -> HttpResponse:
    at = now()
    waiting, age = work.stale_marks()
    context = {
        "at": at,
        "queues": work.queues(),
        "workers": work.workers(),
        "nodes": work.NODES,
        "waiting": waiting,
        "age": round(age),
        "is_old": age > work.OLD_MARK,
        "runs": work.runs(at=at),
        "parked": work.parked(),
        "pause": services.paused(Intake.IMPORTS),
        "form": form or PauseForm(),
    }
    return page_or_partial(request, "portal/jobs.html", "portal/_jobs.html", context, status=status)


@require_POST
def retry(request: PersonRequest, code: str) -> HttpResponse:
    """Have what is set apart tried once more."""
    count = work.retry(code, at=now())
    if count is None:
        raise Http404
    told = ngettext("%(count)s is tried once more.", "%(count)s are tried once more.", count)
    messages.success(request, told % {"count": count})
    return redirect("jobs")


@require_POST
def pause(request: PersonRequest) -> HttpResponse:
    """Take no new imports."""
    form = PauseForm(request.POST)
    if form.is_valid():
        try:
            services.pause(Intake.IMPORTS, by=request.user, at=now(), reason=form.cleaned_data["reason"])
        except Unfit as refusal:
            form.add_error("reason", str(refusal.sentence))
        else:
            messages.success(request, _("Imports are paused."))
            return redirect("jobs")
    return _page(request, form=form, status=422)


@require_POST
def resume(request: PersonRequest) -> HttpResponse:
    """Take imports again."""
    services.resume(Intake.IMPORTS, by=request.user)
    messages.success(request, _("Imports are open again."))
    return redirect("jobs")
