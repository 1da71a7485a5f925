"""Exchange rates: their history, a file of new ones, and those that were held back."""

from pathlib import Path

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from common.htmx import page_or_partial
from common.refusals import Refused
from motions import requests, services
from motions.forms.policies import RateFileForm
from motions.models import HeldRates
from motions.reports import rates as history
from motions.states import Verdict
from partners.access import PersonRequest
from partners.roles import OFFICE

USUAL = "USD"
NEWEST = 1000


@require_GET
def rates(request: PersonRequest) -> HttpResponse:
    """The days that are loaded, and the gaps between them."""
    return _show(request)


def _show(request: PersonRequest, form: RateFileForm | None = None) -> HttpResponse:
    known = history.currencies()
    wanted = request.GET.get("currency", "")
    currency = wanted if wanted in known else USUAL
    marks = {name: request.GET.get(name, "") for name in ("after", "before")}
    context = {
        **history.history(currency=currency, today=localdate(), **marks),
        "currency": currency,
        "currencies": known,
    }
    context["may_write"] = request.user.role in OFFICE
    context["form"] = form or RateFileForm()
    template = ("motions/policy/rates.html", "motions/policy/_rates.html")
    return page_or_partial(request, *template, context, status=422 if form else 200)


@require_POST
def rates_upload(request: PersonRequest) -> HttpResponse:
    """Load the days of a file that are not there yet."""
    form = RateFileForm(request.POST, request.FILES)
    if form.is_valid():
        path = Path(form.cleaned_data["file"].temporary_file_path())
        try:
            with transaction.atomic():
                new = services.load_rates(path, at=now(), newest=NEWEST, by=request.user)
        except Refused as refusal:
            form.add_error("file", str(refusal.sentence))
        else:
            _tell(request, new)
            return redirect("motions:rates")
    return _show(request, form)


@require_POST
def rates_decide(request: PersonRequest, number: int) -> HttpResponse:
    """Confirm or discard a day that was held."""
    row = get_object_or_404(HeldRates, pk=number)
    verdict = Verdict.CONFIRMED if request.POST.get("verdict") == Verdict.CONFIRMED else Verdict.DISCARDED
    new = services.decide_held(row, by=request.user, at=now(), verdict=verdict)
    _tell(request, new)
    return redirect("motions:rates")


def _tell(request: PersonRequest, new: int) -> None:
    if new:
        requests.recompute_many_soon()
    sentence = ngettext("%(number)s new day is in force.", "%(number)s new days are in force.", new)
    messages.success(request, sentence % {"number": new} if new else _("No new day came into force."))
