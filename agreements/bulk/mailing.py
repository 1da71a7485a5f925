"""Mails to signatories, from the outbox.

A mail is claimed in a transaction of its own, and sent after that is committed. A worker that is killed in between leaves
a mail that was perhaps sent: it is never sent again, and the page says so; a new link can be sent by hand at any time. A
mail that the server refuses was not sent, and is tried again; after three failures it is set apart and holds up nobody.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import now

from agreements.models import Mail
from agreements.models.post import MOST_FAILURES
from agreements.services.links import token_of
from agreements.states import MailKind
from agreements.wording import mail_subject
from common.isolation import Side, acting

log = logging.getLogger(__name__)

MOST_IN_ONE_RUN = 500
_LINK = ("agreements/mail/link.txt", "agreements/mail/link.html")
TEMPLATES = {
    MailKind.LINK: _LINK,
    MailKind.REMINDER: _LINK,
    MailKind.DIRECT: ("agreements/mail/direct.txt", "agreements/mail/direct.html"),
}


def send_mails(*, clock: Callable[[], datetime], most: int = MOST_IN_ONE_RUN) -> int:
    """Send what waits, the oldest first, each tried once in this run; returns how many were sent."""
    sent, after = 0, 0
    for _turn in range(most):
        with acting(Side.WORKER):
            mail = claim(at=clock(), after=after)
        if mail is None:
            break
        after = mail.pk
        sent += _sent(mail, clock=clock)
    return sent


def claim(*, at: datetime, after: int = 0) -> Mail | None:
    """The next mail that nobody else holds, marked as claimed; of a link that is over none is sent any more."""
    waiting = Mail.objects.filter(claimed_at__isnull=True, failures__lt=MOST_FAILURES, pk__gt=after)
    waiting = waiting.filter(Q(link__isnull=True) | Q(link__ended_at__isnull=True, link__expires_at__gt=at))
    mail = waiting.select_related("link").select_for_update(of=("self",), skip_locked=True).order_by("pk").first()
    if mail is not None:
        mail.claimed_at = at
        mail.save(update_fields=["claimed_at"])
    return mail


def _sent(mail: Mail, *, clock: Callable[[], datetime]) -> bool:
    row = Mail.objects.filter(pk=mail.pk)
    try:
        compose(mail).send()
    except Exception as error:
        # whatever it is: the mails of everybody else must go on, and the row says what happened
        log.exception("mail %s could not be sent", mail.public_id)
        with acting(Side.WORKER):
            row.update(claimed_at=None, failures=F("failures") + 1, error=str(error)[:500])
        return False
    with acting(Side.WORKER):
        row.update(sent_at=clock(), error="")
    return True


def compose(mail: Mail) -> EmailMultiAlternatives:
    """The mail in the signatory's language, as text and as HTML."""
    link = mail.link
    with translation.override(mail.language):
        address = reverse("agreements:sign", args=[token_of(link.public_id, link.expires_at)]) if link else ""
        context = {
            "mail": mail,
            "link": link,
            "address": f"{settings.PORTAL_URL}{address}",
            "is_reminder": mail.kind == MailKind.REMINDER,
            "language": mail.language,
            "today": now(),
        }
        text, html = (render_to_string(name, context) for name in TEMPLATES[MailKind(mail.kind)])
        subject = mail_subject(MailKind(mail.kind), company=mail.company_name)
    headers = {"Message-ID": f"<{mail.public_id}@agreements.wegweiser>", "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(subject, text, None, [mail.email], headers=headers)
    message.attach_alternative(html, "text/html")
    return message
