"""What the room shows of the ledger: the history of a customer, two of its days compared, entries found by their hash."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from typing import Any

from django.db.models import Q
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from customers.models import Customer
from motions import wording
from motions.causes import Cause, Difference, Step, attribute, by_cause, differences
from motions.ledger import Verdict, answer_of, edition_of, is_document, verdict
from motions.models import Assessment, PolicyVersion
from motions.panels import Explained, deal_names, explained, lines_of
from motions.scoping import entries_of, with_freshness
from motions.sql.freshness import in_force
from motions.states import Motion
from partners.models import User

HISTORY_LENGTH = 20
FOUND_LENGTH = 10


@dataclass(frozen=True)
class Side:
    """One entry beside another: what was answered, why, and whether it still holds."""

    entry: Assessment
    label: str
    headline: str
    verdict: Verdict
    verdict_text: str
    explained: Explained | None
    lines: list[dict[str, Any]]

    @property
    def is_sound(self) -> bool:
        """Whether the entry is untouched and can be found again."""
        return self.verdict is Verdict.HOLDS


@dataclass(frozen=True)
class Told:
    """One cause in words: its differences, and what it did to the motion ('' where that cannot be found again)."""

    cause: str
    moves: bool
    effect: str
    changes: list[str]


class _Names:
    """Deals and policy versions by name, for differences."""

    def __init__(self, documents: list[dict[str, Any]], *, by: User) -> None:
        ids = {line["deal"] for document in documents for line in document["lines"]}
        self.deals = deal_names(ids, by=by)
        self.policies = {policy.pk: policy.title for policy in PolicyVersion.objects.all()}

    def text(self, difference: Difference, newer: dict[str, Any]) -> str:
        lines = (line["currency"] for line in newer["lines"] if line["deal"] == difference.deal_id)
        return wording.difference_text(
            difference,
            deal_name=self.deals.get(difference.deal_id or 0) or _("removed deal"),
            policy_names=self.policies,
            currency=next(lines, ""),
        )


def history(customer: Customer, *, by: User, on: date) -> dict[str, Any]:
    """The history panel: the newest answers, each with what changed since the one before."""
    entries = list(entries_of(by).filter(customer=customer)[: HISTORY_LENGTH + 1])
    found = [verdict(entry) for entry in entries]
    told = {entry.pk for entry, one in zip(entries, found, strict=True) if _can_be_told(entry, one)}
    names = _Names([entry.facts for entry in entries if entry.pk in told], by=by)
    steps = [
        {
            "entry": entry,
            "fingerprint": bytes(entry.hash).hex()[:12],
            "label": Motion(entry.motion).label,
            "doubt": "" if mine is Verdict.HOLDS else wording.verdict_text(mine, edition=edition_of(entry)),
            "is_altered": mine is Verdict.ALTERED,
            "has_moved": older is not None and older.motion != entry.motion,
            "is_first": older is None,
            "changes": _changes(older, entry, names) if older and {older.pk, entry.pk} <= told else [],
        }
        for entry, older, mine in zip_longest(entries, entries[1:], found)
    ]
    return {"customer": customer, "steps": steps[:HISTORY_LENGTH], "has_more": len(steps) > HISTORY_LENGTH}


def _can_be_told(entry: Assessment, found: Verdict) -> bool:
    """What was altered tells nothing; a document of another release may be of another shape."""
    return found is not Verdict.ALTERED and is_document(entry.facts)


def _changes(older: Assessment, newer: Assessment, names: _Names) -> list[str]:
    return [names.text(difference, newer.facts) for difference in differences(older.facts, newer.facts)]


def _end_of(day: date) -> datetime:
    """The moment at which a day of the portal's time zone is over."""
    return make_aware(datetime.combine(day + timedelta(days=1), time.min))


def comparison(
    customer: Customer, *, by: User, since: date, until: date, on: date, number: int | None = None
) -> dict[str, Any]:
    """What stood at the end of two days, side by side, and every difference under its cause.

    `number` names another answer of the earlier day. `first` is the oldest entry, where nothing stood yet on that day.
    """
    entries = entries_of(by).filter(customer=customer)
    stood = entries.filter(at__lt=_end_of(since))
    older = (stood.filter(Q(number=number)).first() if number else None) or stood.first()
    newer = entries.filter(at__lt=_end_of(until)).first() if older else None
    found: dict[str, Any] = {"customer": customer, "since": since, "until": until, "is_today": until == on}
    if older is None or newer is None:
        return {**found, "first": entries.last()}
    names = _Names([entry.facts for entry in (older, newer) if _can_be_told(entry, verdict(entry))], by=by)
    fresh = with_freshness(Customer.objects.visible_to(by), in_force(on)).get(pk=customer.pk)
    return {
        **found,
        "is_fresh": vars(fresh)["is_fresh"],
        "is_same": older.pk == newer.pk,
        "has_moved": older.motion != newer.motion,
        "older": (before := _side(older, names)),
        "newer": (after := _side(newer, names)),
        "causes": [] if older.pk == newer.pk else _causes(before, after, names),
    }


def _side(entry: Assessment, names: _Names) -> Side:
    found, answer = verdict(entry), answer_of(entry)
    return Side(
        entry=entry,
        label=str(Motion(entry.motion).label),
        headline=wording.headline(entry.motion),
        verdict=found,
        verdict_text=wording.verdict_text(found, edition=edition_of(entry)),
        explained=explained(answer) if answer else None,
        lines=lines_of(answer, names=names.deals) if answer else [],
    )


def _causes(older: Side, newer: Side, names: _Names) -> list[Told]:
    """The differences by cause. An altered entry explains nothing; one of a gone edition shows what differs, no more."""
    if not all(_can_be_told(side.entry, side.verdict) for side in (older, newer)):
        return []
    before, after = older.entry.facts, newer.entry.facts
    found = by_cause(before, after)
    one, other = answer_of(older.entry), answer_of(newer.entry)
    if one is None or other is None:
        return [_told(cause, found[cause], None, after, names) for cause in Cause if found[cause]]
    return [_told(step.cause, step.differences, step, after, names) for step in attribute(one, other, found)]


def _told(cause: Cause, found: tuple[Difference, ...], step: Step | None, newer: dict[str, Any], names: _Names) -> Told:
    effect = wording.step_text(step) if step else ""
    changes = [names.text(difference, newer) for difference in found]
    return Told(wording.cause_text(cause), step.moves if step else False, effect, changes)


def by_hash(digest: bytes, *, by: User) -> list[dict[str, Any]]:
    """The newest entries with a hash that a person may see. The same facts judged twice have the same hash."""
    return [
        {
            "entry": entry,
            "label": Motion(entry.motion).label,
            "verdict": (found := verdict(entry)).value,
            "sentence": wording.verdict_text(found, edition=edition_of(entry)),
        }
        for entry in entries_of(by).filter(hash=digest)[:FOUND_LENGTH]
    ]
