"""Leads in the API: begun, changed, thrown away by the same services as on the pages."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.request import Request

from common.money import countries, currencies
from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, operation
from common.rest.fitting import must_fit
from common.rest.inputs import Paged, Shape, Text, YesNo
from customers.models import Customer
from partners.access import ApiView
from partners.models import User
from referrals import panels, services
from referrals.forms import LeadForm, initial_of
from referrals.models import Favourite, Programme, Referral
from referrals.models.leads import MOST_SOLUTIONS, ReferralQuerySet
from referrals.states import (
    EDITABLE,
    HOLDERS,
    WIRE,
    DealType,
    Direction,
    Help,
    Holder,
    Intent,
    SalesStage,
    Solution,
    State,
    Step,
)  # fmt: skip

LEAST_LETTERS = 3  # R44
CONTACT = ("first_name", "last_name", "email", "phone")
DETAILS = (
    "name", "external_id", "deal_type", "help", "value", "currency", "close_date", "notes", "solutions", "intent",
    "asks_contact", "sales_stage",
)  # fmt: skip
MOMENTS = ("created_at", "updated_at", "submitted_at", "answer_due_at", "expires_at", "decided_at", "closed_at")
COLUMNS = (
    "public_id", "customer__public_id", "programme__code", "direction", "state", "country", "segment", *DETAILS,
    *MOMENTS, "reviewer_name", "reason", "reason_text", "won_value", "version",
)  # fmt: skip
NAMES = ("id", "customer", "programme", *COLUMNS[3:])


class LeadOut(serializers.Serializer):  # type: ignore[misc]
    """A lead. Staff, and programs like staff, see those on whose team they are (R53)."""

    id = serializers.UUIDField()
    customer = serializers.UUIDField()
    programme = serializers.CharField()
    direction = serializers.ChoiceField(choices=Direction.values)
    state = serializers.ChoiceField(choices=State.values)
    status = serializers.CharField(help_text="The state as the Partner Center wire has it (R20).")
    substatus = serializers.CharField()
    holder = serializers.ChoiceField(choices=Holder.values, help_text="Who holds the ball.")
    country = serializers.CharField()
    segment = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    external_id = serializers.CharField(allow_blank=True, help_text="One's own reference.")
    deal_type = serializers.ChoiceField(choices=DealType.values)
    help = serializers.ChoiceField(choices=["", *Help.values])
    value = serializers.CharField(allow_null=True, help_text="In `currency`; null: not known")
    currency = serializers.CharField(allow_blank=True)
    close_date = serializers.DateField(allow_null=True)
    notes = serializers.CharField(allow_blank=True)
    solutions = serializers.ListField(child=serializers.CharField())
    intent = serializers.ChoiceField(choices=["", *Intent.values])
    asks_contact = serializers.BooleanField()
    sales_stage = serializers.ChoiceField(choices=["", *SalesStage.values], help_text="In percent (R31)")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    answer_due_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    reviewer_name = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    reason_text = serializers.CharField(allow_blank=True)
    won_value = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(help_text="The ETag begins with it.")


class PersonOut(serializers.Serializer):  # type: ignore[misc]
    """The person at the customer."""

    first_name = serializers.CharField(allow_blank=True)
    last_name = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)


class LackOut(serializers.Serializer):  # type: ignore[misc]
    """Something to cure before the lead can go on."""

    field = serializers.CharField(allow_blank=True)
    detail = serializers.CharField()


class WholeLeadOut(LeadOut):
    """A lead with everything around it that changes what can be done."""

    contact = PersonOut()
    steps = serializers.ListField(child=serializers.ChoiceField(choices=Step.values), help_text="What can be done now.")
    lacks = LackOut(many=True, help_text="What is still missing, the customer's consents aside.")
    consents = serializers.ListField(child=serializers.CharField(), help_text="What the customer has agreed to.")
    is_favourite = serializers.BooleanField()
    appeal_of = serializers.UUIDField(allow_null=True)
    appeal = serializers.UUIDField(allow_null=True, help_text="The lead that an appeal has made of this one.")


class LeadPatch(Shape):
    """Facts to change; what is left out stays. A state lets one change less and less (R19, R33)."""

    programme = Text(max_length=40, required=False)
    name = Text(max_length=200, allow_blank=True, required=False)
    external_id = Text(max_length=100, allow_blank=True, required=False)
    deal_type = serializers.ChoiceField(choices=DealType.values, required=False)
    help = serializers.ChoiceField(choices=["", *Help.values], required=False)
    value = serializers.DecimalField(max_digits=15, decimal_places=2, min_value=0, allow_null=True, required=False)
    currency = serializers.ChoiceField(choices=sorted(currencies()), required=False)
    close_date = serializers.DateField(allow_null=True, required=False)
    notes = Text(max_length=4000, allow_blank=True, required=False)
    solutions = serializers.ListField(
        child=Text(max_length=60), required=False, max_length=MOST_SOLUTIONS, help_text=", ".join(Solution.values)
    )
    intent = serializers.ChoiceField(choices=["", *Intent.values], required=False)
    asks_contact = YesNo(required=False)
    sales_stage = serializers.ChoiceField(choices=["", *SalesStage.values], required=False)
    contact_first_name = Text(max_length=100, allow_blank=True, required=False)
    contact_last_name = Text(max_length=100, allow_blank=True, required=False)
    contact_email = Text(max_length=254, allow_blank=True, required=False)
    contact_phone = Text(max_length=40, allow_blank=True, required=False)


class LeadBody(LeadPatch):
    """A new draft; it may be as empty as it is."""

    customer = serializers.UUIDField()
    programme = Text(max_length=40)


class LeadFilter(Paged):
    """Which leads."""

    q = serializers.CharField(required=False, min_length=LEAST_LETTERS, max_length=200)
    customer = serializers.UUIDField(required=False)
    direction = serializers.ChoiceField(choices=Direction.values, required=False)
    state = serializers.ChoiceField(choices=State.values, required=False)
    holder = serializers.ChoiceField(choices=Holder.values, required=False)
    country = serializers.ChoiceField(choices=sorted(countries()), required=False)
    favourites = serializers.BooleanField(required=False, default=False, help_text="Only those kept an eye on.")


def of_caller(request: Request, public_id: UUID) -> Referral:
    """A lead of whoever asks; 404 otherwise."""
    rows = Referral.objects.visible_to(request.user).select_related("customer", "partner", "programme")
    lead: Referral = get_object_or_404(rows, public_id=public_id)
    return lead


def version_of(lead: Referral) -> str:
    """What If-Match has to begin with."""
    return f'"{lead.version}"'


def current(request: Request, public_id: UUID) -> Callable[[], dict[str, Any]]:
    """What stands now, for whoever came too late."""
    return lambda: whole(request, public_id).data


def _of_state(state: str) -> dict[str, str]:
    status, substatus = WIRE[State(state)]
    return {"status": status, "substatus": substatus, "holder": HOLDERS[State(state)]}


def whole(request: Request, public_id: UUID) -> Answer:
    """A lead with everything around it, as it stands."""
    lead, by, at = of_caller(request, public_id), request.user, now()
    person = lead.contact(by)
    own = panels.lead_links(lead, by=by)
    lacks = services.lacks(lead, at=at, by=by) if lead.state in (State.DRAFT, State.RETURNED) else []
    values = {
        "id": lead.public_id,
        "customer": lead.customer.public_id,
        "programme": lead.programme.code,
        **{name: getattr(lead, name) for name in NAMES[3:]},
        **_of_state(lead.state),
        "contact": {name: getattr(person, name) for name in CONTACT},
        "steps": panels.all_steps_for(lead, by=by),
        "lacks": [{"field": field, "detail": sentence} for field, sentence in lacks],
        **own,
    }
    return Answer(values, version=lead.version, is_wider=True)


def fitting(lead: Referral, said: dict[str, Any]) -> dict[str, Any]:
    """What is said of a lead, cleaned by the form of the page; the rest as it is."""
    if State(lead.state) not in EDITABLE:
        return said  # the service says so
    if "programme" in said:
        said["programme"] = _programme(said["programme"])
    typed = {**initial_of(lead), **said}
    form = LeadForm({**typed, "programme": typed["programme"].pk}, lead=lead)
    must_fit(form)
    # of what the form no longer has, the service says that it can no longer be changed
    fixed = said.keys() - form.fields.keys()
    return {name: value for name, value in form.facts.items() if name in said} | {name: said[name] for name in fixed}


def _programme(code: str) -> Programme:
    programme: Programme = get_object_or_404(Programme.objects.outbound(), code=code)
    return programme


def _filtered(rows: ReferralQuerySet, query: Any, *, by: User) -> ReferralQuerySet:
    if words := query.get("q"):
        rows = rows.matching(words)
    if customer := query.get("customer"):
        rows = rows.filter(customer__public_id=customer)
    if holder := query.get("holder"):
        rows = rows.filter(state__in=[state for state, held in HOLDERS.items() if held == holder])
    if query["favourites"]:
        rows = rows.filter(pk__in=Favourite.objects.visible_to(by).values("referral"))
    return rows.filter(**{name: query[name] for name in ("direction", "state", "country") if name in query})


class Leads(ApiView):
    """All leads."""

    @operation("List leads", scope="referrals.read", query=LeadFilter, answer=LeadOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """In the order in which they were begun."""
        rows = _filtered(Referral.objects.visible_to(request.user), asked.query, by=request.user)
        page = cut("referrals", rows, COLUMNS, asked=asked.query)
        found = [dict(zip(NAMES, row[1:], strict=True)) for row in page.rows]
        items = [row | _of_state(row["state"]) for row in found]
        return Answer({"items": items, "next": next_address(request, page.after)})

    @operation("Begin a lead", scope="referrals.write", body=LeadBody, answer=WholeLeadOut, status=201, is_once=True)
    def post(self, request: Request, asked: Asked) -> Answer:
        """A draft that nobody else sees; `submit` sends it."""
        said = dict(asked.body)
        customers = Customer.objects.visible_to(request.user).current()
        customer = get_object_or_404(customers, public_id=said.pop("customer"))
        programme = _programme(said.pop("programme"))
        facts = fitting(Referral(customer=customer, programme=programme, currency="EUR"), said)
        lead = services.begin(customer, by=request.user, at=now(), programme=programme, facts=facts)
        answer = whole(request, lead.public_id)
        place = reverse("api:referral", args=[lead.public_id])
        return Answer(answer.data, version=answer.version, is_wider=True, headers={"Location": place})


class LeadDetail(ApiView):
    """One lead."""

    @operation("Read a lead", scope="referrals.read", answer=WholeLeadOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """With what can be done now, and what is missing."""
        return whole(request, public_id)

    @operation("Change a lead", scope="referrals.write", body=LeadPatch, answer=WholeLeadOut, must_match=True)
    def patch(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """412 with the present state when somebody else was faster."""
        lead = of_caller(request, public_id)
        with asked.resting_on(version_of(lead), current(request, public_id)):
            facts = fitting(lead, dict(asked.body))
            services.change(lead, by=request.user, at=now(), version=lead.version, facts=facts)
        return whole(request, public_id)

    @operation("Throw a draft away", scope="referrals.write", answer=None, status=204, must_match=True)
    def delete(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """What was ever submitted is withdrawn instead."""
        lead = of_caller(request, public_id)
        asked.must_match(version_of(lead), current(request, public_id))
        services.discard(lead, by=request.user)
        return Answer()
