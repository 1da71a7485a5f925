"""What reviewers fill in: the filter of the queue, what a step asks for, putting off, handing over, deciding many."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.money import country_name
from partners.models import ChannelScope, User
from partners.roles import Role, Segment
from referrals.states import REASONS, STEPS, ErrorReason, Need, Step

WHOSE = [
    ("", _("Everything to decide")),
    ("mine", _("Mine")),
    ("unclaimed", _("Not claimed by anybody")),
    ("overdue", _("Overdue")),
    ("snoozed", _("Put off by me")),
]
HEAT = [("", _("Hot or not")), ("hot", _("Hot only"))]
MOST_AT_ONCE = 100
MOST_WORDS = 4000
BULK = (Step.CLAIM, Step.ACCEPT, Step.DECLINE, Step.RETURN, Step.RELEASE)


def _required(choices: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [("", _("Please choose")), *choices]


class QueueFilter(forms.Form):
    """Which part of the queue; in the address. A value that does not exist filters nothing and is shown as an error."""

    whose = forms.ChoiceField(label=_("Show"), required=False, choices=WHOSE)
    heat = forms.ChoiceField(label=_("Heat"), required=False, choices=HEAT)
    country = forms.ChoiceField(label=_("Country"), required=False)
    segment = forms.ChoiceField(
        label=_("Segment"), required=False, choices=[("", _("Every segment")), *Segment.choices]
    )

    def __init__(self, *args: Any, countries: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(((code, country_name(code)) for code in countries), key=lambda pair: pair[1])
        self.fields["country"].choices = [("", _("Every country")), *named]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, str]:
        """The valid values, '' where nothing is chosen."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


def countries_of(user: User) -> list[str]:
    """The countries that a person's queue can have; for the administrator those that anybody is responsible for."""
    scopes = user.scopes.all() if user.role == Role.CHANNEL_MANAGER else ChannelScope.objects.all()
    return sorted(set(scopes.values_list("country", flat=True)))


class StepForm(forms.Form):
    """What one step of the table asks for: a reason from its list, words, the version that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.ChoiceField(label=_("Reason"), required=False)
    text = forms.CharField(
        label=_("Explanation"), required=False, max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, step: Step, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, prefix=step.value, auto_id=f"id_{step.value}_%s", initial=initial)
        needs = STEPS[step].needs
        if Need.REASON in needs:
            self.fields["reason"].choices = _required(REASONS[step].choices)  # type: ignore[attr-defined]
            self.fields["reason"].widget.attrs["autofocus"] = True
            if step == Step.CLOSE_AS_ERROR:
                self.fields["reason"].initial = ErrorReason.DUPLICATE_HERE
        else:
            del self.fields["reason"]
        text = self.fields["text"]
        text.label = _WORDS.get(step, text.label)
        if Need.TEXT in needs and Need.REASON not in needs:
            text.widget.attrs["autofocus"] = True
        text.widget.attrs["aria-required"] = "true" if Need.TEXT in needs else "false"

    @property
    def said(self) -> dict[str, Any]:
        """The arguments of the step."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


_WORDS = {
    Step.ACCEPT: _("A word to the partner, if you like"),
    Step.RETURN: _("What is missing? The partner reads this."),
    Step.DECLINE: _("Why? The partner reads this."),
    Step.RELEASE: _("A word to your colleagues, if you like"),
}


class SnoozeForm(forms.Form):
    """Until when a lead is put off; always until a morning."""

    days = forms.TypedChoiceField(
        label=_("Show again"),
        coerce=int,
        choices=[
            (1, pgettext_lazy("snooze", "Tomorrow morning")),
            (3, pgettext_lazy("snooze", "In three days")),
            (7, pgettext_lazy("snooze", "In a week")),
        ],
        widget=forms.Select(attrs={"autofocus": True}),
    )

    def until(self, at: datetime) -> datetime:
        """Eight o'clock of that day, where the portal is at home."""
        day = localtime(at).date() + timedelta(days=self.cleaned_data["days"])
        return make_aware(datetime.combine(day, time(8)))


class AssignForm(forms.Form):
    """To whom a lead is handed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    to = forms.TypedChoiceField(
        label=_("Colleague"), coerce=int, empty_value=None, widget=forms.Select(attrs={"autofocus": True})
    )

    def __init__(self, data: Any = None, *, people: dict[int, str], initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="id_assign_%s", initial=initial)
        named = [(str(pk), name) for pk, name in people.items()]
        self.fields["to"].choices = _required(named)  # type: ignore[attr-defined]


class BulkForm(forms.Form):
    """One decision for several leads; each is judged on its own."""

    step = forms.ChoiceField(label=_("Decision"), choices=_required([(one.value, one.label) for one in BULK]))
    reason = forms.ChoiceField(label=_("Reason"), required=False, choices=_required(REASONS[Step.DECLINE].choices))
    text = forms.CharField(
        label=_("Explanation"), required=False, max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_bulk_%s")
        self.fields["step"].widget.attrs["form"] = self.fields["reason"].widget.attrs["form"] = "bulk"
        self.fields["text"].widget.attrs["form"] = "bulk"

    def clean(self) -> dict[str, Any]:
        """What the step needs is asked for once, before anything is tried."""
        found = super().clean() or {}
        if not found.get("step"):
            return found
        needs = STEPS[Step(found["step"])].needs
        if Need.REASON in needs and not found.get("reason"):
            self.add_error("reason", _("Please choose a reason."))
        if Need.TEXT in needs and not (found.get("text") or "").strip():
            self.add_error("text", _("Please explain it in a few words."))
        if Need.REASON not in needs:
            found["reason"] = ""
        return found


def chosen_leads(values: Sequence[str]) -> list[tuple[UUID, int | None]]:
    """`id:version` of each ticked row, once, as far as they can be read."""
    found: dict[UUID, int | None] = {}
    for value in values[:MOST_AT_ONCE]:
        key, _colon, version = value.partition(":")
        try:
            found[UUID(key)] = int(version) if version else None
        except ValueError:
            continue
    return list(found.items())
