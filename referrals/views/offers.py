"""A channel manager's lead for a partner: what it is about, who fits, and off it goes."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.refusals import Unfit
from partners.access import PersonRequest
from referrals import services
from referrals.review.offering import OfferForm, chosen_partner, initial_of


@require_http_methods(["GET", "POST"])
def offer(request: PersonRequest) -> HttpResponse:
    """Describe a lead and choose among the partners that fit; without a choice they are looked for."""
    by, at = request.user, now()
    if request.method == "GET":
        form = OfferForm(by=by, initial=initial_of(request.GET.get("customer", ""), by=by))
        return _page(request, form)
    form = OfferForm(request.POST, by=by)
    is_valid = form.is_valid()
    partner = chosen_partner(request.POST.get("partner", ""))
    if not is_valid:
        return _page(request, form, status=422)
    if partner is None:
        if "send" in request.POST:
            form.add_error(None, _("Please choose a partner."))
        return _page(request, form, status=422 if form.errors else 200)
    said = form.cleaned_data
    try:
        lead = services.offer(
            by=by,
            at=at,
            partner=partner,
            programme=said["programme"],
            company=form.identity,
            facts=form.facts,
            has_consent=said["has_consent"],
            given_by=said["given_by"],
        )
    except Unfit as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
        return _page(request, form, status=refusal.status)
    messages.success(
        request, _("%(partner)s is being told of %(name)s.") % {"partner": partner.name, "name": lead.name}
    )
    return redirect("referrals:lead", lead.public_id)


def _page(request: PersonRequest, form: OfferForm, *, status: int = 200) -> HttpResponse:
    fits = form.fits(by=request.user, at=now()) if form.is_bound else []
    context = {"form": form, "fits": fits, "looked": form.is_bound, "chosen": request.POST.get("partner", "")}
    return render(request, "referrals/review/offer.html", context, status=status)
