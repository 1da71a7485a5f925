"""Lists whose columns one chooses, and whose filters and columns live in the address."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Column:
    """One column: its name in the address, its heading, and its text in a file."""

    name: str
    label: Promise
    text: Callable[[Any], str]
    is_number: bool = False
    only: str = ""  # "partner": for the partner's own people; "reader": for everybody else


def chosen_of(columns: Iterable[Column], names: Iterable[str], *, usual: Iterable[str]) -> list[Column]:
    """The chosen ones in their order; the usual ones where none is chosen."""
    wanted = set(names) or set(usual)
    return [column for column in columns if column.name in wanted]


class ListForm(forms.Form):
    """Filters and columns; a value that does not exist filters nothing and is shown as an error."""

    columns = forms.MultipleChoiceField(label=_("Columns"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: QueryDict, *, columns: Sequence[Column], usual: Iterable[str]) -> None:
        self.all_columns, self.usual = columns, [one.name for one in columns if one.name in usual]
        typed = data.copy()
        if "columns" not in typed:
            typed.setlist("columns", self.usual)
        super().__init__(typed)
        self.fields["columns"].choices = [(one.name, one.label) for one in columns]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, str]:
        """The valid values of the filters, '' where nothing is chosen."""
        self.is_valid()
        names = [name for name in self.fields if name != "columns"]
        return {name: self.cleaned_data.get(name) or "" for name in names}

    @property
    def _names(self) -> list[str]:
        self.is_valid()
        names: list[str] = self.cleaned_data.get("columns") or []
        return names

    @property
    def shown(self) -> list[Column]:
        """The columns to be shown."""
        return chosen_of(self.all_columns, self._names, usual=self.usual)

    @property
    def query(self) -> str:
        """The filters, and the columns where they are not the usual ones, as they stand in an address."""
        filters = [(name, value) for name, value in self.chosen.items() if value]
        names = [] if self._names == self.usual else self._names
        return urlencode([*filters, *(("columns", name) for name in names)])

    @property
    def is_narrowed(self) -> bool:
        """Whether there is a filter; columns are none."""
        return any(self.chosen.values())
