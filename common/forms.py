"""How forms look, one template for every field of every form; and what stands hidden in them."""

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest

_MOST_DIGITS = 9  # all fit into a column of whole numbers


class FieldRenderer(TemplatesSetting):
    """Django's own widgets, found like every other template; a field with its label, help and errors is ours."""

    field_template_name = "common/field.html"


def posted_version(request: HttpRequest) -> int:
    """The version that a form without fields was made of; 0, which no row ever has, for anything that is no such number."""
    version = request.POST.get("version", "")
    return int(version) if version.isdecimal() and len(version) <= _MOST_DIGITS else 0
