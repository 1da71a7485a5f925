"""What only Microsoft knows: whether a customer has signed directly (M5), and the text of the agreement (M4).

Which client answers is a setting (`MICROSOFT`). The default is honest about being offline: an administrator says in the
back office what Microsoft answers, and a text cannot be fetched.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from agreements.models import DirectAnswer


@dataclass(frozen=True)
class Document:
    """A text of the agreement; handed on, never stored."""

    file_name: str
    media_type: str
    content: bytes


class Microsoft(Protocol):
    """What a client has to answer."""

    def signed_among(self, customers: Collection[int]) -> set[int]:
        """Those customers (by key) that have accepted directly; neither when nor which version is told (M5)."""

    def document(self, *, template_id: str, language: str, country: str) -> Document | None:
        """A text in a language for a country, fetched now; None when it cannot be had."""


class Offline:
    """Not connected to Microsoft."""

    def signed_among(self, customers: Collection[int]) -> set[int]:
        """As an administrator has said."""
        said = DirectAnswer.objects.filter(customer__in=customers, is_signed=True)
        return set(said.values_list("customer_id", flat=True))

    def document(self, *, template_id: str, language: str, country: str) -> Document | None:
        """Never."""
        return None


def client() -> Microsoft:
    """The client of the settings."""
    return cast(Microsoft, import_string(settings.MICROSOFT)())
