"""Policy versions, exchange rates and what-if in the API: what answers rest on, and any facts tried out."""

from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from common.money import countries
from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, operation
from common.rest.inputs import Paged, Shape, Whole, YesNo
from common.rest.problems import Problem
from motions import panels
from motions.api.reasons import reasons_of
from motions.models import PolicyVersion, RateSet
from motions.models.deals import MOST_SEATS
from motions.policy.kit import Facts
from motions.sql.freshness import in_force
from motions.states import Aggregation, Comparator, Need, PolicyState
from partners.access import ApiView

MOST_CASES = 1000


class PolicyOut(serializers.Serializer):  # type: ignore[misc]
    """A published version of the policy."""

    code = serializers.CharField()
    title = serializers.CharField()
    market = serializers.CharField(allow_blank=True, help_text="Empty: every market without its own.")
    state = serializers.ChoiceField(choices=PolicyState.values)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, help_text="exclusive")
    edition = serializers.IntegerField()
    seat_limit = serializers.IntegerField()
    azure_limit = serializers.CharField()
    currency = serializers.CharField()
    comparator = serializers.ChoiceField(choices=Comparator.values)
    aggregation = serializers.ChoiceField(choices=Aggregation.values)
    near_share = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)
    announcements = serializers.ListField(child=serializers.DictField())


_AS_THEY_ARE = (
    "code", "title", "market", "valid_from", "valid_to", "edition", "seat_limit", "azure_limit", "currency", "comparator",
    "aggregation", "near_share", "note",
)  # fmt: skip


def _shown(policy: PolicyVersion) -> dict[str, Any]:
    announced = [
        {"date": one.date, "state": one.state, "effective": one.effective, "text": one.text, "source": one.source_url}
        for one in policy.announcements.all()
    ]
    values = {name: getattr(policy, name) for name in _AS_THEY_ARE}
    state = policy.state_on(localdate()).value
    return {**values, "state": state, "source": policy.source_url, "announcements": announced}


def _published() -> Any:
    return PolicyVersion.objects.filter(published_at__isnull=False).prefetch_related("announcements")


class Policies(ApiView):
    """All published versions."""

    @operation("List policy versions", scope="guidance.read", query=Paged, answer=PolicyOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """From the first one."""
        page = cut("policies", _published(), ("code",), asked=asked.query)
        found = {policy.pk: policy for policy in _published().filter(pk__in=[row[0] for row in page.rows])}
        items = [_shown(found[row[0]]) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})


class PolicyDetail(ApiView):
    """One version."""

    @operation("Read a policy version", scope="guidance.read", answer=PolicyOut)
    def get(self, request: Request, asked: Asked, code: str) -> Answer:
        """By its code."""
        return Answer(_shown(get_object_or_404(_published(), code=code)))


class RateDayOut(serializers.Serializer):  # type: ignore[misc]
    """A day of exchange rates."""

    date = serializers.DateField()
    source = serializers.CharField()


class RatesOut(RateDayOut):
    """The euro reference rates of a day."""

    base = serializers.CharField()
    rates = serializers.DictField(child=serializers.CharField(), help_text="How much of a currency one euro bought.")


class Rates(ApiView):
    """Days with exchange rates."""

    @operation("List days of rates", scope="guidance.read", query=Paged, answer=RateDayOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """The newest first."""
        page = cut("rates", RateSet.objects.all(), ("source",), asked=asked.query, by="date", is_falling=True)
        items = [{"date": day, "source": source} for day, source in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})


class RateDay(ApiView):
    """The rates of one day."""

    @operation("Read the rates of a day", scope="guidance.read", answer=RatesOut)
    def get(self, request: Request, asked: Asked, day: str) -> Answer:
        """404 for a day without rates, a Sunday for example."""
        try:
            found = get_object_or_404(RateSet, date=date.fromisoformat(day))
        except ValueError as error:
            raise Http404 from error
        rates = {rate.currency: f"{rate.per_euro:f}" for rate in found.rates.order_by("currency")}
        return Answer({"date": found.date, "source": found.source, "base": "EUR", "rates": rates})


class Case(Shape):
    """Facts to try out; what is left out is not known."""

    seats = Whole(min_value=0, max_value=MOST_SEATS, allow_null=True, required=False)
    azure = serializers.DecimalField(max_digits=15, decimal_places=2, min_value=0, allow_null=True, required=False)
    needs = serializers.ListField(
        child=serializers.ChoiceField(choices=Need.values), allow_null=True, required=False, max_length=len(Need.values)
    )
    prefers_self_service = YesNo(allow_null=True, required=False)


class WhatIfBody(Shape):
    """Cases, and under what to judge them."""

    policy = serializers.CharField(required=False, max_length=40, help_text="A code; the one in force when left out.")
    country = serializers.ChoiceField(choices=sorted(countries()), required=False, help_text="Else the partner's own.")
    cases = Case(many=True, allow_empty=False, max_length=MOST_CASES)


class WhatIfOut(serializers.Serializer):  # type: ignore[misc]
    """The answers, in the order of the cases."""

    policy = serializers.CharField()
    currency = serializers.CharField(help_text="Of `azure` and of every amount in the answers.")
    answers = serializers.ListField(child=serializers.DictField())


class WhatIf(ApiView):
    """Any facts, tried out; nothing is written."""

    @operation("Try facts out", scope="guidance.read", body=WhatIfBody, answer=WhatIfOut)
    def post(self, request: Request, asked: Asked) -> Answer:
        """Up to 1,000 cases in one call, without a key: asking twice changes nothing."""
        policy = _policy_of(request, asked.body)
        edition, limits, currency = policy.rules, policy.limits, policy.currency
        answers = [reasons_of(edition, _facts(case), limits, currency) for case in asked.body["cases"]]
        return Answer({"policy": policy.code, "currency": currency, "answers": answers})


def _policy_of(request: Request, body: dict[str, Any]) -> PolicyVersion:
    policy: PolicyVersion | None
    if code := body.get("policy"):
        policy = _published().filter(code=code).first()
        if policy is None:
            detail = _("There is no published version with this code.")
            raise Problem("invalid", errors=[{"field": "policy", "code": "unknown", "detail": detail}])
    else:
        policy = in_force(localdate()).policy_of(body.get("country") or request.user.partner.country)
    if policy is None:
        raise Problem("conflict", _("No version of the policy is in force there today."))
    if doubt := panels.doubt_of(policy):
        raise Problem("conflict", doubt)
    return policy


def _facts(case: dict[str, Any]) -> Facts:
    needs = case.get("needs")
    return Facts(
        seats=case.get("seats"),
        azure=case.get("azure"),
        needs=None if needs is None else frozenset(needs),
        prefers_self_service=case.get("prefers_self_service"),
    )
