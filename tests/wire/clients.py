"""A client as outside ones are: it asks with a number for each call, and repeats it when it likes."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.programs import Program


@dataclass
class Wire:
    """Speaks to the wire as a program of one partner."""

    program: Program
    root: str = "/v1/"

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request; `MS_RequestId="..."` becomes a header. A text or bytes are sent as they are."""
        sent = {"Authorization": f"Bearer {self.program.token}", "MS-RequestId": str(uuid4())}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        kind = sent.pop("Content-Type", "application/json; charset=utf-8")
        data = body if isinstance(body, str | bytes) else "" if body is None else json.dumps(body)
        whole = path if path.startswith("/") else f"{self.root}{path}"
        return self.program.client.generic(method, whole, data, content_type=kind, headers=sent)

    def get(self, path: str, **headers: str) -> Any:
        """GET."""
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST."""
        return self("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        """PUT."""
        return self("PUT", path, body, **headers)


def is_fault(answer: Any, status: int) -> bool:
    """Whether an answer is a fault in the shape below /v1."""
    told = answer.json()
    assert {"code", "description", "data", "source"} <= set(told), told
    assert isinstance(told["data"], list)
    assert told["description"]
    return bool(answer.status_code == status)
