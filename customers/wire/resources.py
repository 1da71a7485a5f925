"""Customers and domains, as `/v1` and `/v1.0` serve them."""

from datetime import datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.utils.http import parse_etags
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from common.money import countries
from common.prepared import Prepared
from common.refusals import Unfit
from common.rest.problems import Problem
from common.wire.bodies import document_of, typed
from common.wire.faults import Fault, unfit
from common.wire.lists import MOST, Seek, link, page, seek_of
from customers import services
from customers.forms.cleaning import clean_domain
from customers.models import Contact, Customer, CustomerQuerySet
from customers.models.customers import host_of
from customers.scoping import AFTER, PARTNER, of_partner, of_tenant, tenants_of
from customers.wire import documents, reading
from customers.wire.filters import filter_of
from partners.access import WireRequest, WireView, sent
from partners.models import User

KIND = "wire customers"
CUSTOMER = 7_000_000_000_000_003  # a mark
COLUMNS = ("pk", "public_id", "tenant_id", "name", "domain", "tenant_prefix")


def customer_of(request: WireRequest, tenant: UUID) -> Customer:
    """A customer of whoever asks; 404 otherwise, for a stranger as for nothing."""
    found = of_tenant(tenant, by=request.user)
    if found is None:
        raise Http404
    return found


@cache
def _primary() -> Prepared[Contact]:
    known = Contact.objects.current().filter(is_primary=True).order_by("pk")
    return Prepared(lambda partner, one: known.filter(partner_id=partner, customer_id=one)[:1], PARTNER, CUSTOMER)


def contact_of(customer: Customer, request: WireRequest) -> Contact | None:
    """Whom the profiles name: the primary contact."""
    return next(iter(_primary().objects(request.user.partner_id, customer.pk)), None)


def tenant_of(customer: Customer, request: WireRequest) -> UUID:
    """The id under which the wire knows a customer."""
    keys = (customer.pk, customer.public_id, customer.tenant_id)
    return tenants_of([keys], by=request.user)[customer.pk]


@lru_cache(maxsize=MOST)
def _page(size: int) -> Prepared[Customer]:
    """One page, and a row more."""
    return Prepared(lambda partner, after: _rows(of_partner(partner).current(), after=after, size=size), PARTNER, AFTER)


@cache
def _total() -> Prepared[Customer]:
    def counted(partner: int) -> Any:
        rows = of_partner(partner).current().order_by()
        return rows.values("partner_id").annotate(count=Count("pk")).values_list("count")

    return Prepared(counted, PARTNER)


def _rows(rows: CustomerQuerySet, *, after: int, size: int) -> Any:
    return rows.filter(pk__gt=after).order_by("pk").values_list(*COLUMNS)[: size + 1]


def _asked_for(seek: Seek, by: User) -> tuple[list[tuple[Any, ...]], int]:
    """The rows of a page and one more, and how many fit the filter in all."""
    if wanted := filter_of(seek.filter):
        rows = wanted.narrow(Customer.objects.visible_to(by).current())
        return list(_rows(rows, after=seek.after, size=seek.size)), rows.count()
    found = _page(seek.size).rows(by.partner_id, seek.after)
    return found, sum(count for (count,) in _total().rows(by.partner_id))


class Customers(WireView):
    """All customers."""

    reads, writes = "customers.read", "customers.write"

    def get(self, request: WireRequest) -> HttpResponse:
        """In the order in which they were registered, so that a page neither skips nor repeats while others arrive."""
        seek = seek_of(request, KIND)
        found, total = _asked_for(seek, request.user)
        more, found = len(found) > seek.size, found[: seek.size]
        tenants = tenants_of((row[:3] for row in found), by=request.user)
        items = [_item(tenants[pk], host_of(*host), name) for pk, _public, _tenant, name, *host in found]
        return sent(page(request, KIND, seek, items, total=total, last=found[-1][0] if more else 0))

    def post(self, request: WireRequest) -> HttpResponse:
        """Register a customer; 409 when the partner has one with this tenant or domain."""
        document = document_of(request, documents.CUSTOMER)
        said, at = typed(document, documents.CustomerIn), now()
        facts = reading.facts_of(
            reading.company_said(said.company_profile) | _complete(said.billing_profile), on=localdate(at)
        )
        contact = reading.contact_of(said.billing_profile, by=request.user)
        facts["extra"] = documents.kept_of(document, documents.CUSTOMER, has_contact=contact is not None)
        try:
            customer = services.register_tenant(by=request.user, at=at, facts=facts, contact=contact)
        except services.TenantTaken as refusal:
            raise Fault(
                409, "TenantTaken", refusal.sentence, data=[str(tenant_of(refusal.customer, request))]
            ) from refusal
        except Unfit as refusal:
            raise _unfit(refusal, facts, at) from refusal
        tenant = tenant_of(customer, request)
        return sent(documents.shown(customer, tenant, contact_of(customer, request)), status=201)


def _complete(profile: documents.BillingIn) -> dict[str, str]:
    """What a registration cannot do without is asked for by the form, under the name it has there."""
    return {"name": "", "country": "", **reading.billing_said(profile)}


def _unfit(refusal: Unfit, facts: dict[str, Any], at: datetime) -> Fault:
    country, number = facts.get("country", ""), facts.get("registration_number", "")
    return reading.of_refusal(refusal, country=country, number=number, on=localdate(at))


def _item(tenant: UUID, host: str, name: str) -> dict[str, Any]:
    """One of a list: what clients show there."""
    place = f"/customers/{tenant}"
    return {
        "id": tenant,
        "companyProfile": {
            "tenantId": tenant,
            "domain": host,
            "companyName": name,
            "links": {"self": link(f"{place}/profiles/company")},
            "attributes": {"objectType": "CustomerCompanyProfile"},
        },
        "relationshipToPartner": "reseller",
        "links": {"self": link(place)},
        "attributes": {"objectType": "Customer"},
    }


class CustomerDetail(WireView):
    """One customer."""

    reads, writes = "customers.read", "customers.write"

    def get(self, request: WireRequest, tenant: UUID) -> HttpResponse:
        """In full."""
        customer = customer_of(request, tenant)
        return sent(documents.shown(customer, tenant_of(customer, request), contact_of(customer, request)))

    def delete(self, request: WireRequest, tenant: UUID) -> HttpResponse:
        """Archive it: for the wire it is gone, for the portal it stays readable."""
        customer = customer_of(request, tenant)
        reason = _("Deleted by a program: %(name)s") % {"name": request.user.name}
        services.archive(customer, by=request.user, at=now(), version=customer.version, reason=reason)
        return HttpResponse(status=204)


class CompanyProfile(WireView):
    """The company profile of a customer."""

    reads = writes = "customers.read"
    http_method_names = ["get", "head"]

    def get(self, request: WireRequest, tenant: UUID) -> HttpResponse:
        """As it stands."""
        customer = customer_of(request, tenant)
        return sent(documents.company(customer, tenant_of(customer, request), contact_of(customer, request)))


class BillingProfile(WireView):
    """The billing profile of a customer."""

    reads, writes = "customers.read", "customers.write"

    def get(self, request: WireRequest, tenant: UUID) -> HttpResponse:
        """As it stands, with its etag."""
        customer = customer_of(request, tenant)
        return self._sent(request, customer)

    def put(self, request: WireRequest, tenant: UUID) -> HttpResponse:
        """Correct what it says; an If-Match is heeded when it is sent, and may be left out."""
        customer = customer_of(request, tenant)
        contact = contact_of(customer, request)
        _must_match(request, documents.etag_of(customer, contact))
        document = document_of(request, documents.BILLING)
        said, at = typed(document, documents.BillingIn), now()
        facts = reading.facts_of(reading.billing_said(said), on=localdate(at), beside=customer)
        person = reading.contact_of(said, by=request.user)
        has_contact = bool(person or contact)
        kept = documents.kept_of(document, documents.BILLING, has_contact=has_contact)
        facts["extra"] = {**customer.extra, "billingProfile": kept}
        return self._corrected(request, customer, contact, facts, person, at)

    def _corrected(
        self,
        request: WireRequest,
        customer: Customer,
        contact: Contact | None,
        facts: dict[str, Any],
        person: dict[str, Any] | None,
        at: datetime,
    ) -> HttpResponse:
        by, because = request.user, _("Corrected by a program: %(name)s") % {"name": request.user.name}
        try:
            customer = services.correct(
                customer, by=by, at=at, version=customer.version, facts=facts, despite_likeness=True, because=because
            )
        except Unfit as refusal:
            raise _unfit(refusal, {"country": customer.country, **facts}, at) from refusal
        if person and contact:
            changes = reading.changes_of(person)
            services.correct_contact(contact, by=by, at=at, version=contact.version, facts=changes)
        elif person:
            services.add_contact(customer, by=by, at=at, facts=person)
        return self._sent(request, customer)

    def _sent(self, request: WireRequest, customer: Customer) -> HttpResponse:
        document = documents.billing(customer, tenant_of(customer, request), contact_of(customer, request))
        return sent(document, etag=document["attributes"]["etag"])


def _must_match(request: WireRequest, etag: str) -> None:
    """A fault for a write that rests on another version than the present one."""
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        return
    # clients send the etag of the document, with quotation marks or without
    if etag not in {word.strip('W/"') for word in (*parse_etags(header), header)}:
        raise Problem("stale", _("Somebody else has changed this meanwhile. Please read it again first."))


class Domain(WireView):
    """A domain: 200 says that it is taken, 404 that it is not known to be (C3)."""

    reads = writes = "customers.read"
    http_method_names = ["get", "head"]

    def get(self, request: WireRequest, domain: str) -> HttpResponse:
        """The other way round than one expects."""
        try:
            host = clean_domain(domain)
        except ValidationError as error:
            raise unfit("domain", error.messages[0]) from error
        if not services.is_taken(host, by=request.user):
            raise Http404
        return sent(True)


class AddressCheck(WireView):
    """An address, checked by what its country asks for; nobody here knows every street (C5)."""

    reads = writes = "customers.read"
    http_method_names = ["post"]

    def post(self, request: WireRequest) -> HttpResponse:
        """Not validated, or a fault that names what the country misses."""
        document = document_of(request, documents.ADDRESS)
        said = reading.billing_said(documents.BillingIn(default_address=typed(document, documents.AddressIn)))
        if said["country"] not in countries():
            raise unfit("country", _("There is no such country."))
        for field, sentence in services.misfits(said, on=localdate()).items():
            if field != "registration_number":
                raise unfit(reading.PLACES[field].rpartition(".")[2], sentence)
        return sent({"originalAddress": document, "suggestedAddresses": [], "status": "NotValidated"})
