"""Customers as the API takes and shows them."""

from typing import Any

from rest_framework import serializers

from common.money import countries
from common.rest.inputs import Paged, Shape, Text, YesNo
from customers.models import LONGEST_TAG
from customers.states import Vetting
from partners.roles import Segment


class CustomerOut(serializers.Serializer):  # type: ignore[misc]
    """A customer of the partner."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166 alpha-2")
    domain = serializers.CharField(allow_blank=True)
    registration_number = serializers.CharField(allow_blank=True)
    segment = serializers.ChoiceField(choices=Segment.values)
    tenant_id = serializers.UUIDField(allow_null=True, help_text="The Microsoft tenant that exists.")
    tenant_prefix = serializers.CharField(allow_blank=True, help_text="The default domain of a tenant to come.")
    duns = serializers.CharField(allow_blank=True)
    address_line1 = serializers.CharField(allow_blank=True)
    address_line2 = serializers.CharField(allow_blank=True)
    postal_code = serializers.CharField(allow_blank=True)
    city = serializers.CharField(allow_blank=True)
    state = serializers.CharField(allow_blank=True)
    is_bound_to_secrecy = serializers.BooleanField()
    vetting = serializers.ChoiceField(choices=Vetting.values, help_text="What Microsoft says about the account (C6).")
    version = serializers.IntegerField(help_text="The ETag without its quotation marks.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    archived_at = serializers.DateTimeField(allow_null=True)
    archive_reason = serializers.CharField(allow_blank=True)


class CustomerFacts(Shape):
    """Facts of a customer; what they must be is said by the form of the page, in its words."""

    name = Text(max_length=200)
    country = serializers.ChoiceField(choices=sorted(countries()))
    domain = Text(max_length=253, allow_blank=True, required=False)
    registration_number = Text(max_length=50, allow_blank=True, required=False)
    segment = serializers.ChoiceField(choices=Segment.values, required=False)
    tenant_id = Text(max_length=40, allow_null=True, allow_blank=True, required=False)
    tenant_prefix = Text(max_length=43, allow_blank=True, required=False)
    duns = Text(max_length=15, allow_blank=True, required=False)
    address_line1 = Text(max_length=200, allow_blank=True, required=False)
    address_line2 = Text(max_length=200, allow_blank=True, required=False)
    postal_code = Text(max_length=20, allow_blank=True, required=False)
    city = Text(max_length=100, allow_blank=True, required=False)
    state = Text(max_length=2, allow_blank=True, required=False)
    is_bound_to_secrecy = YesNo(required=False)
    despite_likeness = YesNo(required=False, help_text="Register although the partner may have the customer already.")
    because = Text(max_length=300, allow_blank=True, required=False, help_text="Why it is another company then.")


class NewCustomer(CustomerFacts):
    """A customer to come, with its first contact; some countries ask for the contact's phone (C4)."""

    contact_first_name = Text(max_length=50, required=False)
    contact_last_name = Text(max_length=50, required=False)
    contact_email = Text(max_length=254, required=False)
    contact_phone = Text(max_length=40, allow_blank=True, required=False)


class CustomerPatch(CustomerFacts):
    """Facts to correct; what is left out stays."""

    def get_fields(self) -> Any:
        """All of them may be left out."""
        found = super().get_fields()
        for field in found.values():
            field.required = False
        return found


class CustomerFilter(Paged):
    """Which customers."""

    q = serializers.CharField(required=False, max_length=200, help_text="Words of name, domain or number.")
    country = serializers.ChoiceField(choices=sorted(countries()), required=False)
    segment = serializers.ChoiceField(choices=Segment.values, required=False)
    tag = serializers.CharField(required=False, max_length=LONGEST_TAG)
    archived = serializers.BooleanField(required=False, default=False, help_text="Those that were put aside instead.")


class Archiving(Shape):
    """Why a customer is put aside."""

    reason = Text(max_length=300)


class VettingBody(Shape):
    """What Microsoft says about the customer's account."""

    vetting = serializers.ChoiceField(choices=Vetting.values)
