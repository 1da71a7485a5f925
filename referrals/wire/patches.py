"""JSON Patch (RFC 6902) on the paths that may be changed (R5, R19). Pure."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import jsonpatch
from django.utils.translation import gettext as _
from jsonpointer import JsonPointerException

from referrals.wire.reading import SHARE
from referrals.wire.shapes import Document, refuse

MOST = 100
OPERATIONS = ("replace", "add")
PATHS = (
    "/campaignId",
    f"/consent/{SHARE}",
    "/customerProfile/team",
    "/customerProfile/team/-",
    "/details/closingDateTime",
    "/details/currency",
    "/details/dealValue",
    "/details/notes",
    "/details/requirements/solutions",
    "/details/requirements/solutions/-",
    "/externalReferenceId",
    "/referralProgram",
    "/salesStage",
    "/status",
    "/substatus",
    "/statusReason",
    "/team",
    "/team/-",
)
_KNOWN = {path.lower(): path for path in PATHS}


def patched(document: Document, body: Any) -> Document:
    """The document with every operation done to it. A fault names the operation that cannot be taken."""
    if not isinstance(body, list):
        refuse(_("Send a JSON Patch: a list of operations, each with op, path and value."), "body")
    if len(body) > MOST:
        refuse(_("This has at most %(count)d items.") % {"count": MOST}, "body")
    operations = [_operation(one, index) for index, one in enumerate(body)]
    try:
        return dict(jsonpatch.apply_patch(deepcopy(document), operations))
    except (jsonpatch.JsonPatchException, JsonPointerException, TypeError) as error:
        refuse(_("This patch does not fit the referral: %(error)s") % {"error": error}, "body")


def _operation(said: Any, index: int) -> dict[str, Any]:
    """One operation; names of members and paths count in any letter case."""
    if not isinstance(said, Mapping):
        refuse(_("This must be a JSON object."), str(index))
    found = {str(name).lower(): value for name, value in said.items()}
    operation = str(found.get("op") or "replace").lower()
    if operation not in OPERATIONS:
        refuse(_("This must be one of: %(words)s.") % {"words": ", ".join(OPERATIONS)}, f"{index}/op")
    path = _KNOWN.get(str(found.get("path")).lower())
    if path is None or (operation == "replace" and path.endswith("/-")):
        refuse(_("“%(path)s” cannot be changed.") % {"path": str(found.get("path"))[:100]}, f"{index}/path")
    if "value" not in found:
        refuse(_("This is required."), f"{index}/value")
    return {"op": operation, "path": path, "value": found["value"]}
