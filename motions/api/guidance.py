"""Guidance in the API: what stands, why, and every entry of the ledger with its replay."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate
from rest_framework import serializers
from rest_framework.request import Request

from common.money import countries
from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, operation
from common.rest.inputs import Paged
from customers.models import Customer
from motions import panels
from motions.api.reasons import reasons_of
from motions.models import Standing
from motions.receipts.content import document_of, receipt_of
from motions.scoping import entries_of, entry_of, near_limit, with_freshness
from motions.sql.freshness import in_force
from motions.states import Motion
from partners.access import ApiView

_COLUMNS = (
    "public_id", "standing__motion", "is_fresh", "standing__is_provisional", "standing__motion_since", "standing__judged_at",
)  # fmt: skip
_NAMES = ("customer", "motion", "is_fresh", "is_provisional", "motion_since", "judged_at")
_ENTRY_COLUMNS = ("number", "motion", "at", "policy__code", "hash")


class StandingOut(serializers.Serializer):  # type: ignore[misc]
    """The answer that stands for a customer, in short."""

    customer = serializers.UUIDField()
    motion = serializers.ChoiceField(choices=Motion.values)
    is_fresh = serializers.BooleanField(help_text="false: a recompute is due, and the answer may be about to change.")
    is_provisional = serializers.BooleanField(help_text="An open question could still change it.")
    motion_since = serializers.DateTimeField(allow_null=True)
    judged_at = serializers.DateTimeField(allow_null=True)


class GuidanceOut(StandingOut):
    """The answer that stands, with its reasons."""

    is_set_apart = serializers.BooleanField(help_text="The recompute failed again and again; somebody looks into it.")
    label = serializers.CharField()
    headline = serializers.CharField()
    doubt = serializers.CharField(allow_blank=True, help_text="Why the entry cannot be relied on; empty when it holds.")
    policy = serializers.CharField(allow_null=True)
    hash = serializers.CharField(allow_null=True)
    reasons = serializers.DictField(allow_null=True, help_text="Rules, distances to the limits, what would change it.")


class EntryOut(serializers.Serializer):  # type: ignore[misc]
    """One entry of the ledger; it never changes."""

    number = serializers.IntegerField()
    motion = serializers.ChoiceField(choices=Motion.values)
    at = serializers.DateTimeField()
    policy = serializers.CharField()
    hash = serializers.CharField(help_text="SHA-256, hexadecimal")


class ReceiptOut(serializers.Serializer):  # type: ignore[misc]
    """An entry with everything that proves it (docs/receipt.md), judged again when it is read."""

    format = serializers.CharField()
    language = serializers.CharField()
    customer = serializers.DictField()
    number = serializers.IntegerField()
    given_at = serializers.DateTimeField()
    answer = serializers.DictField()
    reasons = serializers.ListField(child=serializers.DictField())
    inputs = serializers.ListField(child=serializers.DictField())
    policy = serializers.DictField()
    exchange_rates = serializers.DictField(allow_null=True)
    verdict = serializers.DictField(help_text="holds, altered or edition_gone: what judging it again came to.")
    verify_at = serializers.CharField()
    hash = serializers.CharField()
    hash_algorithm = serializers.CharField()
    canonical = serializers.CharField()
    facts = serializers.DictField()


class GuidanceFilter(Paged):
    """Which customers."""

    q = serializers.CharField(required=False, max_length=200)
    motion = serializers.ChoiceField(choices=Motion.values, required=False)
    country = serializers.ChoiceField(choices=sorted(countries()), required=False)
    state = serializers.ChoiceField(
        choices=["near", "stale"], required=False, help_text="Near a limit; or with an answer that is not current."
    )


class Guidance(ApiView):
    """The answers that stand."""

    @operation("List guidance", scope="guidance.read", query=GuidanceFilter, answer=StandingOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """One for each customer; freshness is compared in the same query."""
        query, current = asked.query, in_force(localdate())
        rows = with_freshness(Customer.objects.visible_to(request.user).current(), current)
        if words := query.get("q"):
            rows = rows.matching(words)
        if "motion" in query:
            rows = rows.filter(standing__motion=query["motion"])
        if "country" in query:
            rows = rows.filter(country=query["country"])
        if state := query.get("state"):
            rows = rows.filter(near_limit(current) if state == "near" else Q(is_fresh=False))
        page = cut("guidance", rows, _COLUMNS, asked=query)
        items = [dict(zip(_NAMES, row[1:], strict=True)) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})


class CustomerGuidance(ApiView):
    """The answer that stands for one customer."""

    @operation("Read the guidance of a customer", scope="guidance.read", answer=GuidanceOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Ask again until `is_fresh` is true; it takes moments."""
        customer = get_object_or_404(Customer.objects.visible_to(request.user).current(), public_id=public_id)
        return Answer(_shown(customer, panels.guidance(customer, by=request.user, on=localdate())))


def _shown(customer: Customer, panel: dict[str, Any]) -> dict[str, Any]:
    standing: Standing = panel["standing"]
    entry, explained, answer = panel["entry"], panel["explained"], panel["answer"]
    motion = explained.motion if explained else standing.motion
    return {
        "customer": customer.public_id,
        "motion": motion,
        "is_fresh": panel["is_fresh"],
        "is_provisional": explained.is_provisional if explained else standing.is_provisional,
        "motion_since": standing.motion_since,
        "judged_at": standing.judged_at,
        "is_set_apart": panel["is_set_apart"],
        "label": str(Motion(motion).label),
        "headline": explained.headline if explained else "",
        "doubt": panel["doubt"],
        "policy": entry.policy.code if entry else None,
        "hash": bytes(entry.hash).hex() if entry else None,
        "reasons": reasons_of(answer.edition, answer.facts, answer.limits, answer.currency) if answer else None,
    }


class Ledger(ApiView):
    """What was answered for a customer, from the first time."""

    @operation("List the answers of a customer", scope="guidance.read", query=Paged, answer=EntryOut, is_list=True)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Entries are numbered from 1 and never change."""
        customer = get_object_or_404(Customer.objects.visible_to(request.user), public_id=public_id)
        rows = entries_of(request.user).filter(customer=customer)
        page = cut("ledger", rows, _ENTRY_COLUMNS, asked=asked.query)
        items = [
            {"number": number, "motion": motion, "at": at, "policy": policy, "hash": bytes(digest).hex()}
            for _pk, number, motion, at, policy, digest in page.rows
        ]
        return Answer({"items": items, "next": next_address(request, page.after)})


class LedgerEntry(ApiView):
    """One entry."""

    @operation("Read an answer and judge it again", scope="guidance.read", answer=ReceiptOut)
    def get(self, request: Request, asked: Asked, public_id: UUID, number: int) -> Answer:
        """`verdict` says whether the same facts under the same policy version still give the same answer."""
        entry = entry_of(request.user, customer=public_id, number=number)
        if entry is None:
            raise Http404
        address = f"{reverse('motions:verify')}?{urlencode({'hash': bytes(entry.hash).hex()})}"
        verify_at = request.build_absolute_uri(address)
        return Answer(document_of(receipt_of(entry, number=number, by=request.user, verify_at=verify_at)))
