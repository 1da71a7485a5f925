"""Made-up agreements in every state, made by the same services as all others, spread over the last months."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from agreements import services
from agreements.bulk import carrying, tending
from agreements.models import Agreement, Link, Mail, ProviderLink
from agreements.services.links import Wish, languages_of, token_of
from common.isolation import Side, acting
from partners.models import Partner, User
from partners.roles import CspType

MOST = 60  # customers of each partner that something has happened to
_SIGNERS = (("Katrin", "Adler"), ("Jens", "Berger"), ("Meike", "Falk"), ("Ole", "Hansen"), ("Ute", "Krämer"))
_DAYS = (date(2021, 6, 14), date(2023, 5, 22), date(2024, 9, 3), date(2025, 3, 18))

Act = Callable[[Agreement, User, datetime], object]


def sign(partners: dict[str, Partner], *, at: datetime) -> None:
    """Let customers sign, be asked, and forget; then do what workers would do today."""
    providers = [partner for partner in partners.values() if partner.csp_type == CspType.INDIRECT_PROVIDER]
    with acting(Side.OFFICE):
        for partner in partners.values():
            if partner.csp_type == CspType.INDIRECT_RESELLER and providers:
                ProviderLink.objects.create(
                    partner=partner,
                    provider=providers[0],
                    provider_name=providers[0].name,
                    valid_from=date(2020, 1, 1),
                )
        people = {person.partner_id: person for person in User.objects.filter(partner__isnull=False).order_by("-pk")}
    for partner in partners.values():
        _of(partner, people[partner.pk], at=at)
    carrying.carry(clock=lambda: at)
    tending.tend(clock=lambda: at)
    with acting(Side.WORKER):
        Mail.objects.filter(sent_at__isnull=True).update(claimed_at=at, sent_at=at)


def _of(partner: Partner, person: User, *, at: datetime) -> None:
    person.partner = partner
    acts = _RESELLER if partner.csp_type == CspType.INDIRECT_RESELLER else _ATTESTER
    with acting(Side.PARTNER, partner_id=partner.pk, user_id=person.pk):
        rows = list(Agreement.objects.select_related("customer").order_by("customer_id")[:MOST])
    for index, row in enumerate(rows):
        act = acts[index % len(acts)]
        when = at - timedelta(days=(index * 11) % 320 + 2)
        if act is not None:
            with acting(Side.PARTNER, partner_id=partner.pk, user_id=person.pk):
                act(row, person, when)
    _accept_some(partner)


def _signatory(row: Agreement) -> dict[str, str]:
    first, last = _SIGNERS[row.customer_id % len(_SIGNERS)]
    mail = f"{first}.{last}@{row.customer.domain}".lower().replace("ä", "ae")
    return {"first_name": first, "last_name": last, "email": mail, "phone": ""}


def _attest(row: Agreement, by: User, at: datetime) -> None:
    on = _DAYS[row.customer_id % len(_DAYS)]
    services.attest(row, by=by, at=at, version=row.version, signatory=_signatory(row), accepted_on=on)


def _send(row: Agreement, by: User, at: datetime) -> None:
    wish = Wish(_signatory(row), "de", languages_of(row.customer.country, on=at.date())[0])
    services.send_link(row, by=by, at=at, version=row.version, wish=wish)


def _send_lately(row: Agreement, by: User, at: datetime) -> None:
    # within the last three weeks, so that the link is still open
    made_on = row.customer.created_at
    _send(row, by, made_on - timedelta(days=row.customer_id % 19 + 1))


def _invite(row: Agreement, by: User, at: datetime) -> None:
    services.invite(row, by=by, at=at, version=row.version, signatory=_signatory(row), language="de")


def _ask(row: Agreement, by: User, at: datetime) -> None:
    services.ask_provider(row, by=by, at=at, version=row.version, signatory=_signatory(row), language="de")


_ATTESTER: tuple[Act | None, ...] = (_attest, _attest, _send_lately, None, _attest, _send, _invite, _send_lately, None)
_RESELLER: tuple[Act | None, ...] = (_invite, None, _ask, None, _invite)


def _accept_some(partner: Partner) -> None:
    """Every third open link is accepted an hour after it was sent."""
    with acting(Side.WORKER):
        links = list(Link.objects.filter(partner=partner, ended_at__isnull=True).order_by("pk"))[::3]
    for link in links:
        with acting(Side.SIGNER, link_id=link.public_id):
            token = token_of(link.public_id, link.expires_at)
            services.accept(token, at=link.sent_at + timedelta(hours=1), name=link.signatory)
