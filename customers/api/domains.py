"""Whether the default domain of a tenant to come is free, in the API."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from common.rest.endpoints import Answer, Asked, operation
from common.rest.inputs import Single
from common.rest.problems import Problem
from customers import services
from customers.forms.cleaning import clean_tenant_prefix
from customers.services.availability import SUFFIX, Availability
from partners.access import ApiView


class DomainQuery(Single):
    """Which one."""

    tenant_prefix = serializers.CharField(max_length=43, help_text="What stands before .onmicrosoft.com.")


class DomainOut(serializers.Serializer):  # type: ignore[misc]
    """What is known about a default domain."""

    domain = serializers.CharField()
    availability = serializers.ChoiceField(choices=[one.value for one in Availability])


class DomainCheck(ApiView):
    """The check of a default domain."""

    @operation("Check a default domain", scope="customers.read", query=DomainQuery, answer=DomainOut)
    def get(self, request: Request, asked: Asked) -> Answer:
        """As far as anybody can say (C3)."""
        try:
            prefix = clean_tenant_prefix(asked.query["tenant_prefix"])
        except ValidationError as error:
            raise _misfit(" ".join(error.messages)) from error
        if not prefix:
            raise _misfit(_("Please say what stands before .onmicrosoft.com."))
        return Answer({"domain": prefix + SUFFIX, "availability": services.availability(prefix).value})


def _misfit(sentence: str) -> Problem:
    return Problem("parameter", errors=[{"field": "tenant_prefix", "code": "unfit", "detail": sentence}])
