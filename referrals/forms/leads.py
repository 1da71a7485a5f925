"""Forms around leads: what is typed, what the customer agreed to, what goes with a step."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from common.forms import day_field
from common.money import currency_choices
from partners.models import User
from partners.models.people import OF_PROGRAMS
from referrals import wording
from referrals.models import Programme, Referral, TeamMember
from referrals.models.leads import MOST_SOLUTIONS, MOST_VALUE
from referrals.services.completeness import NEEDED_CONSENTS
from referrals.states import (
    EDITABLE,
    REASONS,
    STEPS,
    UPWARD,
    DealType,
    Help,
    Intent,
    Need,
    SalesStage,
    Solution,
    State,
    Step,
    is_upward,
)

MOST_TEXT = 4000
NOTHING = ("", "–")


def _words(label: Any, **more: Any) -> forms.CharField:
    """A field for some sentences."""
    return forms.CharField(
        label=label, required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 4}), **more
    )


class LeadForm(forms.Form):
    """A lead as far as its state lets it be changed. Nothing is required here: a draft may be as empty as it is."""

    name = forms.CharField(label=_("Name of the lead"), max_length=200, required=False)
    programme = forms.ModelChoiceField(label=_("Programme"), queryset=Programme.objects.none(), empty_label=None)
    deal_type = forms.ChoiceField(
        label=_("How much Microsoft has to do with it"),
        choices=DealType.choices,
        help_text=_(
            "Private: Microsoft sees nothing. Partner-led: sellers see it. Co-sell: Microsoft is asked to help."
        ),
    )
    help = forms.ChoiceField(label=_("Help wanted"), required=False, choices=[NOTHING, *Help.choices])
    value = forms.DecimalField(
        label=_("Estimated value"),
        required=False,
        min_value=0,
        max_value=MOST_VALUE,
        max_digits=15,
        decimal_places=2,
        localize=True,
    )
    currency = forms.ChoiceField(label=_("Currency"), required=False, choices=lazy(currency_choices, list)())
    close_date = day_field(_("Estimated close"), required=False)
    sales_stage = forms.ChoiceField(label=_("Sales stage"), required=False, choices=[NOTHING, *SalesStage.choices])
    notes = _words(_("What it is about"), help_text=_("What does the customer want to reach, and what is to be done?"))
    solutions = forms.MultipleChoiceField(
        label=_("Solutions"), required=False, choices=Solution.choices, widget=forms.CheckboxSelectMultiple
    )
    intent = forms.ChoiceField(
        label=_("Does the customer mean to buy in the marketplace?"), required=False, choices=[NOTHING, *Intent.choices]
    )
    contact_first_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    contact_last_name = forms.CharField(label=_("Last name"), max_length=100, required=False)
    contact_email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    contact_phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    asks_contact = forms.BooleanField(
        label=_("The customer asks to be contacted"),
        required=False,
        help_text=_("Microsoft then answers this lead before others."),
    )
    external_id = forms.CharField(
        label=_("Own reference"),
        max_length=100,
        required=False,
        help_text=_("The number of the lead in your own system."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, lead: Referral, **kwargs: Any) -> None:
        kwargs.setdefault("initial", initial_of(lead))
        super().__init__(*args, **kwargs)
        editable = EDITABLE.get(State(lead.state), frozenset())
        for name in set(self.fields) - editable - {"version"}:
            del self.fields[name]
        if "programme" in self.fields:
            self.fields["programme"].queryset = Programme.objects.outbound().order_by("code")  # type: ignore[attr-defined]
        others = [(one, one) for one in lead.solutions if one not in Solution.values]
        self.fields["solutions"].choices = [*Solution.choices, *others]  # type: ignore[attr-defined]

    def clean_solutions(self) -> list[str]:
        """Not more than a lead may have (R45)."""
        chosen: list[str] = self.cleaned_data["solutions"]
        if len(chosen) > MOST_SOLUTIONS:
            raise ValidationError(_("A lead has at most %(count)d solutions.") % {"count": MOST_SOLUTIONS})
        return chosen

    @property
    def facts(self) -> dict[str, Any]:
        """The valid values as the services take them; what is invalid is left as it was."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def initial_of(lead: Referral) -> dict[str, Any]:
    """A lead's values for its form."""
    values = {name: getattr(lead, name) for name in LeadForm.base_fields}
    return {**values, "currency": lead.currency or "EUR"}


class ConsentForm(forms.Form):
    """What the customer has agreed to, and who said so."""

    consents = forms.MultipleChoiceField(
        label=_("The customer has agreed"), required=False, widget=forms.CheckboxSelectMultiple
    )
    given_by = forms.CharField(
        label=_("Who agreed"), max_length=200, required=False, help_text=_("The person at the customer, by name.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, partner: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consents"].choices = [  # type: ignore[attr-defined]
            (kind.value, wording.consent_sentence(kind, partner=partner)) for kind in NEEDED_CONSENTS
        ]


class ShareForm(ConsentForm):
    """Show Microsoft more of a deal: only ever more (R29)."""

    deal_type = forms.ChoiceField(label=_("How much Microsoft has to do with it"))
    help = forms.ChoiceField(label=_("Help wanted"), required=False, choices=[NOTHING, *Help.choices])

    field_order = ("deal_type", "help", "consents", "given_by")

    def __init__(self, *args: Any, lead: Referral, partner: str, **kwargs: Any) -> None:
        super().__init__(*args, partner=partner, **kwargs)
        further = [(one.value, one.label) for one in UPWARD if is_upward(lead.deal_type, one)]
        self.fields["deal_type"].choices = further  # type: ignore[attr-defined]


class StepForm(forms.Form):
    """What goes with a step: only the fields that the table asks for, words always."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.ChoiceField(label=_("Reason"))
    value = forms.DecimalField(
        label=_("Value won"), min_value=0, max_value=MOST_VALUE, max_digits=15, decimal_places=2, localize=True
    )
    text = forms.CharField(label=_("Explanation"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, step: Step, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"id_{step.value}_%s")
        super().__init__(*args, **kwargs)
        needs = STEPS[step].needs
        self.step, self.fields["text"].required = step, Need.TEXT in needs
        if step in REASONS:
            self.fields["reason"].choices = REASONS[step].choices  # type: ignore[attr-defined]
        else:
            del self.fields["reason"]
        if Need.VALUE not in needs:
            del self.fields["value"]


class CommentForm(forms.Form):
    """Something to say about a lead."""

    text = forms.CharField(label=_("Comment"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 3}))
    mentions = forms.TypedMultipleChoiceField(
        label=_("Call colleagues"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    is_internal = forms.BooleanField(
        label=_("Only for our own team"),
        required=False,
        help_text=_("Without this mark the comment and its file are read by both sides."),
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("PDF, PNG or JPEG, at most 10 MB. Whoever may read the comment may have the file."),
        allow_empty_file=True,  # the service says it in its own words
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "id_comment_%s")
        super().__init__(*args, **kwargs)
        self.fields["mentions"].choices = [(person.pk, str(person)) for person in people]  # type: ignore[attr-defined]
        if not people:
            del self.fields["mentions"]


class AppealForm(forms.Form):
    """Why a decision should be looked at again."""

    text = forms.CharField(
        label=_("Why the decision should be looked at again"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class MemberForm(forms.Form):
    """A colleague to put on the team; or, of those who are on it, one to take off it."""

    person = forms.ModelChoiceField(label=_("Colleague"), queryset=User.objects.none())

    def __init__(self, *args: Any, by: User, leaves: Referral | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "id_team_%s")
        super().__init__(*args, **kwargs)
        people = User.objects.visible_to(by).order_by("name", "pk")
        if leaves is None:  # a program is nobody's colleague (ADR 14)
            people = people.filter(is_active=True).exclude(email__endswith=f"@{OF_PROGRAMS}")
        else:
            people = people.filter(pk__in=TeamMember.objects.filter(referral=leaves).values("user"))
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


def taken_over(form: forms.Form, lacks: list[tuple[str, str]]) -> list[str]:
    """Put each sentence at its field; the ones that belong to no field of this form are given back."""
    rest = []
    for name, sentence in lacks:
        if name in form.fields:
            form.add_error(name, sentence)
        else:
            rest.append(sentence)
    return rest


def plain(value: Any) -> str:
    """A value of a lead as it is shown beside another."""
    if isinstance(value, Model):
        return str(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
