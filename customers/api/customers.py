"""Customers in the API: read, registered, corrected, put aside and brought back by the same services as on the pages."""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from rest_framework.request import Request

from common.prepared import Prepared
from common.rest.cursors import Cut, cut, cut_off, next_address, place
from common.rest.endpoints import Answer, Asked, operation
from common.rest.fitting import must_fit
from common.rest.inputs import MOST_OF_A_PAGE
from common.rest.problems import Problem
from customers import services
from customers.api.shapes import Archiving, CustomerFilter, CustomerOut, CustomerPatch, NewCustomer, VettingBody
from customers.forms import CustomerForm, initial_of
from customers.forms.contacts import ContactForm
from customers.forms.identity import FACTS
from customers.models import ContactRole, Customer
from customers.scoping import AFTER, GUID, PARTNER, narrowed, of_partner
from partners.access import ApiView
from partners.models import User

COLUMNS = ("public_id", *FACTS, "vetting", "version", "created_at", "updated_at", "archived_at", "archive_reason")
NAMES = ("id", *COLUMNS[1:])
KIND = "customers"


def fitting(said: Mapping[str, Any], *, beside: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What is said of a customer as the services take it, cleaned by the page's form together with what is known."""
    form = CustomerForm({**(beside or {}), **said})
    must_fit(form)
    return {name: value for name, value in form.facts.items() if name in said}


def shown(customer: Customer) -> dict[str, Any]:
    """A customer as the API shows it."""
    return {name: getattr(customer, column) for name, column in zip(NAMES, COLUMNS, strict=True)}


def of_caller(request: Request, public_id: UUID, *, is_held: bool = False, is_archived: bool = False) -> Customer:
    """A customer of whoever asks, locked when something is decided by its version; 404 otherwise."""
    rows = Customer.objects.visible_to(request.user)
    rows = rows if is_archived else rows.current()
    customer: Customer = get_object_or_404(
        rows.select_for_update(of=("self",)) if is_held else rows, public_id=public_id
    )
    return customer


def version_of(customer: Customer) -> str:
    """The ETag of a customer."""
    return f'"{customer.version}"'


@cache
def _one() -> Prepared[Customer]:
    return Prepared(
        lambda partner, guid: of_partner(partner).filter(public_id=guid).values_list(*COLUMNS), PARTNER, GUID
    )


@lru_cache(maxsize=MOST_OF_A_PAGE)
def _page(limit: int) -> Prepared[Customer]:
    """The list without filters, one page and a row more."""

    def rows(partner: int, after: int) -> Any:
        current = of_partner(partner).current().filter(pk__gt=after)
        return current.order_by("pk").values_list("pk", *COLUMNS)[: limit + 1]

    return Prepared(rows, PARTNER, AFTER)


def _listed(query: Mapping[str, Any], *, by: User) -> Cut:
    """A page of customers; most are asked for without any filter."""
    filters = {name: query[name] for name in ("q", "country", "segment", "tag") if name in query}
    if filters or query["archived"]:
        rows = Customer.objects.visible_to(by).filter(archived_at__isnull=not query["archived"])
        return cut(KIND, narrowed(rows, by=by, **filters), COLUMNS, asked=query)
    limit = query["limit"]
    return cut_off(KIND, _page(limit).rows(by.partner_id, place(KIND, query) or 0), limit)


def _insistence(said: dict[str, Any]) -> dict[str, Any]:
    """Takes out of what is said whether it is another company, and why."""
    return {"despite_likeness": said.pop("despite_likeness", False), "because": said.pop("because", "")}


def _first_contact(said: dict[str, Any], *, by: User) -> dict[str, Any] | None:
    """Takes the first contact out of what is said, cleaned by the form of the page; None where there is none."""
    names = [name for name in said if name.startswith("contact_")]
    if not names:
        return None
    known = {"language": by.language or "en", "role": ContactRole.GENERAL}
    form = ContactForm({**known, **{name.removeprefix("contact_"): said.pop(name) for name in names}}, by=by)
    must_fit(form, prefix="contact_")
    facts: dict[str, Any] = form.facts
    return facts


def _alike(refusal: services.LooksAlike | services.Unexplained) -> Problem:
    candidates = [
        {"id": str(like.customer.public_id), "name": like.customer.name, "by": like.by} for like in refusal.likenesses
    ]
    if isinstance(refusal, services.Unexplained):
        errors = [{"field": "because", "code": "required", "detail": str(refusal.sentence)}]
        return Problem("invalid", refusal.sentence, errors=errors, candidates=candidates)
    detail = _("Send despite_likeness: true and because if it is another company.")
    return Problem("looks_alike", f"{refusal.sentence} {detail}", candidates=candidates)


class Customers(ApiView):
    """All customers."""

    @operation("List customers", scope="customers.read", query=CustomerFilter, answer=CustomerOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """In the order in which they were registered."""
        page = _listed(asked.query, by=request.user)
        items = [dict(zip(NAMES, row[1:], strict=True)) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})

    @operation(
        "Register a customer",
        scope="customers.write",
        body=NewCustomer,
        answer=CustomerOut,
        status=201,
        is_once=True,
    )
    def post(self, request: Request, asked: Asked) -> Answer:
        """409 with candidates when the partner may have it already."""
        said = dict(asked.body)
        insistence, contact = _insistence(said), _first_contact(said, by=request.user)
        facts = fitting(said)
        try:
            customer = services.register(by=request.user, at=now(), facts=facts, contact=contact, **insistence)
        except (services.LooksAlike, services.Unexplained) as refusal:
            raise _alike(refusal) from refusal
        place = reverse("api:customer", args=[customer.public_id])
        return Answer(shown(customer), version=customer.version, headers={"Location": place})


class CustomerDetail(ApiView):
    """One customer."""

    @operation("Read a customer", scope="customers.read", answer=CustomerOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """With its version as ETag; one that was put aside stays readable."""
        found = _one().rows(request.user.partner_id, public_id)
        if not found:
            raise Http404
        document = dict(zip(NAMES, found[0], strict=True))
        return Answer(document, version=document["version"])

    @operation("Correct a customer", scope="customers.write", body=CustomerPatch, answer=CustomerOut, must_match=True)
    def patch(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """412 with the present state when somebody else was faster."""
        customer = of_caller(request, public_id)
        said = dict(asked.body)
        with asked.resting_on(version_of(customer), _current(request, public_id)):
            insistence, facts = _insistence(said), fitting(said, beside=initial_of(customer))
            try:
                customer = services.correct(
                    customer, by=request.user, at=now(), version=customer.version, facts=facts, **insistence
                )
            except (services.LooksAlike, services.Unexplained) as refusal:
                raise _alike(refusal) from refusal
        return _whole(customer)


def _whole(customer: Customer) -> Answer:
    return Answer(shown(customer), version=customer.version)


def _current(request: Request, public_id: UUID) -> Callable[[], dict[str, Any]]:
    """What stands now, for whoever came too late."""
    return lambda: shown(of_caller(request, public_id, is_archived=True))


class CustomerArchive(ApiView):
    """Putting a customer aside."""

    @operation(
        "Archive a customer", scope="customers.write", body=Archiving, answer=CustomerOut, is_once=True, must_match=True
    )
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """It stays readable, is in no figure any more and takes no writes."""
        customer = of_caller(request, public_id)
        with asked.resting_on(version_of(customer), _current(request, public_id)):
            by, version = request.user, customer.version
            return _whole(services.archive(customer, by=by, at=now(), version=version, reason=asked.body["reason"]))


class CustomerRestore(ApiView):
    """Bringing a customer back."""

    @operation("Restore a customer", scope="customers.write", answer=CustomerOut, is_once=True, must_match=True)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """One that was merged comes back by undoing the merge."""
        customer = of_caller(request, public_id, is_archived=True)
        with asked.resting_on(version_of(customer), _current(request, public_id)):
            return _whole(services.restore(customer, by=request.user, at=now(), version=customer.version))


class CustomerVetting(ApiView):
    """The vetting status of a customer."""

    @operation(
        "Note the vetting of a customer", scope="customers.write", body=VettingBody, answer=CustomerOut, must_match=True
    )
    def put(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """As Partner Center shows it (C6)."""
        customer = of_caller(request, public_id, is_held=True)
        asked.must_match(version_of(customer), _current(request, public_id))
        return _whole(services.note_vetting(customer, by=request.user, at=now(), vetting=asked.body["vetting"]))
