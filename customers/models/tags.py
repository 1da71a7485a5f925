"""Free words on customers, the partner's own (C12)."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from customers.models.customers import Customer
from customers.models.folding import Fold
from partners.models import Partner, User

MOST_TAGS = 150
LONGEST_TAG = 50


class TagQuerySet(models.QuerySet["Tag"]):
    """Tags; every door starts at `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """Those of the partner's own customers; tags are the partner's words and nobody else's."""
        return self.filter(partner_id=user.partner_id) if user.is_of_partner else self.none()


class Tag(models.Model):
    """One word on one customer; upper case and accents make no difference."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.DO_NOTHING, db_constraint=False, related_name="tags")
    name = models.CharField(_("tag"), max_length=LONGEST_TAG)
    key = models.GeneratedField(expression=Fold(F("name")), output_field=models.TextField(), db_persist=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "customer", "key"], name="tag_once"),
            models.CheckConstraint(name="tag_says_something", condition=~models.Q(name="")),
        ]
        indexes: ClassVar = [models.Index(fields=["partner", "key", "customer"], name="tag_customers")]

    def __str__(self) -> str:
        return self.name
