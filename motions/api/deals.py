"""Deals in the API: the same services as on the pages."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from common.money import currencies
from common.refusals import Stale
from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, operation, stale
from common.rest.inputs import Paged, Shape, Text, Whole, YesNo
from customers.models import Customer
from motions import requests, services
from motions.models import Deal
from motions.models.deals import MOST_SEATS
from motions.states import Basis, Kind, Need, Source, Stage
from partners.access import ApiView

COLUMNS = (
    "public_id", "customer__public_id", "name", "key", "kind", "seats", "amount", "currency", "basis", "needs",
    "prefers_self_service", "stage", "expected_close_date", "size_date", "source", "version", "created_at", "updated_at",
)  # fmt: skip
NAMES = ("id", "customer", *COLUMNS[2:])
SIZES = {Kind.SEATS: {"seats"}, Kind.AZURE: {"amount", "currency", "basis"}}


class DealOut(serializers.Serializer):  # type: ignore[misc]
    """One line of business of a customer (S2)."""

    id = serializers.UUIDField()
    customer = serializers.UUIDField()
    name = serializers.CharField()
    key = serializers.CharField(allow_blank=True, help_text="The key of the import that brought it.")
    kind = serializers.ChoiceField(choices=Kind.values)
    seats = serializers.IntegerField(allow_null=True, help_text="null: not known, never zero")
    amount = serializers.CharField(allow_null=True, help_text="Annual consumption in `currency`; null: not known")
    currency = serializers.CharField(allow_blank=True)
    basis = serializers.CharField(allow_blank=True)
    needs = serializers.ListField(child=serializers.ChoiceField(choices=Need.values), allow_null=True)
    prefers_self_service = serializers.BooleanField(allow_null=True)
    stage = serializers.ChoiceField(choices=Stage.values)
    expected_close_date = serializers.DateField(allow_null=True)
    size_date = serializers.DateField()
    source = serializers.ChoiceField(choices=Source.values)
    version = serializers.IntegerField(help_text="The ETag without its quotation marks.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class DealFacts(Shape):
    """Facts of a deal; null is "not known"."""

    name = Text(max_length=200)
    seats = Whole(min_value=0, max_value=MOST_SEATS, allow_null=True, required=False)
    amount = serializers.DecimalField(max_digits=15, decimal_places=2, min_value=0, allow_null=True, required=False)
    currency = serializers.ChoiceField(choices=sorted(currencies()), required=False)
    basis = serializers.ChoiceField(choices=Basis.values, required=False)
    needs = serializers.ListField(
        child=serializers.ChoiceField(choices=Need.values), allow_null=True, required=False, max_length=len(Need.values)
    )
    prefers_self_service = YesNo(allow_null=True, required=False)
    stage = serializers.ChoiceField(choices=Stage.values, required=False)
    expected_close_date = serializers.DateField(allow_null=True, required=False)
    size_date = serializers.DateField(required=False, help_text="The day of the size; today when left out.")

    def validate_needs(self, value: list[str] | None) -> list[str] | None:
        """Each once."""
        return None if value is None else sorted(set(value))


class DealBody(DealFacts):
    """A new deal."""

    customer = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Kind.values)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A size belongs to its kind; an Azure deal has a currency."""
        must_fit(attrs["kind"], attrs)
        if attrs["kind"] == Kind.AZURE and not attrs.get("currency"):
            raise serializers.ValidationError({"currency": _("An Azure deal needs a currency.")}, code="required")
        return attrs


class DealPatch(DealFacts):
    """Facts to change; what is left out stays. The kind of a deal never changes."""

    name = Text(max_length=200, required=False)


def must_fit(kind: str, facts: dict[str, Any]) -> None:
    """An error for a size that the kind does not have."""
    other = SIZES[Kind.AZURE if kind == Kind.SEATS else Kind.SEATS]
    if wrong := sorted(other & facts.keys()):
        sentence = _("A deal of this kind has no such size.")
        raise serializers.ValidationError(dict.fromkeys(wrong, sentence), code="unfit")


class DealFilter(Paged):
    """Which deals."""

    customer = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(choices=Kind.values, required=False)
    stage = serializers.ChoiceField(choices=Stage.values, required=False)


def shown(deal: Deal) -> dict[str, Any]:
    """A deal as the API shows it."""
    values = {name: getattr(deal, name) for name in NAMES[2:]}
    return {"id": deal.public_id, "customer": deal.customer.public_id, **values}


def of_caller(request: Request, public_id: UUID) -> Deal:
    """A deal of whoever asks; 404 otherwise."""
    deals = Deal.objects.visible_to(request.user).filter(customer__archived_at__isnull=True)
    deal: Deal = get_object_or_404(deals.select_related("customer"), public_id=public_id)
    return deal


class Deals(ApiView):
    """All deals."""

    @operation("List deals", scope="deals.read", query=DealFilter, answer=DealOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """In the order in which they were added."""
        rows = Deal.objects.visible_to(request.user).filter(customer__archived_at__isnull=True)
        if customer := asked.query.get("customer"):
            rows = rows.filter(customer__public_id=customer)
        rows = rows.filter(**{name: asked.query[name] for name in ("kind", "stage") if name in asked.query})
        page = cut("deals", rows, COLUMNS, asked=asked.query)
        items = [dict(zip(NAMES, row[1:], strict=True)) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})

    @operation("Add a deal", scope="deals.write", body=DealBody, answer=DealOut, status=201, is_once=True)
    def post(self, request: Request, asked: Asked) -> Answer:
        """Guidance is computed again in the background."""
        facts = dict(asked.body)
        customers = Customer.objects.visible_to(request.user).current()
        customer = get_object_or_404(customers, public_id=facts.pop("customer"))
        if facts["kind"] == Kind.AZURE:
            facts.setdefault("basis", Basis.FORECAST)
        size_date = facts.pop("size_date", localdate())
        deal = services.add_deal(
            customer, by=request.user, at=now(), facts=facts, source=Source.API, size_date=size_date
        )
        requests.recompute_soon()
        deal.customer = customer
        return Answer(
            shown(deal), version=deal.version, headers={"Location": reverse("api:deal", args=[deal.public_id])}
        )


class DealDetail(ApiView):
    """One deal."""

    @operation("Read a deal", scope="deals.read", answer=DealOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """With its version as ETag."""
        deal = of_caller(request, public_id)
        return Answer(shown(deal), version=deal.version)

    @operation("Change a deal", scope="deals.write", body=DealPatch, answer=DealOut, must_match=True)
    def patch(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """412 with the present state when somebody else was faster."""
        deal = of_caller(request, public_id)
        asked.must_match(f'"{deal.version}"', lambda: shown(of_caller(request, public_id)))
        facts = dict(asked.body)
        must_fit(deal.kind, facts)
        size_date = facts.pop("size_date", localdate())
        try:
            deal = services.change_deal(
                deal,
                by=request.user,
                at=now(),
                version=deal.version,
                facts=facts,
                source=Source.API,
                size_date=size_date,
            )
        except Stale as refusal:
            raise stale(lambda: shown(of_caller(request, public_id))) from refusal
        requests.recompute_soon()
        return Answer(shown(deal), version=deal.version)

    @operation("Remove a deal", scope="deals.write", answer=None, status=204, must_match=True)
    def delete(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """One that should not have been entered; its history stays."""
        deal = of_caller(request, public_id)
        asked.must_match(f'"{deal.version}"', lambda: shown(of_caller(request, public_id)))
        try:
            services.remove_deal(deal, by=request.user, at=now(), version=deal.version)
        except Stale as refusal:
            raise stale(lambda: shown(of_caller(request, public_id))) from refusal
        requests.recompute_soon()
        return Answer()
