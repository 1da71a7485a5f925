"""Programs of partners for tests: a client with a token, and a way to speak JSON with it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from allauth.idp.oidc.models import Token
from django.test import Client
from django.utils.timezone import now

from partners import services
from partners.credentials import SCOPES
from partners.models import ApiClient, Partner

V1 = "/api/v1"


def new_token(client: ApiClient, scopes: Collection[str] = SCOPES, *, lasts: timedelta = timedelta(hours=1)) -> str:
    """A token as the token endpoint would have issued it."""
    value = uuid4().hex
    token = Token(
        type=Token.Type.ACCESS_TOKEN,
        client_id=client.application_id,
        expires_at=now() + lasts,
        scopes="\n".join(scopes),
    )
    token.set_value(value)
    token.save()
    return value


@dataclass
class Program:
    """Speaks to the API as a program of one partner."""

    partner: Partner
    scopes: Collection[str] = SCOPES
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    language: str = "en"

    def __post_init__(self) -> None:
        issued = services.create_client(partner=self.partner, name="Warehouse", scopes=self.scopes, at=now())
        self.row, self.secret = issued.client, issued.secret
        self.token = new_token(self.row, self.scopes)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request; `If_Match="..."` becomes a header. A POST gets a key of its own unless it brings one."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language}
        if method == "POST":
            sent.setdefault("Idempotency-Key", uuid4().hex)
        content = {} if body is None else {"data": body, "content_type": "application/json"}
        whole = path if path.startswith("/") else f"{V1}/{path}"
        return self.client.generic(method, whole, **_dumped(content), headers=sent)

    def get(self, path: str, **headers: str) -> Any:
        """GET."""
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST."""
        return self("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        """PATCH."""
        return self("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        """DELETE."""
        return self("DELETE", path, **headers)


def _dumped(content: dict[str, Any]) -> dict[str, Any]:
    if "data" in content and not isinstance(content["data"], str | bytes):
        content["data"] = Client()._encode_json(content["data"], "application/json")
    return content
