"""Referrals as outside clients send them: the documented sample in our own words, and what the contract says of answers."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.wire.clients import Wire

SHARED = Path(__file__).resolve().parents[3] / "shared"
PLACE = "/v1.0/engagements/referrals"
SHARE = "consentToShareReferralWithMicrosoftSellers"


def referral(**more: Any) -> dict[str, Any]:
    """A deal of a partner's own, as its CRM would send it."""
    return {
        "name": "Server der Werke",
        "externalReferenceId": "CRM-4711",
        "type": "Independent",
        "qualification": "SalesQualified",
        "status": "New",
        "substatus": "Pending",
        "customerProfile": {
            "name": "Fabrikam Maschinenbau GmbH",
            "address": {"addressLine1": "Ring 1", "city": "Köln", "postalCode": "50667", "country": "DE"},
            "size": "51to250employees",
            "team": [
                {
                    "firstName": "Karla",
                    "lastName": "Kunde",
                    "email": "karla@fabrikam.example",
                    "phoneNumber": "+49 221 1",
                    "contactPreference": {"locale": "de-de", "disableNotifications": True},
                },
                {"firstName": "Ben", "lastName": "Beirat", "email": "ben@fabrikam.example"},
            ],
            "ids": [{"profileType": "External", "id": "4711"}],
        },
        "consent": {"consentToContact": True, "consentToToShareInfoWithOthers": False},
        "details": {
            "notes": "Forty servers.",
            "dealValue": 50000.5,
            "currency": "EUR",
            "closingDateTime": "2027-06-30T22:15:00.1234567Z",
            "requirements": {
                "industries": [{"id": "Manufacturing"}],
                "products": [{"id": "Azure"}],
                "services": [{"id": "DeploymentOrMigration"}],
                "solutions": [{"id": "SOL-1-ABC", "name": "Hosting", "type": "Name", "price": 12.5}],
            },
        },
        "team": [{"firstName": "Jane", "lastName": "Doe", "email": "jane@nordlicht.example"}],
        "campaignId": "spring",
        **more,
    }


def shared(deal: dict[str, Any] | None = None, code: str = "", **more: Any) -> dict[str, Any]:
    """A deal that Microsoft may see; with a code its help is asked for."""
    found = {**(deal or referral()), **more}
    found["consent"] = found["consent"] | {SHARE: True}
    return found | ({"inviteContext": {"assistanceRequestCode": code}} if code else {})


def contract() -> dict[str, Any]:
    """The published definition; a test that needs it is skipped where it is not at hand."""
    path = SHARED / "contracts" / "referrals.amended.json"
    if not path.exists():
        pytest.skip(f"{path.name} is not at hand")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def golden(name: str) -> list[dict[str, Any]]:
    """The documented samples of one page."""
    path = SHARED / "golden" / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{path.name} is not at hand")
    found: list[dict[str, Any]] = json.loads(path.read_text())["examples"]
    return found


def must_fit(answer: Any, path: str, method: str) -> None:
    """An answer is one that the contract declares, in its status and its shape."""
    whole = contract()
    declared = whole["paths"][path][method]["responses"]
    assert str(answer.status_code) in declared, answer.content
    if schema := declared[str(answer.status_code)].get("schema"):
        jsonschema.validate(answer.json(), _nullable({**schema, "definitions": whole["definitions"]}))


def _nullable(schema: Any) -> Any:
    """Swagger 2 says that null is allowed in its own way."""
    if isinstance(schema, list):
        return [_nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _nullable(one) for name, one in schema.items()}
    if found.pop("x-nullable", False):
        if isinstance(found.get("type"), str):
            found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found


def fault_of(answer: Any, status: int, target: str | None = None) -> dict[str, Any]:
    """The error of a fault in the shape of referrals (R15)."""
    assert answer.status_code == status, answer.content
    error: dict[str, Any] = answer.json()["error"]
    assert set(error) >= {"code", "message", "target", "innerError"}
    assert 0 < len(error["message"]) <= 1024
    if target is not None:
        assert error["target"] == target, error
    return error


def made(wire: Wire, body: Any = None, **headers: str) -> dict[str, Any]:
    """A new referral, which the client has seen."""
    answer = wire.post(PLACE, body or referral(), **headers)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    assert answer.headers["ETag"] == found["eTag"]
    return found


def at(found: dict[str, Any]) -> str:
    return f"{PLACE}/{found['id']}"


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def patch(wire: Wire, found: dict[str, Any], *operations: dict[str, Any], **headers: str) -> Any:
    headers.setdefault("Prefer", "return=representation")
    return wire("PATCH", at(found), list(operations), **headers)
