"""What the room shows of the time ahead: the forecast beside the agreement's end, alerts, and how well it all does."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Customer
from motions.alerts.runs import EA_MONTHS, LEAST_HISTORIES
from motions.alerts.wording import alert_text, forecast_text, trend_text
from motions.current import rates_into
from motions.forecasting import Outlook, forecast, months_after
from motions.forms.outlook import EaEndForm, initial_of_contract
from motions.models import Alert, Backtest, Contract, Deal, DealEvent, PolicyVersion
from motions.policy.kit import MEASURES, Measure
from motions.series import Series, rows_of, series_of
from motions.sql.freshness import in_force
from motions.states import AlertKind, Kind
from motions.wording import size_text
from partners.models import User
from partners.roles import Role

HOME_ALERTS = 5
_KINDS = {
    Outlook.LIKELY: "warn",
    Outlook.POSSIBLE: "info",
    Outlook.OVERDUE: "warn",
    Outlook.NOT_WITHIN: "good",
    Outlook.AWAY: "good",
}
ICONS = {
    AlertKind.NEAR: "gauge",
    AlertKind.ABOVE: "trending-up",
    AlertKind.BELOW: "trending-down",
    AlertKind.POLICY: "megaphone",
    AlertKind.LEAD: "clock",
    AlertKind.EA_END: "calendar-clock",
}


@dataclass(frozen=True)
class Outline:
    """One measure's forecast in words; `no_rate` names what could not be converted."""

    title: str
    kind: str
    sentence: str
    trend: str
    newest: str
    newest_date: date | None
    no_rate: str


def ahead(customer: Customer, *, by: User, on: date) -> dict[str, Any]:
    """The forecast panel: each measure's way to its limit, and beside it when the agreement ends."""
    contracts = list(Contract.objects.visible_to(by).filter(customer=customer).order_by("-id")[:5])
    newest = contracts[0] if contracts else None
    current = in_force(on)
    policy = current.policy_of(customer.country)
    outlines = []
    if policy:
        rates = rates_into(policy.currency, current.rates)
        events, deals = rows_of(
            DealEvent.objects.visible_to(by).filter(customer=customer),
            Deal.objects.visible_to(by).filter(customer=customer),
        )
        for measure in MEASURES:
            series = series_of(measure, events=events, deals=deals, policy=policy, rates=rates)
            outlines.append(_outline(measure, series, policy, on=on))
    return {
        "customer": customer,
        "outlines": outlines,
        "contract": newest if newest and newest.ea_end_date else None,
        "ends_soon": _ends_soon(newest, on),
        "has_ended": bool(newest and newest.ea_end_date and newest.ea_end_date < on),
        "earlier": contracts[1:],
        "form": EaEndForm(initial=initial_of_contract(newest)),
        "may_write": by.is_of_partner,
    }


def _ends_soon(contract: Contract | None, on: date) -> bool:
    end = contract.ea_end_date if contract else None
    return end is not None and on <= end <= months_after(on, EA_MONTHS)


def _outline(measure: Measure, series: Series, policy: PolicyVersion, *, on: date) -> Outline:
    limit = policy.limits.of(measure)
    found = forecast(series.points, limit=limit, comparator=policy.limits.comparator, on=on)
    newest = found.newest
    return Outline(
        title=str(Kind(measure).label),
        kind=_KINDS.get(found.outlook, "unknown"),
        sentence=forecast_text(found, limit=size_text(measure, limit, policy.currency)),
        trend=trend_text(found.trend, measure=measure, currency=policy.currency) if found.trend else "",
        newest=size_text(measure, newest.size, policy.currency) if newest else "",
        newest_date=newest.on if newest else None,
        no_rate=_no_rate(series),
    )


def _no_rate(series: Series) -> str:
    if not series.no_rate:
        return ""
    text = _("Sizes in %(currencies)s are unknown, because there is no exchange rate for them.")
    return text % {"currencies": ", ".join(sorted(series.no_rate))}


def told(alerts: list[Alert]) -> list[dict[str, Any]]:
    """Alerts with their sentences, their customers at hand already."""
    names = {}
    if any(alert.kind == AlertKind.POLICY for alert in alerts):
        names = {policy.pk: policy.title for policy in PolicyVersion.objects.all()}
    return [
        {
            "alert": alert,
            "text": alert_text(alert.kind, alert.params, policy_names=names),
            "icon": ICONS[AlertKind(alert.kind)],
            "is_information": alert.kind == AlertKind.EA_END,
        }
        for alert in alerts
    ]


def newest_alerts(*, by: User) -> dict[str, Any]:
    """The alerts for the first page, and how many nobody has seen."""
    alerts = Alert.objects.visible_to(by).filter(customer__archived_at__isnull=True)
    newest = alerts.select_related("customer").order_by("-made_at", "-id")[:HOME_ALERTS]
    return {"rows": told(list(newest)), "unseen": alerts.filter(seen_at__isnull=True).count()}


def quality(*, by: User) -> list[dict[str, Any]]:
    """How well the forecast would have done, for those who answer for the policy; [] for everybody else."""
    if by.role not in (Role.POLICY_OWNER, Role.ADMINISTRATOR):
        return []
    newest = Backtest.objects.order_by("measure", "-id").distinct("measure")
    return [
        {"figure": figure, "title": str(Kind(figure.measure).label), "least": LEAST_HISTORIES}
        for figure in sorted(newest, key=lambda one: MEASURES.index(one.measure))
    ]
