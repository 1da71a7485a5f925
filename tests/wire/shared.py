"""The contracts and documented samples of Partner Center, which lie beside the repository where there are any."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

HOUSE = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("SHARED_DIR", HOUSE.parent / "shared"))
ABSENT = "the samples of ../shared (or SHARED_DIR) are not here"


def contract(name: str) -> Any:
    """A published contract; the test is skipped where it is absent."""
    path = SHARED / "contracts" / f"{name}.amended.json"
    if not path.is_file():
        pytest.skip(ABSENT)
    return json.loads(path.read_text())


def examples(*topics: str) -> list[Any]:
    """(name, request, answer) of each documented call about some topics; one that is skipped where there are none."""
    found = []
    for path in sorted((SHARED / "golden").glob("*.json")):
        document = json.loads(path.read_text())
        if document["topic"] not in topics:
            continue
        asked = None
        for one in document["examples"]:
            if one["kind"] == "request":
                asked = one
            elif one["kind"] == "response" and asked:
                name = f"{path.name.split('__')[1]}-{one['status']}"
                found.append(pytest.param(asked, one, id=name))
    return found or [pytest.param(None, None, marks=pytest.mark.skip(reason=ABSENT), id="absent")]
