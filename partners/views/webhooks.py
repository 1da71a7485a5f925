"""Interfaces of a partner, for its administrators: its programs, what they are told of, and what became of messages."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.htmx import page_or_partial
from common.paging import keyset
from common.refusals import Refused
from partners import panels, services
from partners.access import PersonRequest
from partners.forms import DeliveryFilter, WebhookChange, WebhookForm
from partners.models import ApiClient, Delivery, Subscription
from partners.requests import tell_soon
from partners.states import Door

PAGE_SIZE = 50


def _own(request: PersonRequest, public_id: UUID) -> Subscription:
    rows = Subscription.objects.visible_to(request.user).select_related("client__user")
    found: Subscription = get_object_or_404(rows, public_id=public_id)
    return found


@require_GET
def webhooks(request: PersonRequest) -> HttpResponse:
    """Programs with their secrets' last days, and their subscriptions."""
    context = {
        "clients": panels.clients(request.user, at=now()),
        "subscriptions": panels.subscriptions(request.user),
    }
    return render(request, "partners/webhooks.html", context)


@require_http_methods(["GET", "POST"])
def webhook_add(request: PersonRequest) -> HttpResponse:
    """A new subscription; its secret is shown once."""
    form = WebhookForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("client", "url", "events")}
        try:
            made = services.subscribe(by=request.user, at=now(), **said)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal.sentence))
        else:
            return _secret(request, made.secret, made.subscription, status=201)
    return _form(request, form, None)


def _form(request: PersonRequest, form: Any, one: Subscription | None) -> HttpResponse:
    context = {"form": form, "one": one}
    return render(request, "partners/webhook_form.html", context, status=422 if form.errors else 200)


def _secret(
    request: PersonRequest, secret: str, one: Subscription | None, *, name: str = "", status: int = 200
) -> HttpResponse:
    """What is shown now and never again; it is in no message and no session."""
    context = {"secret": secret, "one": one, "name": name or (one.target if one else "")}
    return render(request, "partners/webhook_secret.html", context, status=status)


@require_GET
def webhook(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One subscription with the log of its messages, the newest first."""
    one, form = _own(request, public_id), DeliveryFilter(request.GET)
    rows = Delivery.objects.visible_to(request.user).filter(subscription=one)
    if form.chosen:
        rows = rows.filter(state=form.chosen)
    page = keyset(
        rows,
        by=("made_at", "pk"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PAGE_SIZE,
        is_newest_first=True,
    )
    context = {
        "one": one,
        "form": form,
        "page": page,
        "is_filtered": bool(form.chosen),
        "counts": panels.counts_of(one),
    }
    return page_or_partial(request, "partners/webhook.html", "partners/_deliveries.html", context)


@require_http_methods(["GET", "POST"])
def webhook_change(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Another address, other events."""
    one = _own(request, public_id)
    form = WebhookChange(request.POST or None, one=one)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("url", "events", "version")}
        kept = {"is_own_header": one.is_own_header, "extra": one.extra}
        try:
            services.change_subscription(one, by=request.user, at=now(), **said, **kept)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal.sentence))
        else:
            messages.success(request, _("The subscription is changed."))
            return redirect("partners:webhook", one.public_id)
    return _form(request, form, one)


@require_POST
def webhook_secret(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """A new secret; at the wire there is none."""
    one = get_object_or_404(Subscription.objects.visible_to(request.user), public_id=public_id, door=Door.NATIVE)
    made = services.renew_secret(one, by=request.user, at=now())
    return _secret(request, made.secret, made.subscription)


@require_POST
def webhook_test(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Send a message about nothing."""
    one = _own(request, public_id)
    services.send_test(one, by=request.user, at=now())
    tell_soon()
    messages.success(request, _("The test message is on its way; its line in the log says what came of it."))
    return redirect("partners:webhook", one.public_id)


@require_POST
def webhook_again(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Everything that is parked, once more."""
    one = _own(request, public_id)
    count = services.send_parked_again(one, by=request.user, at=now())
    tell_soon()
    sentence = ngettext("%(count)d message is sent again.", "%(count)d messages are sent again.", count)
    messages.success(request, sentence % {"count": count})
    return redirect("partners:webhook", one.public_id)


@require_POST
def webhook_remove(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Tell no more."""
    services.unsubscribe(_own(request, public_id), by=request.user)
    messages.success(request, _("The subscription is removed."))
    return redirect("partners:webhooks")


@require_POST
def delivery_again(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One message, once more."""
    rows = Delivery.objects.visible_to(request.user).select_related("subscription")
    delivery = get_object_or_404(rows, public_id=public_id)
    services.send_again(delivery, by=request.user, at=now())
    tell_soon()
    messages.success(request, _("The message is sent again."))
    return redirect("partners:webhook", delivery.subscription.public_id)


@require_POST
def client_secret(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """A new secret for one of the partner's programs."""
    clients = ApiClient.objects.visible_to(request.user).filter(revoked_at__isnull=True).select_related("user")
    client = get_object_or_404(clients, application_id=public_id.hex)
    issued = services.rotate_own_secret(client, by=request.user, at=now())
    return _secret(request, issued.secret, None, name=client.user.name)
