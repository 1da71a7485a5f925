"""What is done about an agreement, each by the service of the page."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate, now
from rest_framework import serializers
from rest_framework.request import Request

from agreements import panels, requests, services
from agreements.api.agreements import WholeAgreementOut, of_caller, shown
from agreements.models import Agreement, ProviderRequest
from agreements.services.links import Wish
from agreements.services.reminding import MOST_AT_ONCE
from agreements.states import Language, Outcome
from common.rest.endpoints import Answer, Asked, operation
from common.rest.fitting import must_fit
from common.rest.inputs import Shape, Text, YesNo
from partners.access import ApiView

WRITE: dict[str, Any] = {"scope": "agreements.write", "answer": WholeAgreementOut, "is_once": True, "must_match": True}


class Signatory(Shape):
    """Who signs for the customer."""

    first_name = Text(max_length=50)
    last_name = Text(max_length=50)
    email = Text(max_length=254)
    phone = Text(max_length=40, allow_blank=True, required=False, default="")


class LinkBody(Signatory):
    """To whom the link goes: `language` of page and mails, `template_language` of the text."""

    language = serializers.ChoiceField(choices=Language.values)
    template_language = Text(max_length=10)


class AttestBody(Signatory):
    """Who accepted, and when."""

    accepted_on = serializers.DateField()


class InviteBody(Signatory):
    """Whom to ask."""

    language = serializers.ChoiceField(choices=Language.values)


class AskBody(Signatory):
    """What the provider needs to know."""

    language = serializers.ChoiceField(choices=Language.values)
    accepted_on = serializers.DateField(required=False, allow_null=True, default=None)
    note = Text(max_length=500, allow_blank=True, required=False, default="")


class SecrecyBody(Shape):
    """Whether the customer needs the amendment; null is not known (M15)."""

    needs_amendment = YesNo(allow_null=True)


class RemindBody(Shape):
    """The customers whose signatories are reminded."""

    customers = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_AT_ONCE)


class ReminderOut(serializers.Serializer):  # type: ignore[misc]
    """What became of one."""

    customer = serializers.UUIDField()
    outcome = serializers.ChoiceField(choices=Outcome.values)


class RemindedOut(serializers.Serializer):  # type: ignore[misc]
    """An answer for each."""

    results = ReminderOut(many=True)


def _form(name: str, agreement: Agreement, said: dict[str, Any]) -> Any:
    """The form of the page, with what was said."""
    form = panels.form_for(name, agreement, on=localdate(), person=None, data=said)
    must_fit(form)
    return form


def _done(
    request: Request, asked: Asked, public_id: UUID, work: Callable[[Agreement, dict[str, Any]], object]
) -> Answer:
    """Do something that rests on the version that was seen; workers are woken, and the new state is the answer."""
    agreement = of_caller(request, public_id)
    with asked.resting_on(f'"{agreement.version}"', lambda: shown(request, public_id).data):
        work(agreement, {"by": request.user, "at": now(), "version": agreement.version})
    requests.post_soon()
    return shown(request, public_id)


class AgreementLink(ApiView):
    """The link to the page where a signatory accepts (M8)."""

    @operation("Send a link", body=LinkBody, **WRITE)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """A new one takes the place of the one that is open or expired."""

        def work(agreement: Agreement, by_whom: dict[str, Any]) -> None:
            form = _form("link", agreement, asked.body)
            values = form.cleaned_data
            wish = Wish(form.signatory, values["language"], values["template_language"])
            services.send_link(agreement, wish=wish, **by_whom)

        return _done(request, asked, public_id, work)


class AgreementAttest(ApiView):
    """Attesting an acceptance of the past."""

    @operation("Attest an acceptance", body=AttestBody, **WRITE)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """While the way was open to the partner's type (table 3.2)."""

        def work(agreement: Agreement, by_whom: dict[str, Any]) -> None:
            form = _form("attest", agreement, asked.body)
            accepted_on = form.cleaned_data["accepted_on"]
            services.attest(agreement, signatory=form.signatory, accepted_on=accepted_on, **by_whom)

        return _done(request, asked, public_id, work)


class AgreementInvite(ApiView):
    """Asking the customer to accept directly at Microsoft."""

    @operation("Invite to accept at Microsoft", body=InviteBody, **WRITE)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Open to every type of partner."""

        def work(agreement: Agreement, by_whom: dict[str, Any]) -> None:
            form = _form("invite", agreement, asked.body)
            services.invite(agreement, signatory=form.signatory, language=form.cleaned_data["language"], **by_whom)

        return _done(request, asked, public_id, work)


class AgreementAsk(ApiView):
    """Asking the indirect provider."""

    @operation("Ask the provider", body=AskBody, **WRITE)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """To attest, or to send the signatory a link."""

        def work(agreement: Agreement, by_whom: dict[str, Any]) -> None:
            form = _form("provider", agreement, asked.body)
            wanted = {name: form.cleaned_data[name] for name in ("language", "accepted_on", "note")}
            services.ask_provider(agreement, signatory=form.signatory, **wanted, **by_whom)

        return _done(request, asked, public_id, work)


class AgreementAskWithdraw(ApiView):
    """Taking the request to the provider back."""

    @operation("Withdraw the request to the provider", **WRITE)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """One that was not answered yet."""

        def work(agreement: Agreement, by_whom: dict[str, Any]) -> None:
            mine = ProviderRequest.objects.visible_to(request.user).filter(agreement=agreement)
            newest = get_object_or_404(mine.order_by("-id")[:1])
            services.withdraw_request(newest, by=by_whom["by"], at=by_whom["at"])

        return _done(request, asked, public_id, work)


class AgreementFinalise(ApiView):
    """Making the agreement of what the customer accepted by link."""

    @operation("Finalise an agreement", **WRITE)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """The partner's last step (M8)."""
        return _done(request, asked, public_id, lambda agreement, by_whom: services.finalise(agreement, **by_whom))


class AgreementSecrecy(ApiView):
    """Professional secrecy."""

    @operation(
        "Note professional secrecy",
        scope="agreements.write",
        body=SecrecyBody,
        answer=WholeAgreementOut,
        must_match=True,
    )
    def put(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Whether the amendment is needed (M15)."""
        needs = asked.body["needs_amendment"]

        def work(agreement: Agreement, by_whom: dict[str, Any]) -> None:
            services.note_secrecy(agreement, needs_amendment=needs, **by_whom)

        return _done(request, asked, public_id, work)


class AgreementsRemind(ApiView):
    """Reminding signatories."""

    @operation("Remind signatories", scope="agreements.write", body=RemindBody, answer=RemindedOut, is_once=True)
    def post(self, request: Request, asked: Asked) -> Answer:
        """Each of an open link once a day; an answer for each customer."""
        wanted = asked.body["customers"]
        rows = Agreement.objects.visible_to(request.user).filter(customer__public_id__in=wanted)
        known = dict(rows.values_list("customer__public_id", "public_id"))
        # what is not there gets the same answer as a stranger's
        results = services.remind_now(by=request.user, at=now(), agreements=[known.get(one, one) for one in wanted])
        requests.post_soon()
        told = zip(dict.fromkeys(wanted), results, strict=True)
        return Answer({"results": [{"customer": customer, "outcome": result.outcome} for customer, result in told]})
