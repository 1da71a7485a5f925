"""Conflicts and merges in the API: a partner's own side of a case, and two of its customers that are one company."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.request import Request

from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, etag_of, operation
from common.rest.inputs import Paged, Shape, Text, Whole
from customers import services
from customers.api.customers import of_caller, shown, version_of
from customers.models import ConflictSide, Merge
from partners.access import ApiView

_AS_THEY_ARE = ("opened_at", "due_date", "answered_at", "stands", "appeal_until", "appealed_at", "appeal_text")
_MERGE_NAMES = ("id", "customer", "duplicate", "because", "at", "by", "undone_at", "undone_by")
_MERGE_COLUMNS = (
    "public_id", "customer__public_id", "duplicate__public_id", "because", "at", "by_name", "undone_at", "undone_by_name",
)  # fmt: skip


class SideOut(serializers.Serializer):  # type: ignore[misc]
    """One's own side of a case; nothing tells whose the other side is."""

    id = serializers.UUIDField()
    customer = serializers.UUIDField()
    opened_at = serializers.DateTimeField()
    due_date = serializers.DateField(help_text="By when the case, or the appeal, is answered.")
    answered_at = serializers.DateTimeField(allow_null=True)
    stands = serializers.BooleanField(
        allow_null=True, help_text="Whether one's registration stands; null: no answer yet"
    )
    appeal_until = serializers.DateField(allow_null=True, help_text="null: there is nothing to appeal, or no more")
    appealed_at = serializers.DateTimeField(allow_null=True)
    appeal_text = serializers.CharField(allow_blank=True)
    appeal_answered_at = serializers.DateTimeField(allow_null=True)


class AppealBody(Shape):
    """Why the answer should be looked at again."""

    text = Text(max_length=1000)


class SideFilter(Paged):
    """Which cases."""

    customer = serializers.UUIDField(required=False)


class MergeOut(serializers.Serializer):  # type: ignore[misc]
    """Two customers that were one company."""

    id = serializers.UUIDField()
    customer = serializers.UUIDField()
    duplicate = serializers.UUIDField()
    because = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()
    by = serializers.CharField()
    undone_at = serializers.DateTimeField(allow_null=True)
    undone_by = serializers.CharField(allow_blank=True)


class MergeBody(Shape):
    """Which customer goes into this one. If-Match is this one's version, `duplicate_version` the other's."""

    duplicate = serializers.UUIDField()
    duplicate_version = Whole(min_value=1, max_value=2**31 - 1)
    because = Text(max_length=300, allow_blank=True, required=False, default="")


class MergeFilter(Paged):
    """Which merges."""

    customer = serializers.UUIDField(required=False, help_text="The one that stayed.")


def _side(side: ConflictSide) -> dict[str, Any]:
    about = {"id": side.public_id, "customer": side.customer.public_id}
    values = {name: getattr(side, name) for name in _AS_THEY_ARE}
    return {**about, **values, "appeal_answered_at": side.appeal_answered_at}


class Conflicts(ApiView):
    """One's own sides of cases."""

    @operation("List conflicts", scope="customers.read", query=SideFilter, answer=SideOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """In the order in which they were opened."""
        sides = ConflictSide.objects.visible_to(request.user)
        if customer := asked.query.get("customer"):
            sides = sides.filter(customer__public_id=customer)
        page = cut("conflicts", sides, (), asked=asked.query)
        found = sides.select_related("customer").in_bulk([row[0] for row in page.rows])
        items = [_side(found[row[0]]) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})


def _own(request: Request, public_id: UUID) -> ConflictSide:
    sides = ConflictSide.objects.visible_to(request.user).select_related("customer")
    side: ConflictSide = get_object_or_404(sides, public_id=public_id)
    return side


class ConflictDetail(ApiView):
    """One's own side of a case."""

    @operation("Read a conflict", scope="customers.read", answer=SideOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """What one may know of it."""
        return Answer(_side(_own(request, public_id)))


class ConflictAppeal(ApiView):
    """An appeal against an answer."""

    @operation(
        "Appeal in a conflict", scope="customers.write", body=AppealBody, answer=SideOut, is_once=True, must_match=True
    )
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Once for each side, within the time for it."""
        side = _own(request, public_id)
        asked.must_match(etag_of(_side(side)), lambda: _side(side))
        return Answer(_side(services.appeal(side, by=request.user, at=now(), text=asked.body["text"])))


def _merge(done: Merge) -> dict[str, Any]:
    values = (
        done.public_id, done.customer.public_id, done.duplicate.public_id, done.because, done.at, done.by_name,
        done.undone_at, done.undone_by_name,
    )  # fmt: skip
    return dict(zip(_MERGE_NAMES, values, strict=True))


def _own_merge(request: Request, public_id: UUID) -> Merge:
    rows = Merge.objects.visible_to(request.user).select_related("customer", "duplicate")
    done: Merge = get_object_or_404(rows, public_id=public_id)
    return done


class Merges(ApiView):
    """All merges."""

    @operation("List merges", scope="customers.read", query=MergeFilter, answer=MergeOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """Also those that were taken back."""
        rows = Merge.objects.visible_to(request.user)
        if customer := asked.query.get("customer"):
            rows = rows.filter(customer__public_id=customer)
        page = cut("merges", rows, _MERGE_COLUMNS, asked=asked.query)
        items = [dict(zip(_MERGE_NAMES, row[1:], strict=True)) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})


class MergeDetail(ApiView):
    """One merge."""

    @operation("Read a merge", scope="customers.read", answer=MergeOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Who went into whom, and why."""
        return Answer(_merge(_own_merge(request, public_id)))


class MergeUndo(ApiView):
    """Taking a merge back."""

    @operation("Undo a merge", scope="customers.write", answer=MergeOut, is_once=True, must_match=True)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Both are customers of their own again; what changed since stays changed."""
        done = _own_merge(request, public_id)
        asked.must_match(etag_of(_merge(done)), lambda: _merge(done))
        return Answer(_merge(services.unmerge(done, by=request.user, at=now())))


class CustomerMerge(ApiView):
    """Merging a duplicate into a customer."""

    @operation(
        "Merge customers", scope="customers.write", body=MergeBody, answer=MergeOut, status=201, is_once=True,
        must_match=True,
    )  # fmt: skip
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Its deals follow, and it is archived."""
        said = asked.body
        customer, duplicate = of_caller(request, public_id), of_caller(request, said["duplicate"])
        with asked.resting_on(version_of(customer), lambda: shown(of_caller(request, public_id))):
            versions = customer.version, said["duplicate_version"]
            about = {"versions": versions, "because": said["because"]}
            done = services.merge(customer, duplicate, by=request.user, at=now(), **about)
        return Answer(_merge(done), headers={"Location": reverse("api:merge", args=[done.public_id])})
