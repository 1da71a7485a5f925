"""Previews of a version: whom it would move, what that differs by from an earlier one, and which one counts."""

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

from django.utils.timezone import localdate

from motions.models import PolicyVersion, Preview
from motions.sql.freshness import in_force
from motions.sql.outlook import Move, moves
from partners.models import User

WITH_CUSTOMERS = 200  # groups whose largest customers are kept as well
Group: TypeAlias = tuple[str, str, int, str, str]  # motion before, after, partner, country, size band


def take_preview(policy: PolicyVersion, *, by: User | None, at: datetime, is_kept: bool = True) -> Preview:
    """Whom a version would move if it came into force now; a row of its own if it `is_kept`."""
    current = in_force(localdate(at))
    document = {
        "rates": current.rates.date.isoformat() if current.rates else None,
        "currency": policy.currency,
        **_told(moves(policy, current)),
    }
    made = Preview(policy=policy, revision=policy.revision, at=at, by_name=str(by or ""), document=document)
    if is_kept:
        made.save(force_insert=True)
    return made


def current_preview(policy: PolicyVersion) -> Preview | None:
    """The newest preview of what the version says now; None when it was changed since, or never previewed."""
    return policy.previews.filter(revision=policy.revision).last()


def _told(found: list[Move]) -> dict[str, Any]:
    """The moves as a document: how many and how much in all, by each property, and group by group."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("by_motion", "by_country", "by_partner", "by_band")}
    values: dict[str, Decimal] = {}
    for move in found:
        pair = f"{move.before} {move.after}"
        counts["by_motion"][pair] += move.count
        counts["by_country"][move.country] += move.count
        counts["by_partner"][str(move.partner_id)] += move.count
        counts["by_band"][move.band] += move.count
        values[pair] = values.get(pair, Decimal(0)) + move.value
    return {
        "moved": sum(move.count for move in found),
        "value": str(sum(values.values(), Decimal(0))),
        **{name: dict(counter.most_common()) for name, counter in counts.items()},
        "value_by_motion": {pair: str(value) for pair, value in values.items()},
        "groups": [
            {**asdict(move), "value": str(move.value), "customers": move.customers if place < WITH_CUSTOMERS else []}
            for place, move in enumerate(found)
        ],
    }


@dataclass(frozen=True)
class Change:
    """One group of customers in an earlier and a later preview: how many, and how much a year."""

    group: Group
    count: int
    later_count: int
    value: Decimal
    later_value: Decimal


def difference(former: Preview, newer: Preview) -> list[Change]:
    """The groups in which two previews differ, in number, value or members; the largest differences first."""
    before, after = _groups(former), _groups(newer)
    changes = [
        Change(
            group,
            before.get(group, _NOBODY)["count"],
            after.get(group, _NOBODY)["count"],
            Decimal(before.get(group, _NOBODY)["value"]),
            Decimal(after.get(group, _NOBODY)["value"]),
        )
        for group in before.keys() | after.keys()
        if before.get(group) != after.get(group)
    ]
    return sorted(changes, key=lambda one: (-abs(one.later_count - one.count), one.group))


_NOBODY: dict[str, Any] = {"count": 0, "value": "0"}


def _groups(preview: Preview) -> dict[Group, dict[str, Any]]:
    return {
        (one["before"], one["after"], one["partner_id"], one["country"], one.get("band", "")): {
            "count": one["count"],
            "value": one["value"],
            "who": one.get("who", ""),
        }
        for one in preview.document["groups"]
    }


def token_of(preview: Preview) -> str:
    """What stands for the content of a preview, so that somebody can say which one they have seen."""
    text = json.dumps(preview.document["groups"], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
