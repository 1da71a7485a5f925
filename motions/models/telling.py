"""What partners are told of versions of the policy."""

from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from motions.models.policies import PolicyAnnouncement, PolicyVersion
from partners.models import Partner, User
from partners.roles import Role


class PolicyNewsKind(models.TextChoices):
    """What is told of a version."""

    PUBLISHED = "published", _("published")
    ANNOUNCED = "announced", _("announced")


class PolicyNewsQuerySet(models.QuerySet["PolicyNews"]):
    """News of versions; every door starts at `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """A partner's own; all for the office, who sends them."""
        if user.is_of_partner:
            return self.filter(partner_id=user.partner_id)
        return self if user.role in (Role.POLICY_OWNER, Role.ADMINISTRATOR) else self.none()


class PolicyNews(models.Model):
    """One partner is told of one version, with what it moves there; also the outbox of the notices."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="news")
    kind = models.CharField(max_length=10, choices=PolicyNewsKind.choices)
    announcement = models.ForeignKey(PolicyAnnouncement, models.PROTECT, null=True, related_name="+")
    # of the preview that was published: [motion before, after, number of customers]
    moves: models.JSONField[Any, Any] = models.JSONField(default=list)
    made_at = models.DateTimeField()
    notified_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    objects = PolicyNewsQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "policy"], condition=models.Q(kind=PolicyNewsKind.PUBLISHED), name="policy_told_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(notified_at__isnull=True), name="policy_news_to_tell"),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.kind} for {self.partner_id}"

    @property
    def moved(self) -> int:
        """How many of the partner's customers move."""
        return sum(count for _before, _after, count in self.moves)
