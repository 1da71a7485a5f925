"""Whether a deal could be registered, as a list of what is met, what is missing, and what the portal cannot know (R38, R39).

The rules are those of FY24; the programme behind them has changed since (R42), so this is information, never a refusal. Pure.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

LEAST_VALUE = Decimal(25_000)
LEAST_AGE = timedelta(hours=72)
MOST_DAYS = timedelta(days=60)


@dataclass(frozen=True)
class Check:
    """One condition: met, not met, or None for what is not known here."""

    text: str
    is_met: bool | None


def checklist(
    *, is_won: bool, is_shared: bool, value: Decimal | None, currency: str, age: timedelta, since_won: timedelta
) -> list[Check]:
    """The conditions in the order in which one would cure them; `value` counts in US dollars alone."""
    return [
        Check(_("The deal is partner-led or co-sell."), is_shared),
        Check(_("The deal is won."), is_won),
        Check(_("It is worth at least 25,000 US dollars."), _is_worth(value, currency)),
        Check(_("At least 72 hours lie between the lead and the win."), age >= LEAST_AGE),
        Check(_("It is registered within 60 days after signing."), since_won <= MOST_DAYS if is_won else None),
        Check(_("Microsoft manages the customer."), None),
        Check(_("It has a solution of your own on Azure that is eligible for co-sell."), None),
    ]


def _is_worth(value: Decimal | None, currency: str) -> bool | None:
    if value is None or currency != "USD":
        return None
    return value >= LEAST_VALUE
