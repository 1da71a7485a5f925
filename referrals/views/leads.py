"""The page of a lead, and everything that one does there."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common import files
from common.htmx import page_or_partial
from common.refusals import Refused
from partners.access import PersonRequest
from partners.models import User
from referrals import panels, services
from referrals.forms import (
    ActForm,
    AppealForm,
    CommentForm,
    MemberForm,
    RegisterForm,
    ShareForm,
    StepForm,
    taken_over,
)
from referrals.models import CommentFile, Referral, Registration
from referrals.states import Act, Direction, State, Step
from referrals.views.drafts import own_lead


@require_GET
def lead(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Where a lead stands, who holds the ball until when, what was said, and what one can do now."""
    return _page(request, own_lead(request, public_id))


def _page(request: PersonRequest, found: Referral, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page; a form that was refused takes the place of the empty one."""
    by = request.user
    context = panels.lead_page(found, by=by)
    refused = forms.pop("step_form", None)
    initial = {"version": found.version}
    steps = [StepForm(step=step, initial=initial) for step in panels.steps_for(found, by=by)]
    if refused:  # also where the step is no longer possible: what was typed stays
        steps = [refused, *(form for form in steps if form.step != refused.step)]
    context["steps"] = steps
    context |= {"refused_step": refused.step if refused else "", "comment_form": _comment_form(None, found, by)}
    if context["may_write"]:
        context["member_form"] = MemberForm(by=by)
    if context["may_share"]:
        context["share_form"] = ShareForm(
            lead=found, partner=found.partner.name, initial=initial, auto_id="id_share_%s"
        )
    if context["may_register"]:
        context["register_form"] = RegisterForm(initial={"currency": found.currency or "EUR"})
    context["act_forms"] = _act_forms(context["registration"], by, forms.pop("act_form", None))
    is_decided_by_microsoft = found.state == State.DECLINED and found.direction == Direction.OUTBOUND
    if is_decided_by_microsoft and by.is_of_partner and not found.appeal_of_id and not context["appeal"]:
        context["appeal_form"] = AppealForm()
    return page_or_partial(request, "referrals/lead.html", "referrals/_lead.html", context | forms, status=status)


def _act_forms(kept: Registration | None, by: User, refused: ActForm | None) -> list[ActForm]:
    """One form for each act that is possible; the one that was refused keeps what was typed."""
    acts = panels.acts_for(kept, by=by)
    forms = [ActForm(act=act, initial={"version": kept.version}) for act in acts if kept]
    return [refused, *(form for form in forms if form.act != refused.act)] if refused else forms


def _comment_form(data: Any, found: Referral, by: User, files: Any = None) -> CommentForm:
    return CommentForm(data, files, people=services.mentionable(found, by) if not found.is_closed else [])


def _done(request: PersonRequest, found: Referral) -> HttpResponse:
    if request.htmx:
        return _page(request, own_lead(request, found.public_id))
    return redirect("referrals:lead", found.public_id)


def _carried_out(
    request: PersonRequest, found: Referral, form: Any, *, name: str, work: Callable[[dict[str, Any]], object]
) -> HttpResponse:
    """Do what a valid form asks for; a refusal is shown at its field, and nothing that was typed is lost."""
    status = 422
    if form.is_valid():
        try:
            work(form.cleaned_data)
        except Refused as refusal:
            lacks = (
                refusal.lacks if isinstance(refusal, services.Incomplete) else [(refusal.field, str(refusal.sentence))]
            )
            for sentence in taken_over(form, lacks):
                form.add_error(None, sentence)
            status = refusal.status
        else:
            return _done(request, found)
    return _page(request, own_lead(request, found.public_id), status=status, **{name: form})


@require_POST
def step(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Take a step of the table."""
    found = own_lead(request, public_id)
    wanted = request.POST.get("step", "")
    if wanted not in Step.values:
        raise Http404
    form = StepForm(request.POST, step=Step(wanted))

    def work(data: dict[str, Any]) -> None:
        services.take_step(
            found,
            Step(wanted),
            by=request.user,
            at=now(),
            version=data["version"] or 0,
            reason=data.get("reason", ""),
            text=data["text"],
            value=data.get("value"),
        )
        messages.success(request, _("Done: %(step)s.") % {"step": Step(wanted).label})

    return _carried_out(request, found, form, name="step_form", work=work)


@require_POST
def comment(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Say something about a lead."""
    found = own_lead(request, public_id)
    form = _comment_form(request.POST, found, request.user, request.FILES)

    def work(data: dict[str, Any]) -> None:
        services.comment(
            found,
            by=request.user,
            at=now(),
            text=data["text"],
            is_internal=data["is_internal"],
            mentions=data.get("mentions", []),
            upload=data["file"],
        )

    return _carried_out(request, found, form, name="comment_form", work=work)


@require_GET
def comment_file(request: PersonRequest, public_id: UUID) -> HttpResponseBase:
    """A file of a comment, as an attachment, to whoever may read the comment."""
    kept = get_object_or_404(CommentFile.objects.visible_to(request.user), public_id=public_id)
    return files.answer(kept.stored_as, file_name=kept.file_name, media_type=kept.media_type)


@require_POST
def team(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Put a colleague on the team, or take one off it."""
    found = own_lead(request, public_id)
    is_removal = "remove" in request.POST
    form = MemberForm(request.POST, by=request.user, leaves=found if is_removal else None)

    def work(data: dict[str, Any]) -> None:
        change = services.remove_member if is_removal else services.add_member
        change(found, by=request.user, at=now(), person=data["person"])

    answer = _carried_out(request, found, form, name="member_form", work=work)
    # whoever takes themselves off the team sees the lead no longer
    gone = is_removal and not Referral.objects.visible_to(request.user).filter(pk=found.pk).exists()
    return redirect("referrals:list") if gone else answer


@require_POST
def share(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Show Microsoft more of a deal; there is no way back."""
    found = own_lead(request, public_id)
    form = ShareForm(request.POST, lead=found, partner=found.partner.name, auto_id="id_share_%s")

    def work(data: dict[str, Any]) -> None:
        version = data.pop("version") or 0
        services.share(found, by=request.user, at=now(), version=version, **data)
        messages.success(request, _("The deal is shared further."))

    return _carried_out(request, found, form, name="share_form", work=work)


@require_POST
def register(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Register a deal that was won."""
    found = own_lead(request, public_id)
    form = RegisterForm(request.POST)

    def work(_data: dict[str, Any]) -> None:
        made = services.register(found, by=request.user, at=now(), **form.said)
        messages.success(request, _("Deal registration: %(state)s.") % {"state": made.get_state_display()})

    return _carried_out(request, found, form, name="register_form", work=work)


@require_POST
def registration(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Take an act of the table of registrations."""
    found = own_lead(request, public_id)
    wanted = request.POST.get("act", "")
    if wanted not in Act.values:
        raise Http404
    form = ActForm(request.POST, act=Act(wanted))

    def work(data: dict[str, Any]) -> None:
        by, version = request.user, data["version"] or 0
        moved = services.move_registration(found, form.act, by=by, at=now(), version=version, text=data["text"])
        messages.success(request, _("Deal registration: %(state)s.") % {"state": moved.get_state_display()})

    return _carried_out(request, found, form, name="act_form", work=work)


@require_POST
def appeal(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Appeal against a decline: a linked successor, the closed lead stays closed."""
    found = own_lead(request, public_id)
    form = AppealForm(request.POST)
    if form.is_valid():
        try:
            again = services.appeal(found, by=request.user, at=now(), text=form.cleaned_data["text"])
        except Refused as refusal:
            form.add_error(None, str(refusal.sentence))
            return _page(request, found, status=refusal.status, appeal_form=form)
        messages.success(request, _("The appeal is submitted as a lead of its own."))
        return redirect("referrals:lead", again.public_id)
    return _page(request, found, status=422, appeal_form=form)


@require_POST
def favour(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Keep an eye on a lead, or no longer."""
    found = own_lead(request, public_id)
    services.favour(found, by=request.user, is_favourite=request.POST.get("favourite") == "1")
    return _done(request, found)
