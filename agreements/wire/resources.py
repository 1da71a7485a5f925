"""Texts of agreements, confirmations and direct acceptances, as `/v1` and `/v1.0` serve them."""

from typing import Any
from uuid import UUID, uuid5

from django.http import Http404, HttpResponse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from agreements import services
from agreements.forms.customer import SignatoryForm
from agreements.models import Acceptance, Agreement, TemplateVersion
from agreements.services.links import languages_of
from agreements.services.steps import SIGNATORY
from agreements.states import Path
from agreements.wire import documents
from agreements.wire.documents import AGREEMENT, CLOUD_TEXT, AgreementIn, ContactIn, Type
from common.money import countries
from common.refusals import Unfit
from common.wire.bodies import beyond, document_of, typed
from common.wire.faults import Fault, unfit
from common.wire.lists import collection, link
from customers.models import Customer
from customers.scoping import of_tenant
from partners.access import WireRequest, WireView, sent

PLACES = {
    "first_name": "primaryContact.firstName",
    "last_name": "primaryContact.lastName",
    "email": "primaryContact.email",
    "phone": "primaryContact.phoneNumber",
    "accepted_on": "dateAgreed",
}


def customer_of(request: WireRequest, tenant: UUID) -> Customer:
    """A customer of whoever asks; 404 otherwise."""
    found = of_tenant(tenant, by=request.user)
    if found is None:
        raise Http404
    return found


class Texts(WireView):
    """The texts of agreements (M2)."""

    reads = writes = "agreements.read"
    http_method_names = ["get", "head"]

    def get(self, request: WireRequest) -> HttpResponse:
        """The newest of each type; of the cloud agreement alone when no type is named."""
        types = documents.types_of(request.GET.get("agreementType"), default=(Type.CLOUD,))
        items: list[dict[str, Any]] = [dict(CLOUD_TEXT)] if Type.CLOUD in types else []
        if Type.CUSTOMER in types:
            newest = TemplateVersion.objects.valid_on(localdate()).order_by("-version_rank")[:1]
            items += [documents.text(version) for version in newest]
        return sent(collection(items, total=len(items), links={"self": link("/agreements")}))


class Document(WireView):
    """Where the text of an agreement is (M4)."""

    reads = writes = "agreements.read"
    http_method_names = ["get", "head"]

    def get(self, request: WireRequest, template: str) -> HttpResponse:
        """In a language in which it exists for a country."""
        version = TemplateVersion.objects.filter(template_id=template).order_by("-version_rank").first()
        if version is None:
            raise Http404
        language = request.GET.get("language") or "en-US"
        country = request.GET.get("country") or "US"
        if country not in countries():
            raise unfit("country", _("There is no such country."))
        if language not in languages_of(country, on=localdate()):
            raise unfit("language", _("The text does not exist in this language for this country."))
        place = version.agreement_link
        return sent({"displayUri": place, "downloadUri": place, "language": language, "country": country})


class Confirmations(WireView):
    """What is confirmed about a customer's agreement (M3)."""

    reads, writes = "agreements.read", "agreements.write"

    def get(self, request: WireRequest, tenant: UUID) -> HttpResponse:
        """Every standing confirmation, the first one first; of all types when none is named."""
        customer = customer_of(request, tenant)
        types = documents.types_of(request.GET.get("agreementType"), default=tuple(Type))
        links = dict(TemplateVersion.objects.order_by("version_rank").values_list("template_id", "agreement_link"))
        standing = Acceptance.objects.visible_to(request.user).filter(customer=customer, revoked_at__isnull=True)
        rows = standing.exclude(path=Path.DIRECT).order_by("pk") if Type.CUSTOMER in types else []
        items = [documents.shown(row, links=links) for row in rows]
        place = f"/customers/{tenant}/agreements"
        return sent(collection(items, total=len(items), links={"self": link(place)}))

    def post(self, request: WireRequest, tenant: UUID) -> HttpResponse:
        """Keep a confirmation; 600061 when this signatory is confirmed already."""
        agreement = Agreement.objects.visible_to(request.user).get(customer=customer_of(request, tenant))
        document = document_of(request, AGREEMENT)
        said = _confirmation(document)
        try:
            acceptance = services.confirm(agreement, by=request.user, at=now(), said=said)
        except services.SameSignatory as refusal:
            raise _confirmed_already(refusal) from refusal
        except Unfit as refusal:
            raise unfit(PLACES.get(refusal.field, refusal.field), refusal.sentence) from refusal
        links = {version.template_id: version.agreement_link for version in TemplateVersion.objects.all()}
        partner = request.user.partner
        assert partner is not None
        user = uuid5(partner.public_id, f"user {request.user.pk}")
        return sent({"userId": user, **documents.shown(acceptance, links=links)}, status=201)


def _confirmation(document: dict[str, Any]) -> services.Confirmation:
    said = typed(document, AgreementIn)
    if documents.type_of(said.type, field="type") is Type.CLOUD:
        raise unfit("type", _("The cloud agreement is no longer confirmed; please confirm the customer agreement."))
    if not TemplateVersion.objects.filter(template_id=said.template_id).exists():
        raise unfit("templateId", _("There is no text of the customer agreement with this id."))
    moment = documents.moment_of(said.date_agreed)
    if len(said.attestation_id) > 40:
        raise unfit("attestationId", _("This is no attestation id."))
    return services.Confirmation(
        signatory=_signatory(said.primary_contact),
        accepted_on=moment.date(),
        template_id=said.template_id,
        attestation_id=said.attestation_id,
        extra={**beyond(document, AGREEMENT), "dateAgreed": documents.moment_text(moment)},
    )


def _signatory(contact: ContactIn) -> dict[str, str]:
    values = (contact.first_name, contact.last_name, contact.email, contact.phone_number)
    form = SignatoryForm(dict(zip(SIGNATORY, values, strict=True)), languages=[])
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise unfit(PLACES[field], errors[0])
    return form.signatory


def _confirmed_already(refusal: services.SameSignatory) -> Fault:
    more: dict[str, Any] = {
        "errorName": "PartnerConfirmedAgreementAlreadyExists",
        "isRetryable": False,
        "parameters": {},
    }
    more |= {"message": str(refusal.sentence), "errorMessageExtended": "InternalErrorCode=600061"}
    return Fault(409, 600061, refusal.sentence, data=["primaryContact"], **more)


class DirectStatus(WireView):
    """Whether the customer has accepted directly at Microsoft; neither when nor which text (M5)."""

    reads = writes = "agreements.read"
    http_method_names = ["get", "head"]

    def get(self, request: WireRequest, tenant: UUID) -> HttpResponse:
        """As the portal has learned it."""
        agreement = Agreement.objects.visible_to(request.user).get(customer=customer_of(request, tenant))
        return sent({"isSigned": agreement.path == Path.DIRECT})
