"""The life of a policy version: drafted, previewed, approved by a second person, published, superseded by the next."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from common import money
from common.refusals import NotAllowed, Refused, Stale, Unfit
from common.templatetags.figures import day as day_text
from motions.models import Fanout, FanoutCause, PolicyAnnouncement, PolicyVersion, Preview
from motions.policy.editions import EDITIONS
from motions.services.previews import current_preview, difference, take_preview, token_of
from motions.services.telling import tell_of_publishing, tell_of_word
from motions.states import Announcement
from partners.models import User
from partners.roles import Role

# what a draft may say otherwise than the version it is based on
FIELDS = (
    "title_en", "title_de", "edition", "market", "valid_from", "valid_to", "seat_limit", "azure_limit", "currency",
    "comparator", "aggregation", "near_share", "lead_days", "note_en", "note_de", "source_url",
    "source_url_de",
)  # fmt: skip


def _owner_only(by: User) -> None:
    if by.role != Role.POLICY_OWNER:
        raise NotAllowed(_("Only policy owners work on versions of the policy."))


def _draft_only(policy: PolicyVersion) -> None:
    if policy.published_at:
        raise Refused(_("This version is published already; a change is a new version."))


def _locked(policy: PolicyVersion) -> PolicyVersion:
    return PolicyVersion.objects.select_for_update(of=("self",)).get(pk=policy.pk)


@transaction.atomic
def draft(*, based_on: PolicyVersion, by: User, at: datetime, code: str = "", **changes: Any) -> PolicyVersion:
    """A new draft that says what `based_on` says, except for `changes` (of `FIELDS`); a correction is a new version too.

    Without a `code` it gets one of its own. Without dates it is open-ended from the day after `at`. Raises `Unfit` with the
    field and the cure for values that no version can have.
    """
    _owner_only(by)
    values = {name: getattr(based_on, name) for name in FIELDS}
    values |= {"valid_from": localdate(at) + (date.resolution), "valid_to": None} | _known(changes)
    made = PolicyVersion(code=code or f"DRAFT_{at:%Y%m%d_%H%M%S_%f}", based_on=based_on, **values)
    made.drafted_by, made.drafted_at, made.edited_by = by, at, [by.pk]
    _checked(made)
    made.save(force_insert=True)
    return made


@transaction.atomic
def revise(
    policy: PolicyVersion, *, by: User, at: datetime, revision: int | None = None, **changes: Any
) -> PolicyVersion:
    """Change a draft; its preview and its approval are void then, and whoever changes it cannot approve it.

    With a `revision`, raises `Stale` if somebody else changed it since. Raises `Unfit` with the field and the cure, also
    for days that overlap with those of another version or leave a gap.
    """
    _owner_only(by)
    policy = _locked(policy)
    _draft_only(policy)
    if revision is not None and revision != policy.revision:
        raise Stale(_("Somebody else changed this draft meanwhile."))
    for name, value in _known(changes).items():
        setattr(policy, name, value)
    policy.drafted_by, policy.drafted_at, policy.revision = by, at, policy.revision + 1
    policy.edited_by = sorted({*policy.edited_by, by.pk})
    policy.approved_by = policy.approved_at = None
    _checked(policy)
    for field, sentence in validate(policy):
        raise Unfit(sentence, field=field)
    policy.save()
    return policy


def _known(changes: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(changes.keys() - set(FIELDS))
    if unknown:
        raise Unfit(_("A version has no field “%(field)s”.") % {"field": unknown[0]}, field=unknown[0])
    return changes


def _checked(policy: PolicyVersion) -> None:
    """Every field by itself, and those that only fit together."""
    try:
        policy.full_clean(validate_constraints=False)
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise Unfit(sentences[0], field=field) from error
    for field, sentence in _contradictions(policy):
        raise Unfit(sentence, field=field)


def _contradictions(policy: PolicyVersion) -> list[tuple[str, str]]:
    found = []
    if policy.edition not in EDITIONS:
        found.append(("edition", _("There is no edition %(number)s of the rules.") % {"number": policy.edition}))
    if policy.valid_to is not None and policy.valid_to <= policy.valid_from:
        found.append(("valid_to", _("The last day must come after the first.")))
    limits: dict[str, Decimal] = {"seat_limit": Decimal(policy.seat_limit), "azure_limit": policy.azure_limit}
    found += [(field, _("A limit must be greater than zero.")) for field, limit in limits.items() if limit <= 0]
    if not Decimal(0) < policy.near_share < 1:
        found.append(("near_share", _("Near means a share of the limit between 0 and 1, for example 0.90.")))
    if policy.currency not in money.currencies():
        found.append(("currency", _("“%(code)s” is no currency that is in use.") % {"code": policy.currency}))
    return found


def validate(policy: PolicyVersion) -> list[tuple[str, str]]:
    """What stands in the way of publishing, as (field, sentence): no overlap with other versions, and no gap."""
    found = _contradictions(policy)
    others = PolicyVersion.objects.filter(market=policy.market, published_at__isnull=False).exclude(pk=policy.pk)
    before = others.filter(valid_from__lt=policy.valid_from).order_by("-valid_from").first()
    after = others.filter(valid_from__gte=policy.valid_from).order_by("valid_from").first()
    if before and before.valid_to and before.valid_to > policy.valid_from:
        found.append(("valid_from", _overlap(before)))
    if after and (policy.valid_to is None or policy.valid_to > after.valid_from):
        found.append(("valid_to" if after.valid_from > policy.valid_from else "valid_from", _overlap(after)))
    # a market of its own falls back to the version for all markets; that one has nothing to fall back to
    if not policy.market:
        if before and before.valid_to and before.valid_to < policy.valid_from:
            found.append(("valid_from", _gap(before.valid_to, policy.valid_from)))
        if policy.valid_to and (after is None or after.valid_from > policy.valid_to):
            found.append(("valid_to", _gap(policy.valid_to, after.valid_from if after else None)))
    return found


def _overlap(other: PolicyVersion) -> str:
    return _("“%(title)s” covers some of these days. Please begin after it ends, or end before it begins.") % {
        "title": other.title
    }


def _gap(begin: date, end: date | None) -> str:
    if end is None:
        return _("From %(begin)s no version would be in force. Please leave the last day open.") % {
            "begin": day_text(begin)
        }
    return _("From %(begin)s until %(end)s no version would be in force. Please close the gap.") % {
        "begin": day_text(begin),
        "end": day_text(end),
    }


@transaction.atomic
def preview(policy: PolicyVersion, *, by: User, at: datetime) -> Preview:
    """Work out whom the draft would move today, and keep that beside the draft; nothing else is written."""
    _owner_only(by)
    policy = _locked(policy)
    _draft_only(policy)
    return take_preview(policy, by=by, at=at)


@transaction.atomic
def approve(policy: PolicyVersion, *, by: User, at: datetime) -> PolicyVersion:
    """The second pair of eyes: a policy owner without words in it, after the preview, and only what could be published."""
    _owner_only(by)
    policy = _locked(policy)
    _draft_only(policy)
    if by.pk in policy.edited_by:
        raise NotAllowed(
            _(
                "Whoever has worked on a version does not approve it. Please ask another policy owner, or have one take it"
                " over as a draft of their own."
            )
        )
    if current_preview(policy) is None:
        raise Refused(_("Please look at the preview first: it says whom this version moves."))
    for field, sentence in validate(policy):
        raise Refused(sentence, field=field)
    policy.approved_by, policy.approved_at = by, at
    policy.save(update_fields=["approved_by", "approved_at"])
    return policy


@transaction.atomic
def publish(policy: PolicyVersion, *, at: datetime, by: User | None = None, seen: str = "") -> PolicyVersion:
    """Put an approved version into force from its `valid_from`, which may lie ahead; its predecessor ends that day.

    The roll-out follows the commit. `by` is None where the portal itself publishes what a release brings along. Raises
    `Refused` when it is published already, not approved, or leaves an overlap or a gap; `Unfit` for an unknown edition;
    `Stale` when it would move others than its preview says, unless `seen` is the token of what it would move now.
    """
    if by is not None:
        _owner_only(by)
    policy = _locked(policy)
    _draft_only(policy)
    _publishable(policy)
    if policy.drafted_by_id:
        _asked_again(policy, by=by, at=at, seen=seen)
    PolicyVersion.objects.filter(
        published_at__isnull=False, market=policy.market, valid_to__isnull=True, valid_from__lt=policy.valid_from
    ).update(valid_to=policy.valid_from)
    policy.published_at, policy.published_by = at, by
    try:
        with transaction.atomic():
            policy.save(update_fields=["published_at", "published_by"])
    except IntegrityError as error:
        raise Stale(_("Another version of this market was published at the same moment. Please look again.")) from error
    Fanout.objects.create(cause=FanoutCause.POLICY, made_at=at, by_name=str(by or ""))
    if policy.drafted_by_id:
        tell_of_publishing(policy, at=at)
    return policy


def _publishable(policy: PolicyVersion) -> None:
    if policy.edition not in EDITIONS:
        raise Unfit(_("There is no edition %(number)s of the rules.") % {"number": policy.edition}, field="edition")
    if policy.drafted_by_id and not policy.approved_at:
        raise Refused(_("A second policy owner has to approve this version first."))
    for field, sentence in validate(policy):
        raise Refused(sentence, field=field)


def _asked_again(policy: PolicyVersion, *, by: User | None, at: datetime, seen: str) -> None:
    """What is published moves whom its preview names; the newer preview is kept where somebody agreed to it."""
    former = current_preview(policy)
    newer = take_preview(policy, by=by, at=at, is_kept=False)
    if former and not difference(former, newer):
        return
    if seen != token_of(newer):
        raise Stale(
            _("The data changed since the preview: other customers would move now. Please look at the difference.")
        )
    newer.save(force_insert=True)


@transaction.atomic
def announce(
    policy: PolicyVersion, *, by: User, at: datetime, state: str, day: date, text_en: str, text_de: str,
    effective: date | None = None, source_url: str = "",
) -> PolicyAnnouncement:  # fmt: skip
    """Add a dated word about a version (S5); the ones before it stay as its history."""
    _owner_only(by)
    if state == Announcement.EARLIEST and effective is None:
        raise Unfit(_("“Not before” needs the day before which nothing happens."), field="effective")
    last = policy.announcements.last()
    if last and day < last.date:
        raise Unfit(_("The last word about this version is of %(day)s.") % {"day": day_text(last.date)}, field="day")
    word = PolicyAnnouncement(
        policy=policy, date=day, state=state, effective=effective, text_en=text_en, text_de=text_de,
        source_url=source_url,
    )  # fmt: skip
    try:
        word.full_clean()
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise Unfit(sentences[0], field=field) from error
    word.save()
    if policy.published_at:
        tell_of_word(word, at=at)
    return word
