"""Who a post is for, and who wants the newsletter."""

from collections.abc import Collection
from datetime import date, datetime
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.module_loading import import_string

from partners.models import NewsSubscription, Post, User
from partners.states import PostKind

SALT = "partners.newsletter"


class Motions(Protocol):
    """Answers whether a partner has customers with one of some motions; asked by name (NEWS_MOTIONS)."""

    def __call__(self, partner_id: int, motions: Collection[str]) -> bool:
        """Whether there is one."""


@lru_cache(maxsize=1)
def _has_customers_in() -> Motions:
    found: Motions = import_string(settings.NEWS_MOTIONS)
    return found


def is_for(post: Post, person: User) -> bool:
    """Whether the customers of the person's organisation are among those whom the post is about."""
    if not post.motions or person.partner_id is None:
        return True
    return _has_customers_in()(person.partner_id, post.motions)


def news_for(person: User, *, on: date, is_archive: bool = False, limit: int = 50) -> list[Post]:
    """News for a person, the newest first."""
    posts = Post.objects.visible_to(person).filter(kind=PostKind.NEWS)
    rows = posts.past(on) if is_archive else posts.shown_on(on)
    return [post for post in rows.order_by("-shown_from", "-pk")[:limit] if is_for(post, person)]


@transaction.atomic
def subscribe_to_news(*, by: User, at: datetime, is_on: bool) -> NewsSubscription:
    """Say whether one wants the newsletter."""
    found, _is_new = NewsSubscription.objects.update_or_create(user=by, defaults={"is_on": is_on, "changed_at": at})
    return found


def opt_out_token(subscription: NewsSubscription) -> str:
    """What the link in a newsletter names: whose subscription ends with one click, without a login."""
    return signing.Signer(salt=SALT).sign(subscription.public_id.hex)


def read_opt_out(token: str) -> UUID | None:
    """The subscription that a token names; None when it is not of ours."""
    try:
        return UUID(signing.Signer(salt=SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None


@transaction.atomic
def opt_out(public_id: UUID, *, at: datetime) -> bool:
    """End a subscription, on the side of whoever has its link; twice is as good as once."""
    rows = NewsSubscription.objects.filter(public_id=public_id)
    rows.filter(is_on=True).update(is_on=False, changed_at=at)
    return rows.exists()
