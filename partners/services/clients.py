"""API clients of partners: created, given new secrets, revoked by the office."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.idp.oidc.models import Client, Token
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from common.isolation import Side, acting
from common.refusals import NotAllowed, Refused, Unfit
from partners.credentials import SCOPES, kept, new_secret, rotated
from partners.models import ApiClient, Change, Notice, Partner, Repeat, User
from partners.models.people import OF_PROGRAMS
from partners.roles import Role
from partners.services.notices import fallback_owners, hand_over

SECRET_LASTS = timedelta(days=365)
OVERLAP = timedelta(days=7)
KEYS_KEPT_FOR = timedelta(days=30)
CHANGES_KEPT_FOR = timedelta(days=90)
TOKENS_KEPT_FOR = timedelta(days=7)
WARNED_BEFORE = (timedelta(days=7), timedelta(days=30))
SECRET_ENDS = "partners.secret_ends"  # noqa: S105 -- a kind of notice


@dataclass(frozen=True)
class Issued:
    """A client and its secret, which nobody can read again."""

    client: ApiClient
    secret: str


@transaction.atomic
def create_client(*, partner: Partner, name: str, scopes: Collection[str], at: datetime) -> Issued:
    """Create a client of a partner that may do what `scopes` say. `Unfit` for a scope that does not exist."""
    granted = _fitting(scopes)
    secret, until = new_secret(), at + SECRET_LASTS
    application = Client(name=name[:100], secret=kept(secret, until=until))
    application.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
    application.set_response_types([])
    application.set_scopes(granted)
    application.set_default_scopes(granted)
    application.save(force_insert=True)
    client = ApiClient.objects.create(
        partner=partner,
        application=application,
        user=_person_of(application, partner),
        created_at=at,
        secret_ends_at=until,
    )
    return Issued(client, secret)


def _fitting(scopes: Collection[str]) -> list[str]:
    if unknown := sorted(set(scopes) - set(SCOPES)):
        known = {"scope": unknown[0], "known": ", ".join(SCOPES)}
        raise Unfit(_("There is no scope “%(scope)s”; there are %(known)s.") % known, field="scopes")
    if not scopes:
        raise Unfit(_("A client needs at least one scope."), field="scopes")
    return sorted(set(scopes))


def _person_of(application: Client, partner: Partner) -> User:
    """The person as whom a client writes: nobody can sign in as it, and nothing can be sent to it."""
    person: User = User.objects.create_user(
        f"{application.pk}@{OF_PROGRAMS}",
        name=application.name,
        role=Role.PARTNER_STAFF,
        partner=partner,
        language="",  # a program is answered in the language of each request
    )
    return person


@transaction.atomic
def rotate_secret(client: ApiClient, *, at: datetime, overlap: timedelta = OVERLAP) -> Issued:
    """Give a client a new secret; the former one stays good for the overlap."""
    client = ApiClient.objects.select_for_update(of=("self",)).select_related("application").get(pk=client.pk)
    if client.revoked_at:
        raise Refused(_("This client is revoked; create a new one."))
    secret, until = new_secret(), at + SECRET_LASTS
    application = client.application
    application.secret = rotated(application.secret, secret, until=until, overlap_until=at + overlap)
    application.save(update_fields=["secret"])
    client.secret_ends_at = until
    client.save(update_fields=["secret_ends_at"])
    return Issued(client, secret)


def rotate_own_secret(client: ApiClient, *, by: User, at: datetime) -> Issued:
    """Give a client of one's own partner a new secret; `NotAllowed` for anybody but its administrators."""
    if by.role != Role.PARTNER_ADMIN or client.partner_id != by.partner_id:
        raise NotAllowed(_("Only an administrator of the partner gives its programs new secrets."))
    # secrets are out of a partner's reach in the database
    with acting(Side.OFFICE, user_id=by.pk):
        return rotate_secret(client, at=at)


@transaction.atomic
def revoke_client(client: ApiClient, *, at: datetime) -> None:
    """Let a client in no more; its tokens end at once, what it wrote stays."""
    Token.objects.filter(client_id=client.application_id).delete()
    ApiClient.objects.filter(pk=client.pk, revoked_at__isnull=True).update(revoked_at=at)
    Client.objects.filter(pk=client.application_id).update(secret="!")  # noqa: S106 -- no secret matches it


def last_uses() -> dict[str, datetime]:
    """When each client last fetched a token."""
    return dict(Token.objects.values_list("client_id").annotate(at=Max("created_at")).order_by())


@transaction.atomic
def warn_of_secrets(*, at: datetime) -> list[Notice]:
    """Tell a partner's administrators of secrets that end soon, 30 and 7 days before; each of them once."""
    ending = ApiClient.objects.filter(
        revoked_at__isnull=True, secret_ends_at__gt=at, secret_ends_at__lte=at + WARNED_BEFORE[-1]
    )
    made = []
    for client in ending.annotate(name=F("user__name")).order_by("pk"):
        days = next(before.days for before in WARNED_BEFORE if client.secret_ends_at <= at + before)
        made += hand_over(
            kind=SECRET_ENDS,
            to=fallback_owners(client.partner_id),
            partner_id=client.partner_id,
            key=f"secret:{client.pk}:{int(client.secret_ends_at.timestamp())}:{days}",
            params={"client": client.name, "ends_at": client.secret_ends_at.isoformat()},
            link="",
            at=at,
        )
    return made


@transaction.atomic
def forget(*, at: datetime) -> dict[str, int]:
    """Drop first answers, changes and tokens whose time is over; the newest token of a client tells of its last use."""
    newest = Token.objects.values("client_id").annotate(newest=Max("pk")).values("newest")
    tokens = Token.objects.filter(expires_at__lt=at - TOKENS_KEPT_FOR).exclude(pk__in=newest)
    return {
        "repeats": Repeat.objects.filter(at__lt=at - KEYS_KEPT_FOR).delete()[0],
        "changes": Change.objects.filter(at__lt=at - CHANGES_KEPT_FOR).delete()[0],
        "tokens": tokens.delete()[0],
    }
