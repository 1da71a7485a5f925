"""What an indirect provider is asked by its resellers: its own copies of the requests, and nothing else of theirs."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agreements import requests, services
from agreements.forms.customer import AnswerForm
from agreements.models import ProviderTask
from agreements.services.providers import OPEN, answers_to
from agreements.states import Answer
from common.paging import keyset
from common.refusals import Refused
from partners.access import PersonRequest

PAGE_SIZE = 50


@require_GET
def tasks(request: PersonRequest) -> HttpResponse:
    """Requests of resellers: the open ones, oldest first, or all."""
    is_all = request.GET.get("show") == "all"
    rows = ProviderTask.objects.visible_to(request.user)
    rows = rows if is_all else rows.filter(state__in=OPEN)
    page = keyset(
        rows,
        by=("at", "pk"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PAGE_SIZE,
    )
    return render(request, "agreements/tasks.html", {"page": page, "is_all": is_all})


@require_http_methods(["GET", "POST"])
def task(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One request, and the answer to it."""
    found: ProviderTask = get_object_or_404(ProviderTask.objects.visible_to(request.user), public_id=public_id)
    form = AnswerForm(request.POST or None, initial={"accepted_on": found.accepted_on})
    answers = answers_to(found)
    form.fields["answer"].choices = [(one.value, one.label) for one in answers]  # type: ignore[attr-defined]
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            services.answer_request(
                found,
                by=request.user,
                at=now(),
                answer=Answer(values["answer"]),
                accepted_on=values["accepted_on"],
                note=values["note"],
            )
        except Refused as refused:
            status = refused.status
            if refused.field in form.fields:
                form.add_error(refused.field, str(refused.sentence))
            else:
                refusal = str(refused.sentence)
        else:
            requests.post_soon()
            messages.success(request, _("Your answer is on its way."))
            return redirect("agreements:tasks")
    status = 422 if form.errors and status == 200 else status
    context = {"task": found, "form": form, "answers": answers, "refusal": refusal}
    return render(request, "agreements/task.html", context, status=status)
