"""Forms of dated rows: a programme; a post of any kind."""

import re
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from common.forms import day_field
from common.money import countries, country_choices, currency_choices
from motions.states import Motion
from partners.models import Post
from partners.roles import Role
from partners.states import Certainty
from referrals.models import Programme
from referrals.states import Direction, Field

MOST_HOLIDAYS = 400
_HOLIDAY = re.compile(r"(\*|[A-Za-z]{2})\s+(\d{4}-\d{2}-\d{2})")


def _several(label: Any, choices: Any, **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple, required=False, **more
    )


def _in_words(label: Any, rows: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, widget=forms.Textarea(attrs={"rows": rows}), required=False, max_length=8000, **more
    )


class HolidaysField(forms.CharField):
    """One line for each day, 'DE 2026-12-24'; '*' for every country."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """The lines of what is kept."""
        if isinstance(value, dict):
            return "\n".join(f"{place} {day}" for place in sorted(value) for day in sorted(value[place]))
        return value

    def to_python(self, value: Any) -> Any:
        """country -> days; the line that cannot be read is named."""
        found: dict[str, list[str]] = {}
        lines = [line.strip() for line in str(value or "").splitlines() if line.strip()]
        if len(lines) > MOST_HOLIDAYS:
            raise ValidationError(_("These are more than %(most)d days.") % {"most": MOST_HOLIDAYS})
        for line in lines:
            place, day = self._read(line)
            found.setdefault(place, []).append(day)
        return {place: sorted(set(days)) for place, days in found.items()}

    def _read(self, line: str) -> tuple[str, str]:
        match = _HOLIDAY.fullmatch(line)
        place = match.group(1).upper() if match else ""
        try:
            if not match or (place != "*" and place not in countries()):
                raise ValueError(line)
            return place, date.fromisoformat(match.group(2)).isoformat()
        except ValueError as error:
            raise ValidationError(
                _("“%(line)s” cannot be read. A line looks like DE 2026-12-24.") % {"line": line[:40]}
            ) from error


class ProgrammeForm(forms.ModelForm[Programme]):
    """Until when which leads are taken, what they must say, how soon they are answered (Q9)."""

    valid_from = day_field(_("Open from"))
    valid_to = day_field(_("Open until"), required=False, help_text=_("This day counts. Empty: until further notice."))
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices)
    currency = forms.ChoiceField(label=_("Currency"), choices=lazy(currency_choices, list)())
    required_fields = _several(_("Required fields"), Field.choices)
    reminder_days = SimpleArrayField(
        forms.IntegerField(min_value=1, max_value=365), label=_("Days of reminders"), required=False,
        help_text=_("Days after the lead came, with commas: 10, 13."),
    )  # fmt: skip
    holidays = HolidaysField(
        label=_("Additional holidays"), required=False, help_text=_("One a line: DE 2026-12-24; * for every country.")
    )

    class Meta:
        model = Programme
        fields: ClassVar = [
            "code", "name_en", "name_de", "direction", "valid_from", "valid_to", "time_zone", "successor",
            "required_fields", "min_value", "currency", "answer_hours", "day_starts", "day_ends", "expiry_days",
            "reminder_days", "claim_hours", "holidays",
        ]  # fmt: skip


class PostForm(forms.ModelForm[Post]):
    """A post with the days on which it is shown, and for whom."""

    body_en = _in_words(_("Text (English)"), 6)
    body_de = _in_words(_("Text (German)"), 6, help_text=_("Plain paragraphs; an empty line begins a new one."))
    source_url = forms.URLField(label=_("Source"), max_length=300, required=False, assume_scheme="https")
    shown_from = day_field(_("Shown from"))
    shown_to = day_field(_("Shown until"), required=False, help_text=_("This day counts. Empty: until further notice."))
    roles = _several(_("For roles"), Role.choices, help_text=_("None: for everybody."))
    countries = forms.MultipleChoiceField(
        label=_("For countries"), choices=lazy(country_choices, list)(), required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}), help_text=_("None: for every country."),
    )  # fmt: skip

    class Meta:
        model = Post
        fields: ClassVar = [
            "title_en", "title_de", "body_en", "body_de", "source_url", "shown_from", "shown_to", "roles", "countries",
        ]  # fmt: skip


class NewsForm(PostForm):
    """News: how certain, from when, about which motions, and whether it goes out as a newsletter."""

    motions = _several(
        _("For partners with customers in"), Motion.choices, help_text=_("None: whatever their customers are.")
    )
    certainty = forms.ChoiceField(
        label=_("How certain"), choices=[("", "–"), *Certainty.choices], required=False,
        help_text=_("For what is to come: news say by themselves that it is not in force yet."),
    )  # fmt: skip
    effective = day_field(_("In force from"), required=False)
    in_newsletter = forms.BooleanField(label=_("Also in the newsletter"), required=False)

    class Meta(PostForm.Meta):
        fields: ClassVar = [*PostForm.Meta.fields, "motions", "certainty", "effective", "in_newsletter"]
