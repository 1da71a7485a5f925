"""The policy desk: all versions, one version, a draft and its changes, words about it, two versions compared."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.refusals import Refused, Stale, Unfit
from motions import outlooks, requests, services
from motions.forms.policies import DraftForm, WordForm, initial_of
from motions.models import PolicyVersion
from motions.reports import desk
from partners.access import PersonRequest


def version_of(request: PersonRequest, code: str) -> PolicyVersion:
    """A version that the person may see; 404 for every other."""
    versions = PolicyVersion.objects.visible_to(request.user).select_related(
        "based_on", "drafted_by", "approved_by", "published_by"
    )
    found: PolicyVersion = get_object_or_404(versions, code=code)
    return found


@require_GET
def policies(request: PersonRequest) -> HttpResponse:
    """Every version by market on an axis of time."""
    context = {**desk.desk(by=request.user, on=localdate()), "quality": outlooks.quality(by=request.user)}
    return render(request, "motions/policy/desk.html", context)


@require_GET
def policy(request: PersonRequest, code: str) -> HttpResponse:
    """One version: what it says, what was announced, and what may be done with it."""
    return show(request, version_of(request, code))


def show(request: PersonRequest, found: PolicyVersion, *, form: WordForm | None = None) -> HttpResponse:
    """A version's page; with a form that was refused, 422."""
    context = desk.today_of(request.user, found)
    if context["may_write"]:
        context["form"] = form or WordForm(initial={"day": localdate()})
    return render(request, "motions/policy/version.html", context, status=422 if form else 200)


@require_POST
def draft(request: PersonRequest, code: str) -> HttpResponse:
    """A new draft that says what this version says."""
    made = services.draft(based_on=version_of(request, code), by=request.user, at=now())
    messages.success(request, _("This is a draft now. Nothing changes for anybody before it is published."))
    return redirect("motions:policy_edit", made.code)


@require_http_methods(["GET", "POST"])
def edit(request: PersonRequest, code: str) -> HttpResponse:
    """Change a draft; a save that came too late shows both values and loses nothing typed."""
    found = version_of(request, code)
    if found.published_at:
        raise Refused(_("This version is published already; a change is a new version."))
    form = DraftForm(request.POST or None, initial=initial_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            services.revise(
                found, by=request.user, at=now(), revision=form.cleaned_data["revision"] or 0, **form.changes
            )
        except Stale as refusal:
            return _too_late(request, found, refusal)
        except Unfit as refusal:
            form.add_error(refusal.field or None, str(refusal.sentence))
        else:
            messages.success(request, _("Saved. A preview made before no longer counts."))
            return redirect("motions:policy", found.code)
    status = 422 if form.errors else 200
    return render(request, "motions/policy/edit.html", {"policy": found, "form": form}, status=status)


def _too_late(request: PersonRequest, found: PolicyVersion, refusal: Stale) -> HttpResponse:
    found.refresh_from_db()
    newest = DraftForm(initial=initial_of(found))
    form = DraftForm({**request.POST.dict(), "revision": str(found.revision)})
    differing = [
        (field.label, newest[field.name].value())
        for field in form.visible_fields()
        if newest.fields[field.name].has_changed(newest[field.name].value(), form[field.name].value())
    ]
    context = {"policy": found, "form": form, "refusal": refusal.sentence, "differing": differing}
    return render(request, "motions/policy/edit.html", context, status=refusal.status)


@require_POST
def announce(request: PersonRequest, code: str) -> HttpResponse:
    """Add a word about a version."""
    found = version_of(request, code)
    form = WordForm(request.POST)
    if form.is_valid():
        try:
            services.announce(found, by=request.user, at=now(), **form.cleaned_data)
        except Unfit as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
        else:
            requests.tell_soon()
            messages.success(request, _("The announcement stands."))
            return redirect("motions:policy", found.code)
    return show(request, found, form=form)


@require_GET
def compare(request: PersonRequest, code: str) -> HttpResponse:
    """This version beside another one, which the address names; by default the one it is based on, or the one before."""
    one = version_of(request, code)
    others = PolicyVersion.objects.visible_to(request.user).exclude(pk=one.pk).order_by("-valid_from", "-pk")
    wanted = request.GET.get("with", "")
    before = others.filter(valid_from__lt=one.valid_from, market=one.market).first()
    other = version_of(request, wanted) if wanted else one.based_on or before or others.first()
    context = {"policy": one, "others": others, "other": other}
    if other:
        context |= desk.compared(one, other)
    return render(request, "motions/policy/compare.html", context)
