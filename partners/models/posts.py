"""What the office writes for people: news, banners, help, terms of the glossary; who reads the newsletter."""

from datetime import date
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partners.models.people import User
from partners.roles import Role
from partners.states import Certainty, PostKind


class PostQuerySet(models.QuerySet["Post"]):
    """Posts."""

    def visible_to(self, user: User) -> Self:
        """Those for the person's role and countries; the office, which writes them, sees all. Motions: see `is_for`."""
        if user.role in (Role.POLICY_OWNER, Role.ADMINISTRATOR):
            return self
        countries: Any = [user.partner.country, *user.partner.countries] if user.partner else []
        if user.role == Role.CHANNEL_MANAGER:
            countries = user.scopes.values_list("country", flat=True)  # asked within the query
        here = Q(countries=[]) | Q(countries__overlap=countries)
        return self.filter(Q(roles=[]) | Q(roles__contains=[user.role])).filter(here)

    def shown_on(self, day: date) -> Self:
        """Those whose time it is."""
        return self.filter(Q(shown_to__isnull=True) | Q(shown_to__gte=day), shown_from__lte=day)

    def past(self, day: date) -> Self:
        """Those whose time is over."""
        return self.filter(shown_to__lt=day)


class Post(models.Model):
    """Plain paragraphs in both languages, from a day on, for some people or for all of them."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=PostKind.choices)
    title_en = models.CharField(_("title (English)"), max_length=200)
    title_de = models.CharField(_("title (German)"), max_length=200)
    body_en = models.TextField(_("text (English)"), max_length=8000, blank=True)
    body_de = models.TextField(_("text (German)"), max_length=8000, blank=True)
    source_url = models.URLField(_("source"), max_length=300, blank=True)
    shown_from = models.DateField(_("shown from"))
    shown_to = models.DateField(_("shown until"), null=True, blank=True)
    roles = ArrayField(
        models.CharField(max_length=20, choices=Role.choices), verbose_name=_("for roles"), default=list, blank=True
    )
    countries = ArrayField(models.CharField(max_length=2), verbose_name=_("for countries"), default=list, blank=True)
    motions = ArrayField(models.CharField(max_length=20), verbose_name=_("for motions"), default=list, blank=True)
    certainty = models.CharField(_("how certain"), max_length=10, choices=Certainty.choices, blank=True)
    effective = models.DateField(_("in force from"), null=True, blank=True)
    in_newsletter = models.BooleanField(_("in the newsletter"), default=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="post_days_in_order",
                condition=Q(shown_to__isnull=True) | Q(shown_to__gte=F("shown_from")),
                violation_error_message=_("The last day must come after the first."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "-shown_from", "-id"], name="post_by_day")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.title_de if (get_language() or "").startswith("de") else self.title_en

    @property
    def body(self) -> str:
        """The text in the reader's language."""
        return self.body_de if (get_language() or "").startswith("de") else self.body_en

    @property
    def lead_days(self) -> int | None:
        """How many days lie between the news and what it tells of."""
        return (self.effective - self.shown_from).days if self.effective else None

    def is_ahead(self, day: date) -> bool:
        """Whether it tells of something that is not in force on a day."""
        if self.certainty == Certainty.WITHDRAWN:
            return False
        return self.certainty == Certainty.POSTPONED or (self.effective is not None and self.effective > day)


class NewsSubscriptionQuerySet(models.QuerySet["NewsSubscription"]):
    """Who reads the newsletter."""

    def visible_to(self, user: User) -> Self:
        """One's own."""
        return self.filter(user_id=user.pk)


class NewsSubscription(models.Model):
    """Whether a person wants the newsletter: only whoever says so gets it. `public_id` is what an opt-out link names."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.OneToOneField(User, models.CASCADE, related_name="subscription")
    is_on = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    objects = NewsSubscriptionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user_id}: {'on' if self.is_on else 'off'}"


class NewsMail(models.Model):
    """One post to one reader, once."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="mails")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["post", "user"], name="news_once")]

    def __str__(self) -> str:
        return f"{self.post_id} to {self.user_id}"
