"""How forms look, one template for every field of every form; what they share, and what stands hidden in them."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest

_MOST_DIGITS = 18  # all fit into a column of large whole numbers


class FieldRenderer(TemplatesSetting):
    """Django's own widgets, found like every other template; a field with its label, help and errors is ours."""

    field_template_name = "common/field.html"


def day_field(label: Any, **more: Any) -> forms.DateField:
    """A day, as browsers send it."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, input_formats=["%Y-%m-%d"], **more)


def posted_number(request: HttpRequest, name: str = "version") -> int:
    """A number that stands hidden in a form; 0, which no row ever has, for anything that is no such number."""
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else 0
