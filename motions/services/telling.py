"""Who is told of a version of the policy: every partner whom its market concerns, with what it moves there."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from motions.models import PolicyAnnouncement, PolicyNews, PolicyNewsKind, PolicyVersion, Preview
from motions.services.previews import current_preview
from partners.models import Partner


def concerned(policy: PolicyVersion, preview: Preview | None) -> QuerySet[Partner, Partner]:
    """Active partners whom a version concerns: all, or those of its market, who serve it, or whose customers it moves."""
    active = Partner.objects.filter(is_active=True)
    if not policy.market:
        return active
    here = Q(country=policy.market) | Q(countries__contains=[policy.market]) | Q(pk__in=list(_moves(preview)))
    return active.filter(here)


def _moves(preview: Preview | None) -> dict[int, list[list[Any]]]:
    """partner -> [motion before, after, number of customers], the largest number first."""
    sums: dict[int, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for one in preview.document["groups"] if preview else ():
        sums[one["partner_id"]][one["before"], one["after"]] += one["count"]
    return {
        partner: [[before, after, count] for (before, after), count in sorted(own.items(), key=lambda pair: -pair[1])]
        for partner, own in sums.items()
    }


def tell_of_publishing(policy: PolicyVersion, *, at: datetime) -> None:
    """Write down whom to tell that a version is published; the notices follow the commit."""
    preview = current_preview(policy)
    moves = _moves(preview)
    PolicyNews.objects.bulk_create(
        PolicyNews(
            partner=partner, policy=policy, kind=PolicyNewsKind.PUBLISHED, moves=moves.get(partner.pk, []), made_at=at
        )
        for partner in concerned(policy, preview)
    )


def tell_of_word(word: PolicyAnnouncement, *, at: datetime) -> None:
    """Write down whom to tell of a new word about a published version."""
    told = PolicyNews.objects.filter(policy=word.policy, kind=PolicyNewsKind.PUBLISHED).values_list(
        "partner", flat=True
    )
    PolicyNews.objects.bulk_create(
        PolicyNews(partner_id=partner, policy=word.policy, kind=PolicyNewsKind.ANNOUNCED, announcement=word, made_at=at)
        for partner in told
    )
