"""The choice report: how often and why customers decide otherwise than the guidance says, then and now (S3)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from common.sheets import sheet
from customers.models import Customer, CustomerQuerySet
from motions.models import Assessment, Choice, PolicyVersion
from motions.states import Motion, Reason
from partners.models import User


@dataclass(frozen=True)
class Group:
    """Customers with the same answers: what was chosen and why, what the guidance said then and says now."""

    policy: int | None
    reason: str
    chosen: str
    then: str
    now: str
    customers: int

    @property
    def departed(self) -> bool:
        """Whether the customer decided otherwise than the guidance said that day."""
        return self.chosen != self.then

    @property
    def departs(self) -> bool:
        """Whether the choice differs from what the guidance says now."""
        return self.chosen != self.now


@dataclass(frozen=True)
class Line:
    """One line of the report: how many customers, how many of them otherwise then and now."""

    label: str
    customers: int
    departed: int
    departs: int
    code: str = ""

    @property
    def share(self) -> Decimal | None:
        """How many of a hundred decided otherwise that day; None of nobody."""
        return Decimal(self.departed) / self.customers if self.customers else None

    @property
    def share_now(self) -> Decimal | None:
        """How many of a hundred stand otherwise today."""
        return Decimal(self.departs) / self.customers if self.customers else None


def _newest(customers: CustomerQuerySet) -> QuerySet[Choice]:
    """The newest choice of each customer, by customer."""
    return Choice.objects.filter(customer__in=customers).order_by("customer", "-id").distinct("customer")


def _compared(choices: QuerySet[Choice]) -> QuerySet[Any]:
    """With the guidance of now, and the policy version of the answer that stood then; None before any answer."""
    stood = Assessment.objects.filter(customer=OuterRef("customer"), at__lte=OuterRef("at")).order_by("-id")
    return choices.annotate(
        policy_then=Subquery(stood.values("policy")[:1]), motion_now=F("customer__standing__motion")
    )


def choice_report(*, by: User) -> dict[str, Any]:
    """Everything on the report: all together, by policy version, by reason, and from which guidance to which choice."""
    groups = _groups(Customer.objects.counted_for(by).current())
    policies = {pk: (policy.code, policy.title) for pk, policy in _policies().items()}
    before_any = ("", _("before any answer"))
    departures = [group for group in groups if group.departed]
    return {
        "total": _line(_("All"), groups),
        "by_policy": list(_lines(groups, lambda group: policies.get(group.policy, before_any))),
        "by_reason": list(_lines(groups, lambda group: (group.reason, str(Reason(group.reason).label)))),
        "paths": _paths(departures),
    }


def _groups(customers: CustomerQuerySet) -> list[Group]:
    """Counted by the database, so that it does not matter how many customers there are."""
    facts = ("policy_then", "reason", "motion", "guided_motion", "motion_now")
    rows = _compared(Choice.objects.filter(pk__in=_newest(customers).values("pk")))
    return [Group(*row) for row in rows.values(*facts).annotate(n=Count("pk")).order_by().values_list(*facts, "n")]


def _policies() -> dict[int | None, PolicyVersion]:
    return {policy.pk: policy for policy in PolicyVersion.objects.filter(published_at__isnull=False)}


def _line(label: str, groups: Iterable[Group], code: str = "") -> Line:
    rows = list(groups)
    return Line(
        label,
        sum(group.customers for group in rows),
        sum(group.customers for group in rows if group.departed),
        sum(group.customers for group in rows if group.departs),
        code,
    )


def _lines(groups: list[Group], name_of: Callable[[Group], tuple[str, str]]) -> Iterator[Line]:
    """A line for each name, a code and a label; the one with the most departures first."""
    names = {name_of(group) for group in groups}
    lines = [_line(name[1], [group for group in groups if name_of(group) == name], name[0]) for name in names]
    yield from sorted(lines, key=lambda line: (-line.departed, -line.customers, line.label))


def _paths(departures: list[Group]) -> list[dict[str, Any]]:
    """From which guidance to which choice, the most frequent first."""
    counts: dict[tuple[str, str], int] = {}
    for group in departures:
        counts[group.then, group.chosen] = counts.get((group.then, group.chosen), 0) + group.customers
    return [
        {"guided": Motion(then), "chosen": Motion(chosen), "customers": count}
        for (then, chosen), count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def choice_file(*, by: User) -> Iterator[bytes]:
    """The newest choices of the customers that the person sees, one a line, as CSV."""
    rows = _compared(_newest(Customer.objects.visible_to(by).current()))
    yield from sheet(chain([_header()], _file_rows(rows, _policies())))


def _header() -> list[str]:
    return [
        _("Customer"),
        _("Partner"),
        _("Country"),
        _("The customer chose"),
        _("Reason"),
        _("Note"),
        _("Guidance that day"),
        _("Policy version that day"),
        _("Guidance now"),
        _("Decided"),
        _("Recorded by"),
    ]


_OF_ROW = (
    *("customer__name", "partner__name", "customer__country", "motion", "reason", "note", "guided_motion"),
    *("policy_then", "motion_now", "at", "by_name"),
)


def _file_rows(rows: QuerySet[Any], policies: dict[int | None, PolicyVersion]) -> Iterator[list[str]]:
    titles = {pk: policy.title for pk, policy in policies.items()}
    motions = {motion.value: str(motion.label) for motion in Motion}
    reasons = {reason.value: str(reason.label) for reason in Reason}
    for row in rows.values_list(*_OF_ROW).iterator(chunk_size=2000):
        name, partner, country, chosen, reason, note, then, policy, now, at, by_name = row
        decided = f"{localtime(at):%Y-%m-%d %H:%M}"
        told = [motions[chosen], reasons[reason], note, motions[then], titles.get(policy, ""), motions[now]]
        yield [name, partner, country, *told, decided, by_name]
