"""What happened to a customer in all rooms, in one line of time: each room's rows become entries here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements import wording as agreement_wording
from agreements.models import AgreementEvent
from common.templatetags.figures import day, number
from customers.models import Customer, CustomerEvent, EventKind
from customers.wording import differences
from motions import wording
from motions.models import Assessment, Choice, DealEvent
from motions.states import Basis, Kind, Motion, Stage
from partners.models import User
from referrals import wording as lead_wording
from referrals.models import ReferralEvent

LENGTH = 20
MOST_AT_ONCE = 20  # rows of one room and one moment; a page is never cut between them


@dataclass(frozen=True)
class Entry:
    """One thing that happened: when, of which kind, who did it, and what was there before and after."""

    at: datetime
    kind: str
    title: str
    who: str = ""
    icon: str = "circle-dot"
    tone: str = "quiet"
    note: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)


Source = Callable[[Any], list[Entry]]
_ICONS = {
    EventKind.REGISTERED.value: "building",
    EventKind.CORRECTED.value: "pencil",
    EventKind.ARCHIVED.value: "archive",
    EventKind.RESTORED.value: "archive-restore",
    EventKind.TAGGED.value: "tag",
}


def _events(rows: Any) -> list[Entry]:
    """Of the customer, its contacts, tags and relationships."""
    return [
        Entry(
            at=event.at,
            kind="contacts" if "contact" in event.kind else "customer",
            title=capfirst(str(event.get_kind_display())),
            who=event.by_name,
            icon="user-round" if "contact" in event.kind else _ICONS.get(event.kind, "circle-dot"),
            note=event.changes.get("contact", ""),
            changes=differences(event.changes),
        )
        for event in rows
    ]


def _deals(rows: Any) -> list[Entry]:
    """Of the deals, with the dated history of their sizes."""
    return [
        Entry(
            at=event.at,
            kind="deals",
            title=str(event.get_kind_display()),
            who=event.by_name,
            icon="handshake",
            note=event.deal_name,
            changes=_deal_changes(event.changes),
        )
        for event in rows
    ]


def _deal_changes(changes: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    names = {
        "name": gettext("Name"),
        "kind": gettext("Kind"),
        "seats": gettext("Seats"),
        "amount": gettext("Annual consumption"),
        "currency": gettext("Currency"),
        "basis": gettext("Basis"),
        "needs": gettext("Contract needs"),
        "prefers_self_service": gettext("Prefers self-service"),
        "stage": gettext("Stage"),
        "expected_close_date": gettext("Expected close"),
        "size_date": gettext("Size as of"),
    }
    told = [
        (names[name], _deal_text(name, pair[0]), _deal_text(name, pair[1]))
        for name, pair in changes.items()
        if name in names
    ]
    return [(label, before, after) for label, before, after in told if before != after]


def _deal_text(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name == "needs":
        return wording.needs_text(value)
    if name == "prefers_self_service":
        return wording.asked_text(value)
    if name in ("seats", "amount"):
        return number(Decimal(value))
    if name.endswith("_date"):
        return day(date.fromisoformat(value))
    labels = {"kind": dict(Kind.choices), "basis": dict(Basis.choices), "stage": dict(Stage.choices)}.get(name, {})
    return str(labels.get(value, value))


def _guidance(rows: Any) -> list[Entry]:
    """Of the guidance: each answer, and whether it moved."""
    found = []
    for answer, older in zip_longest(rows, rows[1:]):
        label = str(Motion(answer.motion).label)
        moved = older is not None and older.motion != answer.motion
        before = str(Motion(older.motion).label) if moved else ""
        found.append(
            Entry(
                at=answer.at,
                kind="guidance",
                title=gettext("Guidance: %(motion)s") % {"motion": label},
                icon="signpost",
                tone="brand" if moved else "quiet",
                note=answer.policy.title,
                changes=[(gettext("Motion"), before, label)] if moved else [],
            )
        )
    return found


def _choices(rows: Any) -> list[Entry]:
    """Of the customer's own choice (S3)."""
    return [
        Entry(
            at=choice.at,
            kind="choices",
            title=gettext("The customer chooses %(motion)s") % {"motion": choice.get_motion_display()},
            who=choice.by_name,
            icon="circle-check",
            tone="brand",
            note=" · ".join(filter(None, (str(choice.get_reason_display()), choice.note))),
        )
        for choice in rows
    ]


def _agreements(rows: Any) -> list[Entry]:
    """Of the Microsoft Customer Agreement, with the state before and after."""
    return [
        Entry(
            at=event.at,
            kind="agreement",
            title=agreement_wording.event_title(event),
            who=event.by_name,
            icon="file-pen-line",
            note=agreement_wording.event_detail(event),
            changes=_moved(event.get_before_display(), event.get_after_display()),
        )
        for event in rows
    ]


def _leads(rows: Any) -> list[Entry]:
    """Of the leads about the customer; what is said about one stands on its own page."""
    return [
        Entry(
            at=event.at,
            kind="leads",
            title=str(event.get_kind_display()),
            who=event.by_name,
            icon="send",
            note=event.referral.name,
            changes=[
                *(_moved(event.get_from_state_display(), event.get_to_state_display()) if event.to_state else []),
                *lead_wording.changes_text(event.changes, hides_contact=True),
            ],
        )
        for event in rows
    ]


def _moved(before: Any, after: Any) -> list[tuple[str, str, str]]:
    return [] if before == after else [(gettext("State"), str(before), str(after))]


# one line for each room's rows: which kinds they have, where they name the customer, and how they become entries
SOURCES: tuple[tuple[frozenset[str], str, Any, Source], ...] = (
    (frozenset({"customer", "contacts"}), "customer", CustomerEvent.objects.visible_to, _events),
    (frozenset({"deals"}), "customer", DealEvent.objects.visible_to, _deals),
    (
        frozenset({"guidance"}),
        "customer",
        lambda by: Assessment.objects.visible_to(by).select_related("policy"),
        _guidance,
    ),
    (frozenset({"choices"}), "customer", Choice.objects.visible_to, _choices),
    (frozenset({"agreement"}), "customer", AgreementEvent.objects.visible_to, _agreements),
    (
        frozenset({"leads"}),
        "referral__customer",
        lambda by: ReferralEvent.objects.visible_to(by).select_related("referral"),
        _leads,
    ),
)
KINDS: tuple[tuple[str, Promise], ...] = (
    ("", _("Everything")),
    ("customer", _("Customer")),
    ("contacts", _("Contacts")),
    ("deals", _("Deals")),
    ("guidance", _("Guidance")),
    ("choices", _("Choices")),
    ("agreement", _("Agreement")),
    ("leads", _("Leads")),
)


def panel(customer: Customer, *, by: User, on: date, kind: str = "", before: str = "") -> dict[str, Any]:
    """The timeline panel: the newest entries of a kind ('' for all), or those before a moment (ISO 8601)."""
    kind = kind if kind in dict(KINDS) else ""
    entries = _entries(customer, by=by, kind=kind, before=_moment(before))
    shown = _page(entries)
    return {
        "customer": customer,
        "entries": shown,
        "kinds": [(name, label, name == kind) for name, label in KINDS],
        "kind": kind,
        "is_older": bool(before),
        "older": shown[-1].at.isoformat() if len(entries) > LENGTH else "",
    }


def _moment(text: str) -> datetime | None:
    """A moment as the page writes it; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _entries(customer: Customer, *, by: User, kind: str, before: datetime | None) -> list[Entry]:
    found: list[Entry] = []
    for kinds, path, rows_for, entries_of in SOURCES:
        if kind and kind not in kinds:
            continue
        rows = rows_for(by).filter(**{path: customer})
        if before:
            rows = rows.filter(at__lt=before)
        if kind in ("customer", "contacts"):
            rows = (
                rows.filter(kind__contains="contact") if kind == "contacts" else rows.exclude(kind__contains="contact")
            )
        found += entries_of(list(rows.order_by("-at", "-pk")[: LENGTH + MOST_AT_ONCE]))
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _page(entries: list[Entry]) -> list[Entry]:
    """The first page; what happened at one moment is not torn apart, because the next page begins before it."""
    if len(entries) <= LENGTH:
        return entries
    return [entry for entry in entries if entry.at >= entries[LENGTH - 1].at]
