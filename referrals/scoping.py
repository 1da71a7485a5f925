"""Which leads a search means, found by the index also under row-level security (see migration 0029)."""

from functools import reduce
from operator import and_

from django.db import connection
from django.db.models import F, Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from customers.models import Fold
from customers.scoping import candidates
from partners.models import User
from partners.roles import SEES_ALL, Role
from referrals.models.leads import ReferralQuerySet

# beyond that a word is in so many leads that the list is walked in its order, which finds a page of them sooner
MOST_CANDIDATES = 5000
_FUNCTIONS = {Role.CHANNEL_MANAGER.value: "referrals_found_in_scope"}


def search(rows: ReferralQuerySet, words: str, *, by: User) -> ReferralQuerySet:
    """Those of `rows` whose name, notes, own reference or customer contains every word, however spelled or accented."""
    return rows.filter(meant(words, by=by))


def meant(words: str, *, by: User) -> Q:
    """The same as a condition: what it looks up is looked up once, for as many lists as it cuts."""
    return reduce(and_, (_means(word, by=by) for word in words.split()), Q())


def _means(word: str, *, by: User) -> Q:
    """One word, in the lead or in its customer; by ids where they are few enough."""
    if by.role in SEES_ALL:  # sees everything, so the index is open to LIKE as it is
        folded = Fold(Value(word))
        return Q(search_text__contains=folded) | Q(customer__search_text__contains=folded)
    leads, customers = _leads(word, by=by), candidates([word], by=by)
    in_lead = _contains("search_text", word) if leads is None else Q(pk__among=leads)
    in_customer = _contains("customer__search_text", word) if customers is None else Q(customer__pk__among=customers)
    return in_lead | in_customer


def _contains(column: str, word: str) -> Q:
    """A position, which the planner takes for frequent, so that the list is walked in its order (docs/adr/0011)."""
    return Q(GreaterThan(StrIndex(F(column), Fold(Value(word))), 0))


def _leads(word: str, *, by: User) -> list[int] | None:
    function = _FUNCTIONS.get(by.role, "referrals_found")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT array(SELECT {function}(%s, %s))", [word, MOST_CANDIDATES + 1])
        found: list[int] = cursor.fetchone()[0]
    return None if len(found) > MOST_CANDIDATES else found
