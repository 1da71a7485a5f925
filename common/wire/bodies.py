"""Bodies of the wire: keys in any letter case, null as absent, and what nobody here knows is kept."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar, Union

import msgspec
from django.http import HttpRequest
from django.utils.translation import gettext as _

from common.rest.json import decoded
from common.wire.faults import Fault, unfit

# the members of a document by their documented names; None for a value, a table for a document within, or a list of them
Names = Mapping[str, Union["Names", None]]
Typed = TypeVar("Typed")
MOST_KEPT = 64 * 1024
_JSON = re.compile(r"(application|text)/(json|[\w.+-]+\+json)|text/plain|", re.IGNORECASE)
_BOM = b"\xef\xbb\xbf"


def value_of(request: HttpRequest) -> Any:
    """The JSON of a request. A fault for what is none, is of another kind, or holds what no text of ours can hold."""
    if not _JSON.fullmatch(request.content_type or ""):
        raise Fault(415, "MediaType", _("Please send application/json."))
    text = request.body.removeprefix(_BOM)
    value = decoded(text)
    if b"\\u0000" in text and _has_nul(value):
        raise Fault(400, "Malformed", _("The body holds a NUL character."))
    return value


def document_of(request: HttpRequest, names: Names) -> dict[str, Any]:
    """The object that a request carries, its known keys under their documented names."""
    value = value_of(request)
    if not isinstance(value, dict):
        raise Fault(400, "Malformed", _("The body must be a JSON object."))
    found: dict[str, Any] = fitted(value, names)
    return found


def fitted(value: Any, names: Names | None) -> Any:
    """A document with its known keys as they are documented, and without nulls; what is unknown stays as it came."""
    if names is None:
        return value
    if isinstance(value, list):
        return [fitted(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    known = {name.casefold(): name for name in names}
    found: dict[str, Any] = {}
    for key, inner in value.items():
        name = known.get(key.casefold(), key)
        if inner is not None and (name not in found or key == name):
            found[name] = fitted(inner, names.get(name))
    return found


def typed(document: Any, kind: type[Typed]) -> Typed:
    """A fitted document as a struct of known members; a fault that names the member of another type."""
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        said, _at, path = str(error).partition(" - at `$")
        field = path.strip("`.") or "body"
        raise unfit(field, said) from error


def beyond(document: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """What of a fitted document has no place in our model, to be kept and given back."""
    found: dict[str, Any] = {}
    for name, inner in document.items():
        if name not in names:
            found[name] = inner
        elif (within := names[name]) is not None and isinstance(inner, dict) and (rest := beyond(inner, within)):
            found[name] = rest
    if len(msgspec.json.encode(found)) > MOST_KEPT:
        raise Fault(413, "TooLarge", _("There is too much in fields that are not known here."))
    return found


def joined(ours: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """What we say, together with what was kept beside it; where both say something, ours holds."""
    found = {**kept, **ours}
    for name, inner in ours.items():
        if isinstance(inner, dict) and isinstance(kept.get(name), dict):
            found[name] = joined(inner, kept[name])
    return found


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_nul(one) for pair in value.items() for one in pair)
    return isinstance(value, list) and any(map(_has_nul, value))
