"""Shapes of what comes in: nothing unknown is taken, and nothing is taken for what it is not."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

MOST_OF_A_PAGE = 200
USUAL_PAGE = 50


class Shape(serializers.Serializer):  # type: ignore[misc]
    """A document of known members; a member of another name is refused, so that nobody writes into the void."""

    def to_internal_value(self, data: Any) -> Any:
        """The members, read; every unknown one is an error of its own."""
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            sentence = _("There is no such member here.")
            raise ValidationError({name[:100]: [ErrorDetail(sentence, "unknown")] for name in unknown[:20]})
        return super().to_internal_value(data)


def read(shape: type[serializers.BaseSerializer], data: Any) -> dict[str, Any]:
    """What was sent, in a shape; ValidationError when it does not fit."""
    kind: Any = shape
    found: dict[str, Any] = _reader(kind, get_language() or "").run_validation(data)
    return found


def read_nothing(shape: type[serializers.BaseSerializer]) -> dict[str, Any]:
    """What a shape makes of nothing at all, which most addresses say; ValidationError where something is needed."""
    kind: Any = shape
    return dict(_of_nothing(kind))


@cache
def _of_nothing(shape: Any) -> Mapping[str, Any]:
    return MappingProxyType(shape().run_validation({}))


@cache
def _reader(shape: type[serializers.BaseSerializer], _language: str) -> Any:
    """To make the fields costs more than to read with them, and reading changes nothing in them but one thing.

    A message with a number in it is worded once and kept; hence one reader for each language.
    """
    return shape()


class Text(serializers.CharField):  # type: ignore[misc]
    """Text, and nothing that could be made to text."""

    def to_internal_value(self, data: Any) -> str:
        """The text itself."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Whole(serializers.IntegerField):  # type: ignore[misc]
    """A whole number of JSON."""

    def to_internal_value(self, data: Any) -> int:
        """The number itself."""
        if type(data) is not int:
            self.fail("invalid")
        return int(super().to_internal_value(data))


class YesNo(serializers.BooleanField):  # type: ignore[misc]
    """true or false of JSON."""

    def to_internal_value(self, data: Any) -> bool:
        """The value itself."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        found: bool = data
        return found


class Paged(Shape):
    """What every list takes: how many, after which, and which members."""

    after = serializers.CharField(required=False, max_length=2000, help_text="The cursor of the page before.")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST_OF_A_PAGE, default=USUAL_PAGE)

    def get_fields(self) -> Any:
        """`fields` is a name of the class itself, so it is put in here."""
        return super().get_fields() | {"fields": _members()}


class Single(Shape):
    """What every single resource takes."""

    def get_fields(self) -> Any:
        """See `Paged`."""
        return super().get_fields() | {"fields": _members()}


def _members() -> serializers.CharField:
    words = "Members to send, separated by commas; all when left out."
    return serializers.CharField(required=False, max_length=500, help_text=words)
