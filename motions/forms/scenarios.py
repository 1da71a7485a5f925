"""The form of the portfolio map: limits to try out, from those in force."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.money import country_name
from motions.models import PolicyVersion, Rate
from motions.models.deals import MOST_SEATS
from motions.policy.kit import Comparator as PolicyComparator
from motions.policy.kit import Limits
from motions.sql.freshness import InForce
from motions.sql.scenario import Scenario
from motions.states import Aggregation, Comparator

_BLANKET = "all"  # the market of the version for every market without its own; '' would read as nothing chosen


class ScenarioForm(forms.Form):
    """Movable limits; what the address does not name is as the policy in force has it."""

    market = forms.ChoiceField(label=_("Market"))
    seats = forms.IntegerField(label=_("Seat limit"), min_value=1, max_value=MOST_SEATS, localize=True)
    azure = forms.DecimalField(
        label=_("Azure limit a year"), min_value=Decimal("0.01"), max_digits=15, decimal_places=2, localize=True
    )
    currency = forms.ChoiceField(label=_("Currency of the limit"))
    comparator = forms.ChoiceField(label=_("Exactly on the limit"), choices=Comparator.choices)
    aggregation = forms.ChoiceField(label=_("Several deals"), choices=Aggregation.choices)

    def __init__(self, data: Mapping[str, Any], *, current: InForce) -> None:
        self.current = current
        self.policy = _policy_of(data.get("market", ""), current)
        super().__init__({**as_it_stands(self.policy), **{name: data[name] for name in data}})
        self.fields["market"].choices = [  # type: ignore[attr-defined]
            (market or _BLANKET, country_name(market) if market else _("Every market without its own"))
            for market in sorted(current.policies)
        ]
        if len(current.policies) == 1:
            self.fields["market"].widget = self.fields["market"].hidden_widget()
        self.fields["currency"].choices = [(code, code) for code in self._currencies()]  # type: ignore[attr-defined]

    def _currencies(self) -> list[str]:
        """The policy's own, and those that have a rate."""
        rated = Rate.objects.filter(rate_set=self.current.rates).values_list("currency", flat=True)
        return sorted({self.policy.currency, *rated})

    @property
    def limits(self) -> Limits:
        """The cleaned limits."""
        cleaned = self.cleaned_data
        return Limits(cleaned["seats"], cleaned["azure"], PolicyComparator(cleaned["comparator"]))

    @property
    def scenario(self) -> Scenario:
        """The cleaned values as the statement takes them."""
        rates = self.current.rates
        cleaned = self.cleaned_data
        return Scenario(
            self.policy.rules, self.limits, cleaned["aggregation"], cleaned["currency"], rates.pk if rates else None
        )

    @property
    def changes(self) -> dict[str, Any]:
        """The cleaned limits as fields of a policy version."""
        cleaned = self.cleaned_data
        return {
            "seat_limit": cleaned["seats"],
            "azure_limit": cleaned["azure"],
            **{name: cleaned[name] for name in ("currency", "comparator", "aggregation")},
        }

    @property
    def is_moved(self) -> bool:
        """Whether anything differs from the policy in force."""
        return any(self.cleaned_data[name] != value for name, value in as_it_stands(self.policy).items())


def _policy_of(market: str, current: InForce) -> PolicyVersion:
    """The version of the market asked for; the first one where there is none."""
    wanted = "" if market == _BLANKET else market
    return current.policies.get(wanted) or next(iter(current.policies.values()))


def as_it_stands(policy: PolicyVersion) -> dict[str, Any]:
    """A policy version as values of the form."""
    return {
        "market": policy.market or _BLANKET,
        "seats": policy.seat_limit,
        "azure": policy.azure_limit,
        "currency": policy.currency,
        "comparator": policy.comparator,
        "aggregation": policy.aggregation,
    }
