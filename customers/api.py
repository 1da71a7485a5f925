"""The native API of this room: customers, read, registered and corrected by the same services as on the pages."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from common.money import countries
from common.refusals import Stale
from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, operation, stale
from common.rest.inputs import Paged, Shape, Text, YesNo
from common.rest.problems import Problem
from customers import services
from customers.forms import clean_domain, clean_name
from customers.models import Customer, CustomerQuerySet
from partners.access import ApiView
from partners.roles import Segment

COLUMNS = (
    "public_id",
    "name",
    "country",
    "domain",
    "registration_number",
    "segment",
    "version",
    "created_at",
    "updated_at",
)
NAMES = ("id", *COLUMNS[1:])
FACTS = ("name", "country", "domain", "registration_number", "segment")


class CustomerOut(serializers.Serializer):  # type: ignore[misc]
    """A customer of the partner."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166 alpha-2")
    domain = serializers.CharField(allow_blank=True)
    registration_number = serializers.CharField(allow_blank=True)
    segment = serializers.ChoiceField(choices=Segment.values)
    version = serializers.IntegerField(help_text="The ETag without its quotation marks.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


def cleaned(clean: Callable[[str], str], value: str) -> str:
    """A value as the page's form cleans it, with the form's own sentence where it cannot."""
    try:
        return clean(value)
    except ValidationError as error:
        raise serializers.ValidationError(error.messages, code="unfit") from error


class CustomerFacts(Shape):
    """Facts of a customer."""

    name = Text(max_length=200)
    country = serializers.ChoiceField(choices=sorted(countries()))
    domain = Text(max_length=253, allow_blank=True, required=False)
    registration_number = Text(max_length=50, allow_blank=True, required=False)
    segment = serializers.ChoiceField(choices=Segment.values, required=False)
    despite_likeness = YesNo(required=False, help_text="Register although the partner may have the customer already.")

    def validate_name(self, value: str) -> str:
        """As on the page (C7)."""
        return cleaned(clean_name, value)

    def validate_domain(self, value: str) -> str:
        """As on the page: the bare host of whatever was pasted."""
        return cleaned(clean_domain, value)

    def validate_registration_number(self, value: str) -> str:
        """Without stray spaces."""
        return " ".join(value.split())


class CustomerPatch(CustomerFacts):
    """Facts to correct; what is left out stays."""

    def get_fields(self) -> Any:
        """All of them may be left out."""
        found = super().get_fields()
        for field in found.values():
            field.required = False
        return found


class CustomerFilter(Paged):
    """Which customers."""

    q = serializers.CharField(required=False, max_length=200, help_text="Words of name, domain or number.")
    country = serializers.ChoiceField(choices=sorted(countries()), required=False)
    segment = serializers.ChoiceField(choices=Segment.values, required=False)


def shown(customer: Customer) -> dict[str, Any]:
    """A customer as the API shows it."""
    return {name: getattr(customer, column) for name, column in zip(NAMES, COLUMNS, strict=True)}


def of_caller(request: Request, public_id: UUID) -> Customer:
    """A customer of whoever asks; 404 otherwise."""
    customer: Customer = get_object_or_404(Customer.objects.visible_to(request.user).current(), public_id=public_id)
    return customer


def _filtered(rows: CustomerQuerySet, query: Any) -> CustomerQuerySet:
    if words := query.get("q"):
        rows = rows.matching(words)
    exact = {name: query[name] for name in ("country", "segment") if name in query}
    return rows.filter(**exact)


def _alike(refusal: services.LooksAlike) -> Problem:
    candidates = [
        {"id": str(like.customer.public_id), "name": like.customer.name, "by": like.by} for like in refusal.likenesses
    ]
    detail = _("Send despite_likeness: true if it is another company.")
    return Problem("looks_alike", f"{refusal.sentence} {detail}", candidates=candidates)


class Customers(ApiView):
    """All customers."""

    @operation("List customers", scope="customers.read", query=CustomerFilter, answer=CustomerOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """In the order in which they were registered."""
        rows = _filtered(Customer.objects.visible_to(request.user).current(), asked.query)
        page = cut("customers", rows, COLUMNS, asked=asked.query)
        items = [dict(zip(NAMES, row[1:], strict=True)) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})

    @operation(
        "Register a customer", scope="customers.write", body=CustomerFacts, answer=CustomerOut, status=201, is_once=True
    )
    def post(self, request: Request, asked: Asked) -> Answer:
        """409 with candidates when the partner may have it already."""
        facts = dict(asked.body)
        despite_likeness = facts.pop("despite_likeness", False)
        try:
            customer = services.register(by=request.user, at=now(), facts=facts, despite_likeness=despite_likeness)
        except services.LooksAlike as refusal:
            raise _alike(refusal) from refusal
        place = reverse("api:customer", args=[customer.public_id])
        return Answer(shown(customer), version=customer.version, headers={"Location": place})


class CustomerDetail(ApiView):
    """One customer."""

    @operation("Read a customer", scope="customers.read", answer=CustomerOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """With its version as ETag."""
        customer = of_caller(request, public_id)
        return Answer(shown(customer), version=customer.version)

    @operation("Correct a customer", scope="customers.write", body=CustomerPatch, answer=CustomerOut, must_match=True)
    def patch(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """412 with the present state when somebody else was faster."""
        customer = of_caller(request, public_id)

        def current() -> dict[str, Any]:
            return shown(of_caller(request, public_id))

        asked.must_match(f'"{customer.version}"', current)
        facts = dict(asked.body)
        despite_likeness = facts.pop("despite_likeness", False)
        try:
            customer = services.correct(
                customer,
                by=request.user,
                at=now(),
                version=customer.version,
                facts=facts,
                despite_likeness=despite_likeness,
            )
        except services.LooksAlike as refusal:
            raise _alike(refusal) from refusal
        except Stale as refusal:
            raise stale(current) from refusal
        return Answer(shown(customer), version=customer.version)
