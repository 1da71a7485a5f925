"""A stored preview as tables: who moves from where to where, by partner, country and size; and what changed since."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from common.money import country_name
from customers.models import Customer
from motions.models import Preview
from motions.services.previews import Change, difference
from motions.states import Motion, SizeBand
from partners.models import Partner, User

MOST_GROUPS = 100
MOST_NAMES = 200


@dataclass
class Sum:
    """One line of a table: whom it counts, how many customers, how much a year."""

    label: str
    count: int
    value: Decimal


def told(preview: Preview, *, by: User) -> dict[str, Any]:
    """A preview as the page shows it; customers by name only for whom names are meant (ADR 8)."""
    groups = preview.document["groups"]
    partners = _partners(groups, by=by)
    return {
        "preview": preview,
        "currency": preview.document.get("currency", preview.policy.currency),
        "moved": preview.document["moved"],
        "value": Decimal(preview.document["value"]),
        "paths": _paths(groups),
        "by_partner": _summed(groups, lambda one: partners.get(one["partner_id"], "–")),
        "by_country": _summed(groups, lambda one: country_name(one["country"])),
        "by_band": _summed(groups, lambda one: str(SizeBand(one.get("band", SizeBand.UNKNOWN)).label), by_size=True),
        "customers": _customers(groups, by=by),
    }


def _partners(groups: Iterable[dict[str, Any]], *, by: User) -> dict[int, str]:
    wanted = {one["partner_id"] for one in groups}
    return dict(Partner.objects.visible_to(by).filter(pk__in=wanted).values_list("pk", "name"))


def _paths(groups: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    sums: dict[tuple[str, str], list[Any]] = defaultdict(lambda: [0, Decimal(0)])
    for one in groups:
        held = sums[one["before"], one["after"]]
        held[0] += one["count"]
        held[1] += Decimal(one["value"])
    ranked = sorted(sums.items(), key=lambda pair: -pair[1][0])
    return [
        {"before": Motion(before), "after": Motion(after), "count": count, "value": value}
        for (before, after), (count, value) in ranked
    ]


def _summed(
    groups: Iterable[dict[str, Any]], name: Callable[[dict[str, Any]], str], *, by_size: bool = False
) -> list[Sum]:
    """Groups put together under a name; the largest first, or the bands of sizes in their order."""
    sums: dict[str, Sum] = {str(band.label): Sum(str(band.label), 0, Decimal(0)) for band in SizeBand if by_size}
    for one in groups:
        held = sums.setdefault(name(one), Sum(name(one), 0, Decimal(0)))
        held.count += one["count"]
        held.value += Decimal(one["value"])
    found = [one for one in sums.values() if one.count]
    return found if by_size else sorted(found, key=lambda one: (-one.count, one.label))


def _customers(groups: Iterable[dict[str, Any]], *, by: User) -> list[dict[str, Any]]:
    """The largest customers of each group, as far as the person may see them."""
    moves = {pk: one for one in groups for pk in one["customers"]}
    seen = (
        Customer.objects.visible_to(by).filter(pk__in=list(moves)).select_related("partner").order_by("sort_name", "pk")
    )
    return [
        {"customer": one, "before": Motion(moves[one.pk]["before"]), "after": Motion(moves[one.pk]["after"])}
        for one in seen[:MOST_NAMES]
    ]


def differing(former: Preview | None, newer: Preview, *, by: User) -> list[dict[str, Any]]:
    """What changed from one preview to a newer one, group by group."""
    changes = difference(former, newer) if former else []
    partners = _partners([{"partner_id": one.group[2]} for one in changes], by=by)
    return [_change(one, partners) for one in changes[:MOST_GROUPS]]


def _change(one: Change, partners: dict[int, str]) -> dict[str, Any]:
    before, after, partner_id, country, band = one.group
    return {
        "before": Motion(before),
        "after": Motion(after),
        "partner": partners.get(partner_id, "–"),
        "country": country,
        "band": SizeBand(band or SizeBand.UNKNOWN).label,
        "change": one,
    }
