"""Which leads a report counts; in the address, so that it can be kept and shared."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext_lazy as _

from common.money import country_choices
from partners.models import User
from referrals.models import Programme, Referral
from referrals.models.leads import ReferralQuerySet
from referrals.states import Direction, State

USUAL_MONTHS = 3  # R50
MONTHS = [(1, _("One month")), (3, _("Three months")), (6, _("Six months")), (12, _("Twelve months"))]


class ReportFilter(forms.Form):
    """The range (R50), a programme, a country."""

    months = forms.TypedChoiceField(label=_("Submitted within"), coerce=int, required=False, choices=MONTHS)
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data or {"months": USUAL_MONTHS})
        programmes = [(one.code, one.title) for one in Programme.objects.order_by("code")]
        self.fields["programme"].choices = [("", _("Every programme")), *programmes]  # type: ignore[attr-defined]
        self.fields["country"].choices = [("", _("Every country")), *country_choices()]  # type: ignore[attr-defined]

    @property
    def asked(self) -> "Asked":
        """The valid values; the usual range where none is chosen."""
        self.is_valid()
        found = {name: self.cleaned_data.get(name) or "" for name in ("programme", "country")}
        return Asked(self.cleaned_data.get("months") or USUAL_MONTHS, **found)

    @property
    def active(self) -> list[str]:
        """The filters that are in force, in words."""
        asked = self.asked
        labels = {name: dict(self.fields[name].choices) for name in ("programme", "country")}  # type: ignore[attr-defined]
        chosen = [str(labels[name][value]) for name, value in vars(asked).items() if name in labels and value]
        return [str(dict(MONTHS)[asked.months]), *chosen]


@dataclass(frozen=True)
class Asked:
    """What a report is asked for."""

    months: int
    programme: str
    country: str

    def start(self, at: datetime) -> datetime:
        """Midnight of the same day of the month, so many months ago; the last day where there is no such day."""
        today = localdate(at)
        year, month = divmod(today.year * 12 + today.month - 1 - self.months, 12)
        day = today.day
        while True:
            try:
                first = today.replace(year=year, month=month + 1, day=day)
            except ValueError:
                day -= 1
            else:
                return make_aware(datetime.combine(first, time()))

    def leads(self, *, by: User, at: datetime) -> ReferralQuerySet:
        """The leads that count: submitted in the range, seen by the person, not closed as an error (R34)."""
        rows = Referral.objects.visible_to(by).shared().exclude(state=State.ERROR)
        rows = rows.filter(direction=Direction.OUTBOUND)  # what partners decide is not what Microsoft is measured by
        rows = rows.filter(submitted_at__gte=self.start(at), submitted_at__lte=at)
        if self.programme:
            rows = rows.filter(programme__code=self.programme)
        return rows.filter(country=self.country) if self.country else rows
