"""The dated rows behind agreements, in the API: cut-offs, ways to accept, texts and their languages."""

from django.utils.timezone import localdate
from rest_framework import serializers
from rest_framework.request import Request

from agreements.models import CutOff, PathRule, TemplateLanguage, TemplateVersion
from agreements.states import Path
from common.rest.endpoints import Answer, Asked, operation
from partners.access import ApiView
from partners.roles import CspType


class CutOffOut(serializers.Serializer):  # type: ignore[misc]
    """From a day on an acceptance is needed, or one from before another day is not enough (table 3.3)."""

    code = serializers.CharField()
    effective_on = serializers.DateField()
    accepted_before = serializers.DateField(allow_null=True)
    is_information = serializers.BooleanField(help_text="Known from third parties only.")
    text = serializers.CharField()
    source = serializers.CharField()


class WayOut(serializers.Serializer):  # type: ignore[misc]
    """When a way to accept is open, and to which types of partners (table 3.2)."""

    path = serializers.ChoiceField(choices=Path.values)
    csp_types = serializers.ListField(child=serializers.ChoiceField(choices=CspType.values))
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


class TemplateOut(serializers.Serializer):  # type: ignore[misc]
    """A text of the agreement; the higher rank is the newer one (M2)."""

    template_id = serializers.CharField()
    version_rank = serializers.IntegerField()
    agreement_link = serializers.CharField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


class LanguageOut(serializers.Serializer):  # type: ignore[misc]
    """A language of the text; without a country for every one that has no own (M4)."""

    country = serializers.CharField(allow_blank=True)
    language = serializers.CharField()


class RulesOut(serializers.Serializer):  # type: ignore[misc]
    """Everything that answers about agreements rest on."""

    cut_offs = CutOffOut(many=True)
    ways = WayOut(many=True)
    templates = TemplateOut(many=True)
    languages = LanguageOut(many=True)


class AgreementRules(ApiView):
    """The dated rows."""

    @operation("Read the rules of agreements", scope="agreements.read", answer=RulesOut)
    def get(self, request: Request, asked: Asked) -> Answer:
        """The same for everybody."""
        days = ("valid_from", "valid_to")
        cut_off = ("code", "effective_on", "accepted_before", "is_information", "text", "source")
        template = ("template_id", "version_rank", "agreement_link", *days)
        languages = TemplateLanguage.objects.valid_on(localdate()).order_by("country", "pk")
        return Answer(
            {
                "cut_offs": [{name: getattr(row, name) for name in cut_off} for row in CutOff.objects.all()],
                "ways": list(PathRule.objects.values("path", "csp_types", *days)),
                "templates": list(TemplateVersion.objects.values(*template)),
                "languages": list(languages.values("country", "language")),
            }
        )
