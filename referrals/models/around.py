"""What stands around a lead: its team, what the customer agreed to, comments, favourites."""

from typing import Any, ClassVar, Self, TypeVar
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models import Partner, User
from partners.roles import Role
from referrals.models.leads import Referral
from referrals.states import Actor, ConsentKind, State

Row = TypeVar("Row", bound=models.Model)


class AroundQuerySet(models.QuerySet[Row]):
    """Rows about leads."""

    def visible_to(self, user: User) -> Self:
        """Those of the leads that the person may see."""
        return self.filter(referral__in=Referral.objects.visible_to(user))


class Around(models.Model):
    """A row about a lead; the migration adds the composite key (partner, referral)."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, models.DO_NOTHING, db_constraint=False, related_name="%(class)ss")

    class Meta:
        abstract = True


class TeamMember(models.Model):
    """One of the partner's own people who works on a lead, and therefore sees it (R53)."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, models.DO_NOTHING, db_constraint=False, related_name="team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    added_at = models.DateTimeField()
    added_by_name = models.CharField(max_length=150)

    objects = AroundQuerySet["TeamMember"].as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["referral", "user"], name="team_once")]
        indexes: ClassVar = [models.Index(fields=["user", "referral"], name="team_of_person")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.referral_id}"


class Consent(Around):
    """What the customer has agreed to: who said so, when, to which words. Rows are only added."""

    kind = models.CharField(max_length=20, choices=ConsentKind.choices)
    given_by = models.CharField(_("given by"), max_length=200)
    sentence = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)

    objects = AroundQuerySet["Consent"].as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["referral", "kind"], name="consent_once")]

    def __str__(self) -> str:
        return f"{self.referral_id}: {self.kind}"


class CommentQuerySet(AroundQuerySet["Comment"]):
    """Comments."""

    def visible_to(self, user: User) -> Self:
        """Those on leads one may see; what a partner's team says among itself is the partner's."""
        seen = super().visible_to(user)
        return seen if user.is_of_partner else seen.filter(is_internal=False)


class Comment(Around):
    """Something said about a lead, by either side; `mentions` are the people it calls."""

    text = models.TextField(_("comment"), max_length=4000)
    is_internal = models.BooleanField(_("only for our own team"), default=False)
    mentions = ArrayField(models.BigIntegerField(), default=list)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    side = models.CharField(max_length=10, choices=[(actor.value, actor.value) for actor in Actor])

    objects: Any = CommentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "id"], name="comment_of_partner")]
        indexes: ClassVar = [models.Index(fields=["referral", "id"], name="comment_thread")]

    def __str__(self) -> str:
        return f"{self.by_name}: {self.text[:40]}"


class CommentFileQuerySet(AroundQuerySet["CommentFile"]):
    """Files of comments."""

    def visible_to(self, user: User) -> Self:
        """Those of comments that one may read.

        A file may show the person at the customer as the contact itself does (a card, a letter): of an expired lead the
        audit alone has it (R22).
        """
        seen = self.filter(comment__in=Comment.objects.visible_to(user))
        return seen if user.role == Role.AUDITOR else seen.exclude(referral__state=State.EXPIRED)


class CommentFile(Around):
    """A file that goes with a comment; whoever may read the comment may have it, and nobody else."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    comment = models.ForeignKey(Comment, models.DO_NOTHING, db_constraint=False, related_name="files")
    file_name = models.CharField(max_length=200)
    stored_as = models.CharField(max_length=200)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    objects: Any = CommentFileQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["comment"], name="comment_files")]

    def __str__(self) -> str:
        return self.file_name


class FavouriteQuerySet(AroundQuerySet["Favourite"]):
    """Favourites."""

    def visible_to(self, user: User) -> Self:
        """One's own, on leads one may still see."""
        return super().visible_to(user).filter(user_id=user.pk)


class Favourite(Around):
    """A lead that a person keeps an eye on."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    objects: Any = FavouriteQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["referral", "user"], name="favourite_once")]

    def __str__(self) -> str:
        return f"{self.user_id} likes {self.referral_id}"
