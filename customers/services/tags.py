"""Put words on customers and take them off, one customer or many at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Value
from django.utils.translation import gettext as _

from common.refusals import Refused, Unfit
from customers.models import LONGEST_TAG, MOST_TAGS, Customer, CustomerEvent, EventKind, Fold, Tag
from customers.services.recording import current_of, partner_of, record
from partners.models import User


def clean_tags(names: Iterable[str]) -> list[str]:
    """Words without stray spaces, each once; refused when one is too long or there are too many (C12)."""
    tags = {" ".join(name.split()).casefold(): " ".join(name.split()) for name in names}
    tags.pop("", None)
    if too_long := [tag for tag in tags.values() if len(tag) > LONGEST_TAG]:
        values = {"tag": too_long[0][:LONGEST_TAG] + "…", "most": LONGEST_TAG}
        raise Unfit(_("The tag “%(tag)s” is longer than %(most)s characters.") % values, field="tags")
    if len(tags) > MOST_TAGS:
        raise Unfit(_("A customer has at most %(most)s tags.") % {"most": MOST_TAGS}, field="tags")
    return list(tags.values())


@transaction.atomic
def set_tags(customer: Customer, *, by: User, at: datetime, names: Iterable[str]) -> list[str]:
    """Give a customer exactly these words; returns them."""
    partner_of(by)
    customer = current_of(customer, by=by)
    wanted = clean_tags(names)
    rows = Tag.objects.visible_to(by).filter(customer=customer)
    before = sorted(rows.values_list("name", flat=True), key=str.casefold)
    if sorted(wanted, key=str.casefold) == before:
        return before
    rows.exclude(name__in=wanted).delete()
    _put_on([customer], wanted)
    kept = sorted(rows.all().values_list("name", flat=True), key=str.casefold)
    record(customer, EventKind.TAGGED, by=by, at=at, changes={"tags": [", ".join(before), ", ".join(kept)]})
    return kept


@transaction.atomic
def tag_many(customers: Sequence[int], *, by: User, at: datetime, name: str, is_removal: bool = False) -> int:
    """Put one word on many customers (ids), or take it off; returns on how many something changed.

    Those that are not the person's to see, or archived, are left out. Refused as a whole when one has no room left.
    """
    partner_of(by)
    (tag,) = clean_tags([name]) or [""]
    if not tag:
        raise Unfit(_("Please enter a tag."), field="tag")
    found = Customer.objects.visible_to(by).current().filter(pk__in=customers)
    rows = list(found.order_by("pk").select_for_update(of=("self",)))
    tagged = Tag.objects.visible_to(by).filter(customer__in=rows)
    has_it = set(tagged.filter(key=_folded(tag)).values_list("customer_id", flat=True))
    touched = [row for row in rows if (row.pk in has_it) == is_removal]
    if is_removal:
        tagged.filter(key=_folded(tag)).delete()
    else:
        _must_have_room(touched, by=by)
        _put_on(touched, [tag])
    changes = {"tags": [tag, ""] if is_removal else ["", tag]}
    told = {"kind": EventKind.TAGGED, "at": at, "by": by, "by_name": str(by), "changes": changes}
    CustomerEvent.objects.bulk_create(CustomerEvent(partner_id=row.partner_id, customer=row, **told) for row in touched)
    return len(touched)


def _folded(tag: str) -> Fold:
    return Fold(Value(tag))


def _must_have_room(customers: Sequence[Customer], *, by: User) -> None:
    full = Tag.objects.visible_to(by).filter(customer__in=customers).values("customer__name").annotate(n=Count("pk"))
    if found := full.filter(n__gte=MOST_TAGS).first():
        values = {"customer": found["customer__name"], "most": MOST_TAGS}
        raise Refused(_("%(customer)s has %(most)s tags already; more are not possible.") % values, field="tag")


def _put_on(customers: Sequence[Customer], names: Iterable[str]) -> None:
    tags = [Tag(partner_id=row.partner_id, customer=row, name=name) for row in customers for name in names]
    Tag.objects.bulk_create(tags, ignore_conflicts=True)
