"""What is kept about customers in the API: tags, and requests for a reseller relationship."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.request import Request

from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, etag_of, operation
from common.rest.inputs import Paged, Shape, Text, YesNo
from customers import services
from customers.api.customers import of_caller
from customers.models import LONGEST_TAG, MOST_TAGS, Customer, Relation, Tag
from customers.states import RelationState
from partners.access import ApiView

MOST_AT_ONCE = 200
_NAMES = (
    "id", "customer", "state", "own_tenant", "provider_tenant", "link", "requested_at", "expires_at", "reminders",
    "reminded_at", "closed_at", "by",
)  # fmt: skip
_COLUMNS = ("public_id", "customer__public_id", *_NAMES[2:-1], "by_name")


class TagsOut(serializers.Serializer):  # type: ignore[misc]
    """The tags of a customer."""

    tags = serializers.ListField(child=serializers.CharField())


class TagsBody(Shape):
    """All tags that a customer has from now on (C12)."""

    tags = serializers.ListField(child=Text(max_length=LONGEST_TAG), max_length=MOST_TAGS)


class TagBody(Shape):
    """One tag for many customers."""

    tag = Text(max_length=LONGEST_TAG)
    customers = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_AT_ONCE)
    is_removal = YesNo(required=False, default=False)


class TaggedOut(serializers.Serializer):  # type: ignore[misc]
    """On how many customers something has changed."""

    changed = serializers.IntegerField()


class RelationOut(serializers.Serializer):  # type: ignore[misc]
    """A request for a reseller relationship (C9)."""

    id = serializers.UUIDField()
    customer = serializers.UUIDField()
    state = serializers.ChoiceField(choices=RelationState.values)
    own_tenant = serializers.UUIDField()
    provider_tenant = serializers.UUIDField(allow_null=True)
    link = serializers.CharField(help_text="Where the customer's administrator accepts.")
    requested_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    reminders = serializers.IntegerField()
    reminded_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    by = serializers.CharField()


class RelationBody(Shape):
    """A request to begin; an indirect reseller names its provider as well."""

    customer = serializers.UUIDField()
    own_tenant = serializers.UUIDField()
    provider_tenant = serializers.UUIDField(required=False, allow_null=True)


class RelationFilter(Paged):
    """Which requests."""

    customer = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(choices=RelationState.values, required=False)


def _tags(request: Request, customer: Customer) -> dict[str, list[str]]:
    rows = Tag.objects.visible_to(request.user).filter(customer=customer).order_by("key")
    return {"tags": list(rows.values_list("name", flat=True))}


class CustomerTags(ApiView):
    """The tags of one customer."""

    @operation("Read the tags of a customer", scope="customers.read", answer=TagsOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """In their order."""
        return Answer(_tags(request, of_caller(request, public_id)))

    @operation("Set the tags of a customer", scope="customers.write", body=TagsBody, answer=TagsOut, must_match=True)
    def put(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Exactly these, whatever there was."""
        customer = of_caller(request, public_id, is_held=True)
        before = _tags(request, customer)
        asked.must_match(etag_of(before), lambda: before)
        services.set_tags(customer, by=request.user, at=now(), names=asked.body["tags"])
        return Answer(_tags(request, customer))


class TagMany(ApiView):
    """A tag on many customers."""

    @operation("Tag customers", scope="customers.write", body=TagBody, answer=TaggedOut, is_once=True)
    def post(self, request: Request, asked: Asked) -> Answer:
        """Those that are not there are left out."""
        said = asked.body
        found = Customer.objects.visible_to(request.user).filter(public_id__in=said["customers"])
        chosen = list(found.values_list("pk", flat=True))
        about = {"name": said["tag"], "is_removal": said["is_removal"]}
        return Answer({"changed": services.tag_many(chosen, by=request.user, at=now(), **about)})


def _relation(relation: Relation) -> dict[str, Any]:
    values = {name: getattr(relation, name) for name in _NAMES[2:-1]}
    about = {"id": relation.public_id, "customer": relation.customer.public_id}
    return {**about, **values, "by": relation.by_name}


def _own(request: Request, public_id: UUID, *, is_held: bool = False) -> Relation:
    rows = Relation.objects.visible_to(request.user).select_related("customer")
    rows = rows.select_for_update(of=("self",)) if is_held else rows
    found: Relation = get_object_or_404(rows, public_id=public_id)
    return found


class Relations(ApiView):
    """All requests for a reseller relationship."""

    @operation("List relationships", scope="customers.read", query=RelationFilter, answer=RelationOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """In the order in which they were begun."""
        rows = Relation.objects.visible_to(request.user)
        if customer := asked.query.get("customer"):
            rows = rows.filter(customer__public_id=customer)
        if state := asked.query.get("state"):
            rows = rows.filter(state=state)
        page = cut("relationships", rows, _COLUMNS, asked=asked.query)
        items = [dict(zip(_NAMES, row[1:], strict=True)) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})

    @operation(
        "Request a relationship",
        scope="customers.write",
        body=RelationBody,
        answer=RelationOut,
        status=201,
        is_once=True,
    )
    def post(self, request: Request, asked: Asked) -> Answer:
        """One at a time for each customer."""
        said = dict(asked.body)
        customer = of_caller(request, said.pop("customer"))
        relation = services.request_relation(customer, by=request.user, at=now(), **said)
        place = reverse("api:relationship", args=[relation.public_id])
        return Answer(_relation(relation), headers={"Location": place})


class RelationDetail(ApiView):
    """One request."""

    @operation("Read a relationship", scope="customers.read", answer=RelationOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Where it stands."""
        return Answer(_relation(_own(request, public_id)))


class RelationAccept(ApiView):
    """The customer has accepted."""

    @operation("Note an acceptance", scope="customers.write", answer=RelationOut, is_once=True, must_match=True)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Nobody is reminded any more."""
        relation = _seen(request, asked, public_id)
        services.note_acceptance(relation, by=request.user, at=now())
        return Answer(_relation(_own(request, public_id)))


class RelationWithdraw(ApiView):
    """Taking a request back."""

    @operation("Withdraw a relationship", scope="customers.write", answer=RelationOut, is_once=True, must_match=True)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """One that is still open."""
        relation = _seen(request, asked, public_id)
        services.withdraw(relation, by=request.user, at=now())
        return Answer(_relation(_own(request, public_id)))


def _seen(request: Request, asked: Asked, public_id: UUID) -> Relation:
    """The request, held, if it is still as the caller saw it."""
    relation = _own(request, public_id, is_held=True)
    asked.must_match(etag_of(_relation(relation)), lambda: _relation(relation))
    return relation
