"""Forms around people: asked in, changed, followed by a colleague."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from common.money import country_choices
from partners.models import Location, Partner, User
from partners.roles import GIVES, OF_PARTNER, Role, Scope, Segment


class PersonForm(forms.Form):
    """What a person is here for; scope, team and location are for people of partners alone."""

    name = forms.CharField(label=_("Name"), max_length=150)
    role = forms.ChoiceField(label=_("Role"))
    scope = forms.ChoiceField(
        label=_("Leads that the person sees"), choices=Scope.choices, initial=Scope.OWN, required=False,
        help_text=_("Administrators see all leads of the organisation. Customers and deals are seen by all colleagues."),
    )  # fmt: skip
    team_name = forms.CharField(label=_("Team"), max_length=80, required=False)
    location = forms.ModelChoiceField(label=_("Location"), queryset=Location.objects.none(), required=False)

    def __init__(self, *args: Any, by: User, partner: Partner | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = GIVES.get(Role(by.role), frozenset())
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [
            (one.value, one.label) for one in Role if one in given and (one in OF_PARTNER) == (partner is not None)
        ]
        if partner is None:
            for name in ("scope", "team_name", "location"):
                del self.fields[name]
            return
        places = self.fields["location"]
        assert isinstance(places, forms.ModelChoiceField)
        places.queryset = Location.objects.visible_to(by).filter(partner=partner, is_active=True).order_by("name", "pk")


class InviteForm(PersonForm):
    """Who is asked in, at which address, in which language."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("Of the mail, and of the portal later on.")
    )
    field_order = ("email", "name", "role", "language", "scope", "team_name", "location")


class HandOverForm(forms.Form):
    """The colleague who goes on with somebody's work."""

    to = forms.ModelChoiceField(label=_("Colleague"), queryset=User.objects.none())

    def __init__(self, *args: Any, by: User, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.fields["to"]
        assert isinstance(people, forms.ModelChoiceField)
        colleagues = User.objects.visible_to(by).filter(partner_id=person.partner_id, is_active=True)
        if person.partner_id is None:
            colleagues = colleagues.filter(role=person.role)
        people.queryset = colleagues.filter(api_client__isnull=True).exclude(pk=person.pk).order_by("name", "pk")


class ChannelScopeForm(forms.Form):
    """One country and segment more for a channel manager."""

    country = forms.ChoiceField(label=_("Country"), choices=lazy(country_choices, list)())
    segment = forms.ChoiceField(label=_("Segment"), choices=Segment.choices)


class JoinForm(forms.Form):
    """A password, typed twice."""

    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters."),
    )
    again = forms.CharField(
        label=_("Password, once more"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both say the same."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("This is not the same as above."))
        return data
