"""Enhanced attestation: send a link, send a new one, and let the customer accept on a page without a login (M8).

A token is signed, names one link, and is good once and for a time. It is made again from the row whenever a mail is
written, so the database keeps only its hash: whoever reads the database has no link in hand.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.core import signing
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agreements.models import Agreement, Link, Mail, SigningProgramme, TemplateLanguage, TemplateVersion
from agreements.services import steps
from agreements.services.steps import SIGNATORY, Doer
from agreements.states import Actor, LinkEnd, MailKind, Path, Step
from common.refusals import Refused, Unfit
from partners.models import User

SALT = "agreements.link"
PAUSE = timedelta(minutes=10)  # between two mails to one address


def token_of(public_id: UUID, expires_at: datetime) -> str:
    """The token of a link: signed, and the same whenever it is asked for."""
    return signing.Signer(salt=SALT).sign_object([public_id.hex, int(expires_at.timestamp())])


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def read_token(token: str) -> UUID | None:
    """The link that a token names; None when nobody of ours has signed it."""
    try:
        name, _expires = signing.Signer(salt=SALT).unsign_object(token)
        return UUID(name)
    except (signing.BadSignature, ValueError, TypeError):
        return None


def languages_of(country: str, *, on: date) -> list[str]:
    """The languages in which the text exists for a country, the preferred one first (M4)."""
    rows = TemplateLanguage.objects.valid_on(on).order_by("pk")
    own = list(rows.filter(country=country).values_list("language", flat=True))
    return own or list(rows.filter(country="").values_list("language", flat=True))


@dataclass(frozen=True)
class Wish:
    """To whom a link goes and in which languages: `language` of page and mails, `template_language` of the text."""

    signatory: Mapping[str, str]
    language: str
    template_language: str


@transaction.atomic
def send_link(agreement: Agreement, *, by: User, at: datetime, version: int, wish: Wish) -> Link:
    """Send a signatory a link, or a new one in place of the one that is open or expired."""
    doer = steps.doer_of(by, path=Path.ENHANCED, on=localdate(at))
    agreement = steps.held(Agreement.objects.visible_to(by).select_related("customer"), agreement.pk, version=version)
    return link_sent(agreement, doer=doer, at=at, wish=wish, partner_name=by.partner.name if by.partner else "")


def link_sent(agreement: Agreement, *, doer: Doer, at: datetime, wish: Wish, partner_name: str) -> Link:
    """The same on a locked agreement with its customer, for whoever may."""
    step = Step.RESEND_LINK if _has_link(agreement) else Step.SEND_LINK
    steps.must_fit(agreement, step, doer)
    steps.must_be_another(agreement, dict(wish.signatory))
    today = localdate(at)
    template, programme = _template(today), _programme(today)
    if _has_just_been_sent(agreement, wish.signatory["email"], at=at):
        raise Refused(_("A link was sent to this address a moment ago. Please give the mail ten minutes to arrive."))
    if wish.template_language not in languages_of(agreement.customer.country, on=today):
        raise Unfit(_("The text does not exist in this language for this country."), field="template_language")
    steps.take(agreement, step, doer=doer, at=at)
    public_id, expires_at = uuid4(), at + timedelta(minutes=programme.link_minutes)
    link = Link.objects.create(
        partner_id=agreement.partner_id,
        customer_id=agreement.customer_id,
        agreement=agreement,
        public_id=public_id,
        token_hash=hash_of(token_of(public_id, expires_at)),
        attestation_id=str(uuid4()),
        template_id=template.template_id,
        template_language=wish.template_language,
        document_link=template.agreement_link,
        company_name=agreement.customer.name,
        partner_name=partner_name,
        country=agreement.customer.country,
        language=wish.language,
        reminder_days=programme.reminder_days,
        sent_at=at,
        sent_by_name=doer.name,
        expires_at=expires_at,
        **{name: wish.signatory.get(name, "") for name in SIGNATORY},
    )
    write(link, MailKind.LINK, day=0, at=at)
    return link


def _has_just_been_sent(agreement: Agreement, email: str, *, at: datetime) -> bool:
    return Link.objects.filter(agreement=agreement, email__iexact=email, sent_at__gt=at - PAUSE).exists()


def _has_link(agreement: Agreement) -> bool:
    return agreement.state in {"link_sent", "link_expired"}


def _template(on: date) -> TemplateVersion:
    newest = TemplateVersion.objects.valid_on(on).order_by("-version_rank").first()
    if newest is None:
        raise Refused(_("No text of the agreement is in force."))
    return newest


def _programme(on: date) -> SigningProgramme:
    newest = SigningProgramme.objects.valid_on(on).order_by("-valid_from", "-pk").first()
    if newest is None:
        raise Refused(_("No signing programme is in force."))
    return newest


def write(link: Link, kind: MailKind, *, day: int, at: datetime) -> Mail:
    """Put a mail to the signatory into the outbox; it is sent after the commit."""
    return Mail.objects.create(
        partner_id=link.partner_id,
        customer_id=link.customer_id,
        link=link,
        kind=kind,
        day=day,
        company_name=link.company_name,
        partner_name=link.partner_name,
        language=link.language,
        made_at=at,
        **{name: getattr(link, name) for name in SIGNATORY},
    )


def opened(token: str) -> Link | None:
    """The link of a token, as the signatory's side may see it; None when there is none."""
    link = Link.objects.first()  # row-level security leaves the one that the context names
    return link if link is not None and constant_time_compare(link.token_hash, hash_of(token)) else None


def is_open(link: Link, *, at: datetime) -> bool:
    """Whether it can still be accepted; also when no worker has ended it yet."""
    return link.ended_at is None and at < link.expires_at


class LinkGone(Refused):
    """The link was used, replaced or is too old (410)."""

    status = 410


@transaction.atomic
def accept(token: str, *, at: datetime, name: str) -> Link:
    """Accept as the signatory whom the link names; of two at once exactly one wins. `name` is typed as a signature."""
    link = opened(token)
    if link is None:
        raise LinkGone(_("This link is not valid."))
    agreement = steps.held(Agreement.objects.all(), link.agreement_id)
    link.refresh_from_db()
    if not is_open(link, at=at):
        raise LinkGone(_("This link can no longer be used."))
    if " ".join(name.casefold().split()) != " ".join(link.signatory.casefold().split()):
        sentence = _("Please type the name exactly as it stands above: %(name)s")
        raise Unfit(sentence % {"name": link.signatory}, field="name")
    doer = Doer(Actor.CUSTOMER, link.signatory)
    changes = {"template": [None, link.template_id], "language": [None, link.template_language]}
    steps.take(agreement, Step.ACCEPT, doer=doer, at=at, path=Path.ENHANCED, accepted_on=localdate(at), changes=changes)
    link.refresh_from_db()
    return link


def why_gone(link: Link) -> LinkEnd:
    """Why a link cannot be used any more; one that nobody has ended yet is too old."""
    return LinkEnd(link.ended_why) if link.ended_why else LinkEnd.EXPIRED
