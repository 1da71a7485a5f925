"""How forms look: one template for every field of every form."""

from django.forms.renderers import TemplatesSetting


class FieldRenderer(TemplatesSetting):
    """Django's own widgets, found like every other template; a field with its label, help and errors is ours."""

    field_template_name = "common/field.html"
