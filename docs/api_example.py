"""Register a customer, add a deal, wait for fresh guidance, submit a lead. Every POST may be repeated safely."""

import json
import sys
import time
import urllib.parse
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4


def call(site: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """One request; what comes back, read."""
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    sent = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    request = urllib.request.Request(site + path, data=data, method=method, headers=sent)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def main(site: str, client_id: str, secret: str) -> str:
    """The motion that fits a customer with 2,400 seats, and the state of its lead."""
    grant = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    token = call(site, "POST", "/identity/o/api/token", urllib.parse.urlencode(grant).encode(), **form)["access_token"]
    me, v1 = {"Authorization": f"Bearer {token}"}, f"{site}/api/v1"

    def post(path: str, body: Any, **more: str) -> Any:
        return call(v1, "POST", path, body, **me, Idempotency_Key=uuid4().hex, **more)

    customer = post("/customers/", {"name": f"Example {uuid4().hex[:8]} GmbH", "country": "DE"})
    post("/deals/", {"customer": customer["id"], "kind": "seats", "name": "Microsoft 365 E5", "seats": 2400})
    while not (guidance := call(v1, "GET", f"/guidance/{customer['id']}/", **me))["is_fresh"]:
        time.sleep(0.5)
    person = {"contact_first_name": "Karla", "contact_last_name": "Kunde", "contact_email": "karla@kunde.example"}
    offer = {"name": "Microsoft 365 E5", "value": "950000.00", "currency": "EUR", "solutions": ["Microsoft365"]}
    about = {
        "notes": "Everything moves.",
        "intent": "yes",
        "close_date": f"{datetime.now(UTC) + timedelta(days=90):%Y-%m-%d}",
    }
    draft = post("/referrals/", {"customer": customer["id"], "programme": "QRP", **offer, **about, **person})
    agreed = {"consents": ["contact", "share_with_sellers"], "given_by": "Karla Kunde"}
    lead = post(f"/referrals/{draft['id']}/submit/", agreed, If_Match=f'"{draft["version"]}"')
    return f"{guidance['label']}: {guidance['headline']}\nLead {lead['state']}, answered by {lead['answer_due_at']}"


if __name__ == "__main__":
    sys.stdout.write(main(*sys.argv[1:4]) + "\n")
