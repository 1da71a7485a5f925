"""Alerts and forecasts in words, from codes and figures."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.figures import amount, day, month, percent
from motions.forecasting import HORIZON_MONTHS, LEAST_DAYS, LEAST_SIZES, Forecast, Outlook, Trend
from motions.policy.kit import Measure
from motions.states import AlertKind, Motion
from motions.wording import size_text

Params = dict[str, Any]


def alert_text(kind: str, params: Params, *, policy_names: dict[int, str]) -> str:
    """One alert as its reader sees it; `policy_names` by id, in the reader's language."""
    if kind == AlertKind.POLICY:
        values = {
            "policy": policy_names.get(params["policy"], str(params["policy"])),
            "before": str(Motion(params["before"]).label),
            "motion": str(Motion(params["motion"]).label),
        }
        return _("The policy “%(policy)s” moved the guidance from %(before)s to %(motion)s.") % values
    if kind == AlertKind.EA_END:
        text = _(
            "The Enterprise Agreement ends on %(day)s, and the guidance lies below the limits: CSP comes into question."
        )
        return text % {"day": day(date.fromisoformat(params["end"]))}
    return _OF_SIZES[AlertKind(kind)](params)


def _sizes(params: Params) -> dict[str, str]:
    measure, currency = params["measure"], params["currency"]
    size, limit = Decimal(params["size"]), Decimal(params["limit"])
    return {
        "size": size_text(measure, size, currency),
        "before": size_text(measure, Decimal(params["before"]), currency),
        "limit": size_text(measure, limit, currency),
        "share": percent(size / limit),
    }


def _near(params: Params) -> str:
    return _("%(size)s: that is %(share)s of the limit of %(limit)s.") % _sizes(params)


def _above(params: Params) -> str:
    return _("%(size)s, before %(before)s: the limit of %(limit)s has been reached.") % _sizes(params)


def _below(params: Params) -> str:
    return _("%(size)s, before %(before)s: below the limit of %(limit)s again.") % _sizes(params)


def _lead(params: Params) -> str:
    limit = size_text(params["measure"], Decimal(params["limit"]), params["currency"])
    earliest, latest = (date.fromisoformat(params[name]) for name in ("earliest", "latest"))
    return _likely(limit, earliest, latest, falls=params["way"] == "down")


_OF_SIZES: dict[AlertKind, Callable[[Params], str]] = {
    AlertKind.NEAR: _near,
    AlertKind.ABOVE: _above,
    AlertKind.BELOW: _below,
    AlertKind.LEAD: _lead,
}


def _likely(limit: str, earliest: date, latest: date, *, falls: bool) -> str:
    values = {"limit": limit, "earliest": month(earliest), "latest": month(latest)}
    if values["earliest"] == values["latest"]:
        if falls:
            return _("Likely falls below the limit of %(limit)s in %(earliest)s.") % values
        return _("Likely crosses the limit of %(limit)s in %(earliest)s.") % values
    if falls:
        return _("Likely falls below the limit of %(limit)s between %(earliest)s and %(latest)s.") % values
    return _("Likely crosses the limit of %(limit)s between %(earliest)s and %(latest)s.") % values


def forecast_text(found: Forecast, *, limit: str) -> str:
    """What a forecast says, in one sentence; `limit` as it is shown."""
    falls = found.is_reached
    if found.outlook is Outlook.TOO_FEW:
        return _too_few(found.count)
    if found.outlook is Outlook.TOO_SHORT:
        values = {"days": found.days, "least": LEAST_DAYS}
        return _("Too little data: the dated sizes cover %(days)s of at least %(least)s days.") % values
    if found.outlook is Outlook.LIKELY and found.earliest and found.latest:
        return _likely(limit, found.earliest, found.latest, falls=falls)
    if found.outlook is Outlook.POSSIBLE and found.earliest:
        return _possible(limit, found.earliest, falls=falls)
    if found.outlook is Outlook.OVERDUE and found.latest:
        return _overdue(limit, found.latest, falls=falls)
    return _stays(found.outlook, limit, falls=falls)


def _too_few(count: int) -> str:
    text = ngettext(
        "Too little data: %(count)s of at least %(least)s dated sizes.",
        "Too little data: %(count)s of at least %(least)s dated sizes.",
        count,
    )
    return text % {"count": count, "least": LEAST_SIZES}


def _possible(limit: str, earliest: date, *, falls: bool) -> str:
    values = {"limit": limit, "earliest": month(earliest)}
    if falls:
        return _("May fall below the limit of %(limit)s from %(earliest)s on, with no end in sight.") % values
    return _("May cross the limit of %(limit)s from %(earliest)s on, with no end in sight.") % values


def _overdue(limit: str, latest: date, *, falls: bool) -> str:
    values = {"limit": limit, "latest": month(latest)}
    if falls:
        return (
            _("By its trend it has fallen below the limit of %(limit)s by %(latest)s. A newer size would tell.")
            % values
        )
    return _("By its trend it has crossed the limit of %(limit)s by %(latest)s. A newer size would tell.") % values


def _stays(outlook: Outlook, limit: str, *, falls: bool) -> str:
    values = {"limit": limit, "years": HORIZON_MONTHS // 12}
    if outlook is Outlook.AWAY:
        if falls:
            return _("Above the limit of %(limit)s and moving away from it.") % values
        return _("Below the limit of %(limit)s and moving away from it.") % values
    if falls:
        return _("Not likely to fall below the limit of %(limit)s within two years.") % values
    return _("Not likely to cross the limit of %(limit)s within two years.") % values


def trend_text(trend: Trend, *, measure: Measure, currency: str) -> str:
    """The slope with its interval; an interval that holds zero is said to."""
    slope, low, high = (_change(value, measure, currency) for value in (trend.slope, trend.low, trend.high))
    if trend.low == trend.high == 0:
        return _("The size has not changed.")
    values = {"slope": slope, "low": low, "high": high}
    if trend.is_unclear:
        text = _("Change a year: %(slope)s (90%% interval: %(low)s to %(high)s). The sizes also fit no change at all.")
        return text % values
    return _("Change a year: %(slope)s (90%% interval: %(low)s to %(high)s).") % values


def _change(value: float, measure: Measure, currency: str) -> str:
    size = Decimal(round(abs(value)))
    text = size_text(measure, size, currency) if measure == "seats" else amount(size, currency)
    return f"{'−' if value < 0 else '+'}{text}"
