"""`manage.py api_client create|rotate|revoke|list`: programs of partners and their secrets."""

import json
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils.timezone import now

from common.isolation import Side, acting
from common.refusals import Refused
from partners import services
from partners.credentials import SCOPES
from partners.models import ApiClient, Partner
from partners.services import Issued

SOON = timedelta(days=30)


class Command(BaseCommand):
    """Prints one JSON object; a secret is in it once, and nowhere afterwards."""

    help = "Create, rotate, revoke or list API clients."

    def add_arguments(self, parser: CommandParser) -> None:
        """One verb, and what it needs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="a new client; prints id and secret")
        create.add_argument("--partner", required=True, help="database id, public id or PartnerID")
        create.add_argument("--name", default="API")
        create.add_argument("--scopes", nargs="+", default=list(SCOPES), help="separated by spaces or commas")
        rotate = verbs.add_parser("rotate", help="a new secret; the former one stays good for a while")
        rotate.add_argument("client")
        rotate.add_argument("--overlap-days", type=float, default=services.OVERLAP / timedelta(days=1))
        verbs.add_parser("revoke", help="let a client in no more").add_argument("client")
        verbs.add_parser("list", help="all clients, their last use and until when their secrets are good")

    def handle(self, *args: Any, **options: Any) -> None:
        """As the office."""
        try:
            with acting(Side.OFFICE):
                told = getattr(self, options["verb"])(options)
        except Refused as refusal:
            raise CommandError(str(refusal.sentence)) from refusal
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """A new client."""
        partner = _partner(options["partner"])
        scopes = [scope for word in options["scopes"] for scope in word.replace(",", " ").split()]
        return _issued(services.create_client(partner=partner, name=options["name"], scopes=scopes, at=now()))

    def rotate(self, options: dict[str, Any]) -> dict[str, Any]:
        """A new secret."""
        overlap = timedelta(days=options["overlap_days"])
        return _issued(services.rotate_secret(_client(options), at=now(), overlap=overlap))

    def revoke(self, options: dict[str, Any]) -> dict[str, Any]:
        """No way in any more."""
        client = _client(options)
        services.revoke_client(client, at=now())
        return {"client_id": str(client), "revoked": True}

    def list(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        """Everybody."""
        uses = services.last_uses()
        clients = ApiClient.objects.select_related("application", "partner").order_by("pk")
        return [
            {
                "client_id": str(client),
                "name": client.application.name,
                "partner": client.partner.partner_number,
                "scopes": client.application.get_scopes(),
                "last_token_at": str(uses.get(client.application_id, "")),
                "secret_ends_at": str(client.secret_ends_at),
                "ends_soon": client.secret_ends_at < now() + SOON,
                "revoked_at": str(client.revoked_at or ""),
            }
            for client in clients
        ]


def _partner(given: str) -> Partner:
    found = Q(partner_number=given)
    if given.isdecimal() and int(given) < 2**63:
        found |= Q(pk=int(given))
    with suppress(ValueError):
        found |= Q(public_id=UUID(given))
    partner = Partner.objects.filter(found, is_active=True).order_by("pk").first()
    if partner is None:
        raise CommandError(f"There is no active partner {given}.")
    return partner


def _client(options: dict[str, Any]) -> ApiClient:
    client: ApiClient | None = ApiClient.objects.filter(application_id=options["client"]).first()
    if client is None:
        raise CommandError(f"There is no client {options['client']}.")
    return client


def _issued(issued: Issued) -> dict[str, Any]:
    return {
        "client_id": str(issued.client),
        "client_secret": issued.secret,
        "secret_ends_at": str(issued.client.secret_ends_at),
        "token_url": "/identity/o/api/token",
    }
