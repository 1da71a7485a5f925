"""The policy desk: versions by market on an axis of time, one version in full, two versions side by side."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from common.money import country_name
from common.templatetags.figures import amount, day, number, percent
from motions import services, wording
from motions.models import PolicyNews, PolicyNewsKind, PolicyVersion
from motions.services.previews import current_preview
from motions.states import Announcement, Motion, PolicyState
from partners.models import User
from partners.roles import READERS_OF_CHANGES, Role

KINDS = {
    PolicyState.DRAFT: "unknown",
    PolicyState.APPROVED: "info",
    PolicyState.SCHEDULED: "wait",
    PolicyState.IN_FORCE: "good",
    PolicyState.SUPERSEDED: "off",
}
ROW, HEAD = 28, 24  # pixels of the picture


@dataclass
class Line:
    """One version as the desk shows it; `start` and `width` are percent of the axis, `top` its row in pixels."""

    policy: PolicyVersion
    state: PolicyState
    kind: str
    word: Any = None
    start: str = "0"
    width: str = "0"
    top: int = 0


@dataclass
class Axis:
    """The picture: years as (label, place in percent), today's place, and how high it is."""

    years: list[tuple[int, str]] = field(default_factory=list)
    today: str = "0"
    height: int = 0


def line_of(policy: PolicyVersion, *, on: date) -> Line:
    """A version with its state on a day and the last word about it."""
    state, words = policy.state_on(on), list(policy.announcements.all())
    return Line(policy, state, KINDS[state], words[-1] if words else None)


def desk(*, by: User, on: date) -> dict[str, Any]:
    """Every version that the person may see, by market, the newest first, with its place on the axis."""
    versions = (
        PolicyVersion.objects.visible_to(by).prefetch_related("announcements").order_by("market", "-valid_from", "-pk")
    )
    lines = [line_of(policy, on=on) for policy in versions]
    axis = _placed(lines, on=on) if lines else None
    markets = [
        (market_text(market), list(found)) for market, found in groupby(lines, key=lambda one: one.policy.market)
    ]
    return {"markets": markets, "versions": lines, "axis": axis, "may_write": by.role == Role.POLICY_OWNER}


def _placed(lines: list[Line], *, on: date) -> Axis:
    """Put each line on its place; the axis runs from the first day of the first year to a year after the last one named."""
    named = [on, *(one.policy.valid_from for one in lines), *(until for one in lines if (until := one.policy.valid_to))]
    first, last = min(named).replace(month=1, day=1), date(min(max(named).year + 2, date.max.year), 1, 1)
    span = max((last - first).days, 1)

    def place(point: date) -> float:
        return 100 * (min(max(point, first), last) - first).days / span

    for row, one in enumerate(lines):
        start, end = place(one.policy.valid_from), place(one.policy.valid_to or last)
        one.start, one.width, one.top = f"{start:.2f}", f"{max(end - start, 0.5):.2f}", HEAD + row * ROW
    step = 1 + (last.year - first.year) // 12
    years = [(year, f"{place(date(year, 1, 1)):.2f}") for year in range(first.year, last.year, step)]
    return Axis(years, f"{place(on):.2f}", HEAD + len(lines) * ROW + 4)


def market_text(market: str) -> str:
    """A market by name."""
    return country_name(market) if market else _("Every market without its own")


def span_text(policy: PolicyVersion) -> str:
    """From when to when a version is valid, the last day included by name as the first day after it."""
    if policy.valid_to is None:
        return _("from %(begin)s until further notice") % {"begin": day(policy.valid_from)}
    return _("from %(begin)s until before %(end)s") % {"begin": day(policy.valid_from), "end": day(policy.valid_to)}


def version(policy: PolicyVersion, *, by: User, on: date) -> dict[str, Any]:
    """One version in full, and what the person may do with it now."""
    line = line_of(policy, on=on)
    is_owner, is_open = by.role == Role.POLICY_OWNER, policy.published_at is None
    context: dict[str, Any] = {
        "line": line,
        "policy": policy,
        "fields": list(described(policy)),
        "rules": [
            (wording_of(policy, rule.code), Motion(rule.motion.value).label, rule.source) for rule in policy.rules.rules
        ],
        "may_write": is_owner,
        "is_office": by.role in READERS_OF_CHANGES,
        "others": PolicyVersion.objects.visible_to(by).exclude(pk=policy.pk).order_by("-valid_from", "-pk"),
    }
    if by.is_of_partner and policy.published_at:
        news = PolicyNews.objects.visible_to(by).filter(policy=policy, kind=PolicyNewsKind.PUBLISHED).first()
        moves = news.moves if news else []
        context |= {
            "news": news,
            "news_moves": [(Motion(before).label, Motion(after).label, count) for before, after, count in moves],
        }
    if by.role in READERS_OF_CHANGES:
        problems = services.validate(policy) if is_open else []
        context |= {
            "preview": current_preview(policy),
            "problems": [sentence for _field, sentence in problems],
            "is_own": by.pk in policy.edited_by,
        }
    return context


def wording_of(policy: PolicyVersion, code: str) -> str:
    """What a rule of the version asks, with its limits."""
    return wording.test_text(code, policy.limits, policy.currency)


def described(policy: PolicyVersion) -> Iterator[tuple[str, str]]:
    """What a version says, field by field as (label, value)."""
    yield _("Title (English)"), policy.title_en
    yield _("Title (German)"), policy.title_de
    yield _("Market"), market_text(policy.market)
    yield _("Valid"), span_text(policy)
    yield _("Seat limit"), number(policy.seat_limit)
    yield _("Azure limit"), amount(policy.azure_limit, policy.currency)
    yield _("Currency"), policy.currency
    yield _("Exactly on the limit"), str(policy.get_comparator_display())
    yield _("Roll-up"), str(policy.get_aggregation_display())
    yield _("Near a limit from"), percent(policy.near_share)
    yield _("Days of notice"), number(policy.lead_days)
    yield _("Edition of the rules"), number(policy.edition)
    yield _("Note (English)"), policy.note_en
    yield _("Note (German)"), policy.note_de
    yield _("Source (English)"), policy.source_url
    yield _("Source (German)"), policy.source_url_de


def compared(one: PolicyVersion, other: PolicyVersion) -> dict[str, Any]:
    """Two versions side by side, field by field and rule by rule; (label, one, other, whether they differ)."""
    fields = [
        (label, mine, theirs, mine != theirs)
        for (label, mine), (_label, theirs) in zip(described(one), described(other), strict=True)
    ]
    mine, theirs = (
        {rule.code: wording_of(policy, rule.code) for rule in policy.rules.rules} for policy in (one, other)
    )
    codes = [*mine, *(code for code in theirs if code not in mine)]
    rules = [
        (place, mine.get(code, ""), theirs.get(code, ""), mine.get(code) != theirs.get(code))
        for place, code in enumerate(codes, 1)
    ]
    changes = sum(differs for *_rest, differs in [*fields, *rules])
    return {"one": one, "other": other, "fields": fields, "rules": rules, "changes": changes}


def words(policy: PolicyVersion) -> list[dict[str, Any]]:
    """What was announced about a version, the oldest first, with the tone of each word."""
    tones = {Announcement.CONFIRMED: "good", Announcement.POSTPONED: "warn", Announcement.WITHDRAWN: "bad"}
    return [{"word": word, "tone": tones.get(Announcement(word.state), "brand")} for word in policy.announcements.all()]


def today_of(by: User, policy: PolicyVersion) -> dict[str, Any]:
    """A version's page as it stands today."""
    return {**version(policy, by=by, on=localdate()), "words": words(policy)}
