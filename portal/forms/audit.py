"""What somebody looks for in the audit; in the address, so that it can be kept and shared."""

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import lazy
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partners.models import Action, AuditEntry, Sighting, User
from portal.audit import SUBJECTS

MOST_FOUND = 200  # people or customers of one word
MOST_SEEN = 50
FIELD_DAYS = 90  # a field is looked for this far back, where no day is given


def _subjects() -> list[tuple[str, Any]]:
    named = sorted(((table, str(label)) for table, label in SUBJECTS.items()), key=lambda one: one[1].casefold())
    return [("", _("Everything")), *named]


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class AuditFilter(forms.Form):
    """Person, customer, thing, field, time, request; what cannot be filters nothing and is shown as an error."""

    person = forms.CharField(label=_("Person"), required=False, max_length=150)
    customer = forms.CharField(label=_("Customer"), required=False, max_length=200)
    subject = forms.ChoiceField(label=_("What"), required=False, choices=lazy(_subjects, list)())
    action = forms.ChoiceField(
        label=_("Kind of change"), required=False, choices=[("", _("Every kind")), *Action.choices]
    )
    field = forms.RegexField(
        label=_("Field"),
        required=False,
        regex=r"^[a-z0-9_]+$",
        max_length=63,
        widget=forms.TextInput(attrs={"placeholder": "seats"}),
        error_messages={"invalid": _("A field has small letters, digits and underscores, for example seat_limit.")},
    )
    since = _day(_("From"))
    until = _day(_("Until"))
    request_id = forms.RegexField(
        label=_("Request"),
        required=False,
        regex=r"^[A-Za-z0-9._-]+$",
        max_length=64,
        error_messages={"invalid": _("This is no number of a request.")},
    )

    def clean(self) -> dict[str, Any]:
        """The days are in order."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("since") and found.get("until") and found["until"] < found["since"]:
            self.add_error("until", _("This day lies before the first one."))
        return found

    @property
    def chosen(self) -> dict[str, Any]:
        """The valid values; '' or None where nothing is chosen."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}

    @property
    def query(self) -> str:
        """The filters as they stand in an address."""
        return urlencode([(name, str(value)) for name, value in self.chosen.items() if value])

    @property
    def looks_back(self) -> bool:
        """Whether the search is bounded although nobody said so."""
        return bool(self.chosen["field"] and not self.chosen["since"])

    def entries(self, *, by: User) -> QuerySet[AuditEntry]:
        """The entries that somebody may see and the filter lets through."""
        chosen = self.chosen
        rows: QuerySet[AuditEntry] = AuditEntry.objects.visible_to(by)
        for name in ("subject", "action", "request_id"):
            if chosen[name]:
                rows = rows.filter(**{name: chosen[name]})
        if chosen["person"]:
            rows = rows.filter(actor__in=_people(chosen["person"]))
        if chosen["customer"]:
            rows = rows.filter(of_customer__in=_customers(chosen["customer"], by=by))
        if chosen["field"]:
            rows = rows.filter(Q(changes__has_key=chosen["field"]) | Q(personal__has_key=chosen["field"]))
        return _within(
            rows, chosen["since"] or (localdate() - timedelta(FIELD_DAYS) if self.looks_back else None), chosen["until"]
        )

    def sightings(self, *, by: User) -> list[Sighting]:
        """Who of Microsoft's side saw the customers that are looked for, the newest first; nothing without a customer."""
        words = self.chosen["customer"]
        if not words:
            return []
        seen = Sighting.objects.visible_to(by).filter(of_customer__in=_customers(words, by=by))
        return list(seen.order_by("-hour_at", "-pk")[:MOST_SEEN])


def _within(rows: QuerySet[AuditEntry], since: Any, until: Any) -> QuerySet[AuditEntry]:
    if since:
        rows = rows.filter(at__gte=make_aware(datetime.combine(since, time())))
    if until:
        rows = rows.filter(at__lt=make_aware(datetime.combine(until + timedelta(days=1), time())))
    return rows


def _people(words: str) -> list[int]:
    found = User.objects.filter(Q(email__iexact=words) | Q(name__icontains=words))
    return list(found.values_list("pk", flat=True)[:MOST_FOUND])


def _customers(words: str, *, by: User) -> list[int]:
    """By the public number of the page's address, or by how the name begins."""
    seen = Customer.objects.visible_to(by)
    try:
        found = seen.filter(public_id=UUID(words))
    except ValueError:
        found = seen.beginning_with(words)
    return list(found.values_list("pk", flat=True)[:MOST_FOUND])
