"""Dated rows on their page: how a room's table is shown and filled in, and the fields that such forms share."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.templatetags.figures import day
from partners.models import Revision, User

UNTIL_CHANGED = ("valid_from", "valid_to")


@dataclass(frozen=True)
class DatedTable:
    """One table of dated rows: its part of the address, its words, its form, and what the list shows.

    `days` are the fields of the first and the last day of a row ('' where a newer row ends the former); `among` says
    which rows of a model are meant where it holds several kinds; `order` is by the first column unless it is said.
    """

    code: str
    title: Promise
    lead: Promise
    form: type["forms.ModelForm[Any]"]
    columns: tuple[str, ...]
    days: tuple[str, str] = UNTIL_CHANGED
    among: Mapping[str, Any] = field(default_factory=dict)
    order: tuple[str, ...] = ()

    @property
    def model(self) -> type[Model]:
        """Whose rows they are."""
        found: type[Model] = self.form._meta.model
        return found

    def rows(self) -> QuerySet[Any]:
        """Every row."""
        return self.model._default_manager.filter(**self.among).order_by(*self.order or (self.columns[0], self.days[0]))

    def changes(self, by: User) -> QuerySet[Revision]:
        """What was changed in the table as far as a person may see it, the newest first."""
        found = Revision.objects.visible_to(by).of(self.model).select_related("undone_by", "undoes")
        return found.filter(row_id__in=self.rows().values("pk")) if self.among else found

    def state(self, row: Model, on: date) -> str:
        """'to come', 'now' or 'over'; '' where the table has no last days, so that the row alone does not tell."""
        first, last = self.days
        if getattr(row, first) > on:
            return "to come"
        end = getattr(row, last) if last else None
        return "over" if end and end < on else "now" if last else ""

    def labels(self) -> dict[str, str]:
        """The fields as people call them."""
        return {name: str(one.label) for name, one in self.form.base_fields.items()}

    def shown(self) -> list[str]:
        """The fields of the list; of a text in two languages the reader's."""
        language = "de" if get_language() == "de" else "en"
        return [name if name in self.form.base_fields else f"{name}_{language}" for name in self.columns]

    def told(self, row: Model, names: list[str] | None = None) -> list[tuple[str, str]]:
        """(field, value) of a row in words, of every field or of some."""
        labels = self.labels()
        return [(labels[name], self.text(name, getattr(row, name))) for name in names or labels]

    def text(self, name: str, value: Any) -> str:
        """A value as it is read; '' for nothing."""
        if value is None or value in ("", [], {}):
            return ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, dict):
            return ", ".join(f"{place} {self.text('', inner)}" for place, inner in sorted(value.items()))
        choices = {str(key): str(label) for key, label in getattr(self.form.base_fields.get(name), "choices", ())}
        if isinstance(value, list):
            return ", ".join(choices.get(str(one), str(one)) for one in value)
        if isinstance(value, date):
            return day(value)
        if isinstance(value, Decimal | time):
            return str(localize(value))
        return choices.get(str(value), str(value))

    def differences(self, change: Revision) -> list[tuple[str, str, str]]:
        """(field, before, after) of what a change has changed."""
        before, after = change.before or {}, change.after or {}
        found = []
        for name, label in self.labels().items():
            was, is_now = (self.text(name, self._read(name, state)) for state in (before, after))
            if was != is_now:
                found.append((label, was, is_now))
        return found

    def _read(self, name: str, state: Mapping[str, Any]) -> Any:
        kept: Any = self.model._meta.get_field(name)
        return kept.to_python(state[name]) if name in state else None


def words_field(label: Any, **more: Any) -> forms.CharField:
    """A line of text."""
    return forms.CharField(label=label, **{"required": False, "max_length": 200, **more})


class SpacedField(forms.CharField):
    """Several short words in one line, with spaces or commas between them."""

    def prepare_value(self, value: Any) -> Any:
        """As a line."""
        return " ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """As a list."""
        return re.findall(r"[^\s,;]+", super().clean(value))
