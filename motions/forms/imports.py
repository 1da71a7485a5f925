"""Forms of an import: the file, and what its columns mean."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.money import country_choices, currency_choices
from motions.imports.csvfile import ENCODINGS
from motions.imports.mapping import FIELDS
from motions.imports.reading import Table
from motions.imports.steps import Options

LABELS = {
    "name": _("Company name"),
    "country": _("Country"),
    "domain": _("Domain"),
    "registration_number": _("Registration number"),
    "seats": _("Seats"),
    "azure_annual": _("Azure consumption a year"),
    "currency": _("Currency"),
    "needs": _("Contract needs"),
    "prefers_self_service": _("Prefers self-service"),
    "deal_name": _("Name of the deal"),
    "deal_key": _("Own key of the deal"),
}
DECIMALS = [("", _("As the file shows")), ("comma", _("Comma: 1.234,56")), ("point", _("Point: 1,234.56"))]
DELIMITERS = [(";", _("Semicolon ;")), (",", _("Comma ,")), ("\t", _("Tab")), ("|", _("Bar |"))]


class UploadForm(forms.Form):
    """A file of customers and deals."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, up to 64 MiB. Nothing is changed before you have seen what would happen."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        allow_empty_file=True,
    )


class MappingForm(forms.Form):
    """Which column is which, and how the file is read."""

    def __init__(self, *args: Any, table: Table, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [("", _("Not in the file")), *((name, name) for name in table.header)]
        for name in FIELDS:
            self.fields[f"map_{name}"] = forms.ChoiceField(label=LABELS[name], choices=columns, required=name == "name")
        self.fields["country"] = forms.ChoiceField(
            label=_("Country for rows without one"), choices=country_choices(), required=False
        )
        self.fields["currency"] = forms.ChoiceField(
            label=_("Currency for amounts without one"),
            choices=[("", _("None: such rows are refused")), *currency_choices()],
            required=False,
        )
        self.fields["decimal"] = forms.ChoiceField(
            label=_("Decimal separator where the file does not tell"), choices=DECIMALS, required=False
        )
        if table.kind == "csv":
            self.fields["encoding"] = forms.ChoiceField(
                label=_("Encoding"), choices=[(name, name) for name in ENCODINGS], required=False
            )
            self.fields["delimiter"] = forms.ChoiceField(
                label=_("Delimiter"), choices=_delimiters(table.delimiter), required=False
            )

    def clean(self) -> dict[str, Any]:
        """No column twice."""
        cleaned = super().clean() or self.cleaned_data
        used: set[str] = set()
        for name in FIELDS:
            column = cleaned.get(f"map_{name}")
            if column and column in used:
                self.add_error(f"map_{name}", ValidationError(_("This column already stands for another field.")))
            used.add(column or "")
        return cleaned

    @property
    def chosen(self) -> dict[str, str]:
        """field -> header."""
        pairs = ((name, self.cleaned_data[f"map_{name}"]) for name in FIELDS)
        return {name: column for name, column in pairs if column}

    @property
    def options(self) -> Options:
        """What was said beside the mapping."""
        names = ("country", "currency", "encoding", "delimiter", "decimal")
        return Options(**{name: self.cleaned_data.get(name, "") for name in names})

    @property
    def column_fields(self) -> list[forms.BoundField]:
        """The fields that choose columns."""
        return [self[f"map_{name}"] for name in FIELDS]

    @property
    def reading_fields(self) -> list[forms.BoundField]:
        """The fields that say how the file is read."""
        return [self[name] for name in self.fields if not name.startswith("map_")]


def _delimiters(found: str) -> list[tuple[str, Any]]:
    known = [value for value, _label in DELIMITERS]
    return DELIMITERS if found in known else [*DELIMITERS, (found, found)]


def initial_of(mapping: dict[str, str], options: Options, table: Table) -> dict[str, str]:
    """A batch's values for the mapping form."""
    return {
        **{f"map_{name}": column for name, column in mapping.items()},
        **vars(options),
        "encoding": table.encoding,
        "delimiter": table.delimiter,
    }
