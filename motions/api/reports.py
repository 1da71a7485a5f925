"""Figures over many customers in the API: the choice report, and the portfolio map with limits tried out."""

from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from common.money import currencies
from common.refusals import Refused
from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, operation
from common.rest.fitting import must_be_parameters
from common.rest.inputs import Paged, Single
from common.rest.json import plain
from customers.models import Customer
from motions.forms.scenarios import ScenarioForm
from motions.models.deals import MOST_SEATS
from motions.reports import choices, maps
from motions.reports.choices import Line
from motions.sql.freshness import in_force
from motions.sql.scenario import Cell, answers, moving
from motions.states import Aggregation, Comparator, Motion, Reason
from partners.access import ApiView

CSV = "text/csv; charset=utf-8"
_LIMITS = ("market", "seats", "azure", "currency", "comparator", "aggregation")


class ChoiceSum(serializers.Serializer):  # type: ignore[misc]
    """Customers that decided, and how many of them otherwise than the guidance said that day, and says now."""

    customers = serializers.IntegerField()
    departed = serializers.IntegerField()
    departs = serializers.IntegerField()


class ChoicesOfPolicy(ChoiceSum):
    """Under one policy version."""

    policy = serializers.CharField(allow_blank=True, help_text="Its code; empty before any answer.")


class ChoicesForReason(ChoiceSum):
    """For one reason."""

    reason = serializers.ChoiceField(choices=Reason.values)


class ChoicePath(serializers.Serializer):  # type: ignore[misc]
    """From which guidance to which choice."""

    guided = serializers.ChoiceField(choices=Motion.values)
    chosen = serializers.ChoiceField(choices=Motion.values)
    customers = serializers.IntegerField()


class ChoiceReportOut(serializers.Serializer):  # type: ignore[misc]
    """How often and why customers decide otherwise than the guidance says (S3)."""

    total = ChoiceSum()
    by_policy = ChoicesOfPolicy(many=True)
    by_reason = ChoicesForReason(many=True)
    paths = ChoicePath(many=True)


class Limits(Single):
    """Limits to try out; what is left out is as in the policy in force."""

    market = serializers.CharField(
        required=False, max_length=3, help_text="A country with a version of its own, or all."
    )
    seats = serializers.IntegerField(required=False, min_value=1, max_value=MOST_SEATS)
    azure = serializers.DecimalField(required=False, max_digits=15, decimal_places=2, min_value=0)
    currency = serializers.ChoiceField(choices=sorted(currencies()), required=False)
    comparator = serializers.ChoiceField(choices=Comparator.values, required=False)
    aggregation = serializers.ChoiceField(choices=Aggregation.values, required=False)


class MoversFilter(Paged, Limits):
    """The same, and which page."""


class LimitsOut(serializers.Serializer):  # type: ignore[misc]
    """The limits that were tried out."""

    market = serializers.CharField()
    seats = serializers.IntegerField()
    azure = serializers.CharField()
    currency = serializers.CharField()
    comparator = serializers.ChoiceField(choices=Comparator.values)
    aggregation = serializers.ChoiceField(choices=Aggregation.values)


class MotionSum(serializers.Serializer):  # type: ignore[misc]
    """One motion now, and under the limits tried out (`later`); `azure` is consumption a year."""

    motion = serializers.ChoiceField(choices=Motion.values)
    customers = serializers.IntegerField()
    customers_later = serializers.IntegerField()
    azure = serializers.CharField()
    azure_later = serializers.CharField()
    becomes = serializers.DictField(child=serializers.IntegerField(), help_text="Its customers by the later motion.")


class CellOut(serializers.Serializer):  # type: ignore[misc]
    """Customers of about one size, in steps of a fifth of a decade from the limit; null: none of it, or not known."""

    seats_step = serializers.IntegerField(allow_null=True)
    azure_step = serializers.IntegerField(allow_null=True)
    customers = serializers.IntegerField()
    moved = serializers.IntegerField()
    motion = serializers.ChoiceField(choices=Motion.values, help_text="Of most of them, under the limits tried out.")


class MapOut(serializers.Serializer):  # type: ignore[misc]
    """The portfolio under limits tried out; nothing is written."""

    policy = serializers.CharField(help_text="The version in force that it is compared with.")
    limits = LimitsOut()
    is_moved = serializers.BooleanField(help_text="Whether the limits differ from those in force.")
    customers = serializers.IntegerField()
    moved = serializers.IntegerField()
    stale = serializers.IntegerField(help_text="Customers whose answer is not current.")
    motions = MotionSum(many=True)
    cells = CellOut(many=True)


class MoverOut(serializers.Serializer):  # type: ignore[misc]
    """A customer that another motion would fit."""

    customer = serializers.UUIDField()
    name = serializers.CharField()
    country = serializers.CharField()
    now = serializers.ChoiceField(choices=Motion.values)
    later = serializers.ChoiceField(choices=Motion.values)


def _sum(line: Line) -> dict[str, int]:
    return {"customers": line.customers, "departed": line.departed, "departs": line.departs}


class ChoiceReport(ApiView):
    """The choice report."""

    @operation("Read the choice report", scope="choices.read", answer=ChoiceReportOut)
    def get(self, request: Request, asked: Asked) -> Answer:
        """The newest choice of each customer counts."""
        found = choices.choice_report(by=request.user)
        told = {
            "total": _sum(found["total"]),
            "by_policy": [{"policy": line.code, **_sum(line)} for line in found["by_policy"]],
            "by_reason": [{"reason": line.code, **_sum(line)} for line in found["by_reason"]],
            "paths": found["paths"],
        }
        return Answer(told)


class ChoiceFile(ApiView):
    """The newest choices as a file."""

    @operation("Download the choices", scope="choices.read", answer=None, media=(CSV,))
    def get(self, request: Request, asked: Asked) -> HttpResponseBase:
        """One a line, beside the guidance of that day and of now."""
        answer = StreamingHttpResponse(choices.choice_file(by=request.user), content_type=CSV)
        answer["Content-Disposition"] = 'attachment; filename="choices.csv"'
        return answer


def _scenario(asked: Asked) -> ScenarioForm:
    """The limits that are asked for, checked as on the page."""
    current = in_force(localdate())
    if not current.policies:
        raise Refused(_("No policy version is in force today, so there is nothing to compare with."))
    form = ScenarioForm({name: asked.query[name] for name in _LIMITS if name in asked.query}, current=current)
    must_be_parameters(form)
    return form


class PortfolioMap(ApiView):
    """The portfolio map."""

    @operation("Try out limits", scope="guidance.read", query=Limits, answer=MapOut)
    def get(self, request: Request, asked: Asked) -> Answer:
        """What other limits would change in the portfolio."""
        form = _scenario(asked)
        found = maps.portfolio_map(form, by=request.user)
        kinds = [line.kind for line in found["lines"]]
        told = {
            "policy": form.policy.code,
            "limits": {**form.cleaned_data, "azure": plain(form.cleaned_data["azure"])},
            "customers": found["total"],
            **{name: found[name] for name in ("is_moved", "moved", "stale")},
            "motions": [_motion(line, kinds) for line in found["lines"]],
            "cells": [_cell(cell) for cell in found["cells"]],
        }
        return Answer(told)


def _motion(line: maps.MotionLine, kinds: list[str]) -> dict[str, Any]:
    return {
        "motion": line.kind,
        "customers": line.customers,
        "customers_later": line.customers_later,
        "azure": plain(line.azure),
        "azure_later": plain(line.azure_later),
        "becomes": dict(zip(kinds, line.to, strict=True)),
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {name: getattr(cell, name) for name in ("seats_step", "azure_step", "customers", "moved", "motion")}


class Movers(ApiView):
    """Who would move."""

    @operation("List who would move", scope="guidance.read", query=MoversFilter, answer=MoverOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """Customers that another motion would fit under the limits, in the order in which they were registered."""
        form = _scenario(asked)
        scenario = form.scenario
        seen = maps.counted(form, by=request.user) & Customer.objects.visible_to(request.user)
        page = cut("movers", moving(seen, scenario), ("public_id", "name", "country"), asked=asked.query)
        found = answers(seen.filter(pk__in=[row[0] for row in page.rows]), scenario)
        items = [
            {"customer": public_id, "name": name, "country": country, "now": found[pk][0], "later": found[pk][1]}
            for pk, public_id, name, country in page.rows
        ]
        return Answer({"items": items, "next": next_address(request, page.after)})
