"""Agreements in the API: where each stands, whether the customer may order, and what can be done now."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate, now
from rest_framework import serializers
from rest_framework.request import Request

from agreements import panels
from agreements.models import Acceptance, Agreement, AgreementFile, Link, ProviderRequest
from agreements.policy import Rule, Why, can_order
from agreements.scoping import GROUPS, group_of
from agreements.services.links import languages_of
from agreements.states import FileKind, Language, LinkEnd, Path, RequestState, State
from common.money import countries
from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, operation
from common.rest.inputs import Paged
from customers.models import Customer
from customers.scoping import search
from partners.access import ApiView

COLUMNS = (
    "customer__public_id", "state", "since", "path", "accepted_on", "by_provider", "needs_amendment", "version",
)  # fmt: skip
NAMES = ("customer", *COLUMNS[1:])
SIGNATORY = ("first_name", "last_name", "email", "phone")
LINK = (*SIGNATORY, "language", "template_id", "template_language", "sent_at", "expires_at", "ended_at", "ended_why")
REQUEST = (*SIGNATORY, "language", "accepted_on", "note", "state", "at", "answered_at", "answer_note")
ACCEPTANCE = (*SIGNATORY, "path", "accepted_on", "template_id", "attestation_id", "at", "revoked_at")
FILE = ("kind", "file_name", "media_type", "size", "sha256", "at")
# what one does, by the flag that says whether it can be done now
ACTS = {
    "link": "can_link",
    "attest": "can_attest",
    "invite": "can_invite",
    "finalise": "can_finalise",
    "ask": "can_ask",
}


class AgreementOut(serializers.Serializer):  # type: ignore[misc]
    """Where a customer's agreement stands, and whether the customer may order. It never holds up guidance or a lead."""

    customer = serializers.UUIDField()
    state = serializers.ChoiceField(choices=State.values)
    since = serializers.DateTimeField()
    path = serializers.ChoiceField(choices=["", *Path.values])
    accepted_on = serializers.DateField(allow_null=True)
    by_provider = serializers.BooleanField()
    needs_amendment = serializers.BooleanField(
        allow_null=True, help_text="Professional secrecy; null: nobody has asked"
    )
    version = serializers.IntegerField(help_text="The ETag begins with it.")
    can_order = serializers.BooleanField()
    why = serializers.ChoiceField(choices=[one.value for one in Why])
    cut_off = serializers.CharField(allow_null=True, help_text="The cut-off that says so.")
    is_information = serializers.BooleanField(help_text="The cut-off is known from third parties only.")


class SignatoryOut(serializers.Serializer):  # type: ignore[misc]
    """A person who signs."""

    first_name = serializers.CharField(allow_blank=True)
    last_name = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)


class LinkOut(SignatoryOut):
    """The newest link; its address goes to the signatory alone."""

    language = serializers.ChoiceField(choices=Language.values)
    template_id = serializers.CharField()
    template_language = serializers.CharField()
    sent_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_why = serializers.ChoiceField(choices=["", *LinkEnd.values])


class RequestOut(SignatoryOut):
    """The newest request to the indirect provider."""

    language = serializers.ChoiceField(choices=Language.values)
    accepted_on = serializers.DateField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=RequestState.values)
    at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    answer_note = serializers.CharField(allow_blank=True)


class AcceptanceOut(SignatoryOut):
    """One acceptance; a revoked one says when."""

    path = serializers.ChoiceField(choices=Path.values)
    accepted_on = serializers.DateField(allow_null=True)
    template_id = serializers.CharField(allow_blank=True)
    attestation_id = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


class FileOut(serializers.Serializer):  # type: ignore[misc]
    """A file about an agreement."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=FileKind.values)
    file_name = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes")
    sha256 = serializers.CharField()
    at = serializers.DateTimeField()


class WholeAgreementOut(AgreementOut):
    """An agreement with everything around it."""

    acts = serializers.ListField(child=serializers.ChoiceField(choices=list(ACTS)), help_text="What can be done now.")
    next = serializers.CharField(allow_blank=True, help_text="Who holds the ball and what comes next.")
    template_languages = serializers.ListField(child=serializers.CharField(), help_text="The preferred one first (M4).")
    provider = serializers.CharField(allow_null=True, help_text="The indirect provider, where one would be asked.")
    link = LinkOut(allow_null=True)
    request = RequestOut(allow_null=True)
    acceptances = AcceptanceOut(many=True)
    files = FileOut(many=True)


class AgreementFilter(Paged):
    """Which agreements."""

    q = serializers.CharField(required=False, max_length=200, help_text="Words of name, domain or number.")
    group = serializers.ChoiceField(
        choices=[*GROUPS, "open"], required=False, help_text="open: what asks for something"
    )
    state = serializers.ChoiceField(choices=State.values, required=False)
    country = serializers.ChoiceField(choices=sorted(countries()), required=False)


def _verdict(state: str, accepted_on: Any, rules: list[Rule]) -> dict[str, Any]:
    verdict = can_order(state, accepted_on, rules, on=localdate())
    return {
        "can_order": verdict.may_order,
        "why": verdict.why,
        "cut_off": verdict.rule.code if verdict.rule else None,
        "is_information": bool(verdict.rule and verdict.rule.is_information),
    }


def of_caller(request: Request, public_id: UUID, *, is_held: bool = False) -> Agreement:
    """The agreement of a customer of whoever asks, locked when something is decided by its version; 404 otherwise."""
    rows = Agreement.objects.visible_to(request.user).filter(customer__archived_at__isnull=True)
    rows = rows.select_related("customer", "partner")
    rows = rows.select_for_update(of=("self",)) if is_held else rows
    found: Agreement = get_object_or_404(rows, customer__public_id=public_id)
    return found


def _picked(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def file_shown(row: AgreementFile) -> dict[str, Any]:
    """A file as the API shows it."""
    return {"id": row.public_id, **_picked(row, FILE)}


def shown(request: Request, public_id: UUID) -> Answer:
    """An agreement with everything around it, as it stands."""
    row, on, by = of_caller(request, public_id), localdate(), request.user
    panel = panels.agreement(row.customer, by=by, on=on)
    link: Link | None = panel["link"]
    asked: ProviderRequest | None = panel["request"]
    acceptances = Acceptance.objects.visible_to(by).filter(agreement=row).order_by("-id")
    values = {
        "customer": row.customer.public_id,
        **_picked(row, NAMES[1:]),
        **_verdict(row.state, row.accepted_on, panels.rules_on(on)),
        "acts": [name for name, flag in ACTS.items() if panel[flag]],
        "next": panel["next"],
        "template_languages": languages_of(row.customer.country, on=on),
        "provider": panel["provider"].provider_name if panel["provider"] else None,
        "link": _picked(link, LINK) if link else None,
        "request": _picked(asked, REQUEST) if asked else None,
        "acceptances": [_picked(one, ACCEPTANCE) for one in acceptances],
        "files": [file_shown(one) for one in panel["files"]],
    }
    return Answer(values, version=row.version, is_wider=True)


class Agreements(ApiView):
    """All agreements of current customers."""

    @operation("List agreements", scope="agreements.read", query=AgreementFilter, answer=AgreementOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """In the order in which the customers were registered."""
        query, rules = asked.query, panels.rules_on(localdate())
        rows = Agreement.objects.visible_to(request.user).filter(customer__archived_at__isnull=True)
        if group := query.get("group"):
            rows = rows.filter(group_of(group, rules=rules, at=now()))
        if "state" in query:
            rows = rows.filter(state=query["state"])
        if "country" in query:
            rows = rows.filter(customer__country=query["country"])
        if words := query.get("q"):
            found = search(Customer.objects.visible_to(request.user), words, by=request.user)
            rows = rows.filter(customer__in=found)
        page = cut("agreements", rows, COLUMNS, asked=query)
        told = [dict(zip(NAMES, row[1:], strict=True)) for row in page.rows]
        items = [row | _verdict(row["state"], row["accepted_on"], rules) for row in told]
        return Answer({"items": items, "next": next_address(request, page.after)})


class AgreementDetail(ApiView):
    """The agreement of one customer."""

    @operation("Read an agreement", scope="agreements.read", answer=WholeAgreementOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """With everything around it."""
        return shown(request, public_id)
