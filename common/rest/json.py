"""JSON in and out: strict when it is read, fast when it is written."""

from decimal import Decimal
from typing import Any

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

MOST_BYTES = 2 * 1024 * 1024
DEEPEST = 20


def _otherwise(value: Any) -> Any:
    if isinstance(value, Promise):
        return str(value)
    raise NotImplementedError(type(value).__name__)


_encoder = msgspec.json.Encoder(enc_hook=_otherwise, decimal_format="string")


def encoded(document: Any) -> bytes:
    """A document as JSON; amounts as strings, moments in ISO 8601."""
    return _encoder.encode(document)


def decoded(text: bytes) -> Any:
    """JSON text as plain values. ParseError for text that is no JSON, or nested deeper than `DEEPEST`."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ParseError(_("This is no JSON.")) from error
    if _is_deeper(value, DEEPEST):
        raise ParseError(_("This is nested too deeply."))
    return value


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(one, levels - 1) for one in inner)


class JsonBody(BaseParser):  # type: ignore[misc]
    """Reads a body of JSON, of `MOST_BYTES` at most."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The value of the body; its text stays with the request, because a retry is recognised by it."""
        text = stream.read(MOST_BYTES + 1)
        if len(text) > MOST_BYTES:
            raise TooLarge
        parser_context["request"].body_text = text
        return decoded(text)


class TooLarge(Exception):
    """The body is larger than this door takes."""


def plain(value: Decimal | None) -> str | None:
    """An amount without exponent."""
    return None if value is None else f"{value:f}"
