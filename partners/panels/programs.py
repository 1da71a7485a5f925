"""What the interfaces page shows: programs and subscriptions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.idp.oidc.models import Token
from django.db.models import Count, Max, OuterRef, Q, Subquery

from partners.models import ApiClient, Subscription, User
from partners.states import DeliveryState

SOON = timedelta(days=30)


@dataclass(frozen=True)
class Client:
    """A program of the partner, its last use, and until when its secret is good."""

    row: ApiClient
    scopes: str
    last_token_at: datetime | None
    ends_soon: bool
    is_over: bool


def clients(person: User, *, at: datetime) -> list[Client]:
    """The partner's programs that are not revoked; what a partner may not read of them is not asked for."""
    uses = Token.objects.filter(client_id=OuterRef("application_id")).order_by().values("client_id")
    rows = ApiClient.objects.visible_to(person).filter(revoked_at__isnull=True).select_related("user").order_by("pk")
    granted = dict(rows.values_list("pk", "application__scopes"))
    return [
        Client(
            row,
            ", ".join(granted[row.pk].split()),
            row.last_token_at,
            ends_soon=at <= row.secret_ends_at < at + SOON,
            is_over=row.secret_ends_at < at,
        )
        for row in rows.annotate(last_token_at=Subquery(uses.annotate(last=Max("created_at")).values("last")))
    ]


def subscriptions(person: User) -> Any:
    """Subscriptions with how many messages wait and are parked."""
    rows = Subscription.objects.visible_to(person).select_related("client__user").order_by("client_id", "pk")
    return rows.annotate(**{name: Count("deliveries", filter=Q(deliveries__state=name)) for name in _OPEN})


_OPEN = (DeliveryState.WAITING.value, DeliveryState.PARKED.value)


def counts_of(one: Subscription) -> dict[str, int]:
    """How many messages of one subscription wait and are parked."""
    return one.deliveries.aggregate(**{name: Count("pk", filter=Q(state=name)) for name in _OPEN})
