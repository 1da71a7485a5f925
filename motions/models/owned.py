"""What every row about a customer has in common: a partner, a customer of that partner, and one way to it."""

from typing import Self, TypeVar

from django.db import models

from customers.models import Customer
from partners.models import Partner, User

Row = TypeVar("Row", bound=models.Model)


class OwnedQuerySet(models.QuerySet[Row]):
    """Rows about customers; every door starts at `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """Those of the customers that the person may see."""
        if user.is_of_partner:
            return self.filter(partner_id=user.partner_id)
        return self.filter(customer__in=Customer.objects.visible_to(user))


class Owned(models.Model):
    """A row about a customer; the migration adds the composite key (partner, customer)."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.DO_NOTHING, db_constraint=False, related_name="%(class)ss")

    class Meta:
        abstract = True
