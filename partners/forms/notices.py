"""Forms around notices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import NoticePreference, User
from partners.states import Way
from partners.wording import kinds_for

SHOWN = [("", _("All notices")), ("unread", _("Unread only"))]


class NoticeFilter(forms.Form):
    """All notices or the unread ones; it lives in the URL, and a value that does not exist filters nothing."""

    show = forms.ChoiceField(label=_("Show"), required=False, choices=SHOWN)

    @property
    def chosen(self) -> str:
        """The valid choice, or ''."""
        self.is_valid()
        return self.cleaned_data.get("show") or ""


class PreferencesForm(forms.Form):
    """One choice for each kind that the person can be told of."""

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = dict(NoticePreference.objects.visible_to(person).values_list("kind", "way"))
        for kind in kinds_for(person):
            self.fields[kind.code] = forms.ChoiceField(
                label=kind.label, required=False, choices=Way.choices, initial=chosen.get(kind.code, Way.AT_ONCE)
            )

    @property
    def ways(self) -> dict[str, str]:
        """The choice for each kind that was sent along."""
        return {kind: way for kind, way in self.cleaned_data.items() if way}
