"""Notices from the events of rooms, and mails from notices: each claimed on its own, so that a killed worker or a broken
one holds up nobody else.

A mail is sent and marked in one short transaction. A worker that is killed before the mail server took it leaves the row
as it was; the one instant between taking and marking can only end in the same mail, under the same Message-ID, again.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext, pgettext_lazy

from common.isolation import Side, acting
from common.templatetags.figures import day
from partners.models import Invitation, NewsMail, Notice, Post, User
from partners.roles import Role
from partners.services import SECRET_ENDS, addressees, is_for, opt_out_token, token_of
from partners.states import Certainty, PostKind
from partners.wording import NoticeKind, Words, of_parked, register, words_of

log = logging.getLogger(__name__)


def _secret_ends(params: Mapping[str, Any]) -> Words:
    """A program will be locked out."""
    ends = day(datetime.fromisoformat(params["ends_at"]))
    title = gettext("The secret of the API client “%(client)s” ends on %(day)s") % {
        "client": params["client"],
        "day": ends,
    }
    text = gettext(
        "From then on it gets no access. Have a new secret made in time; the former one stays good for seven days."
    )
    return Words(title, text)


register(
    NoticeKind(
        SECRET_ENDS,
        pgettext_lazy("notice", "The secret of an API client ends soon"),
        frozenset({Role.PARTNER_ADMIN, Role.ADMINISTRATOR}),
        _secret_ends,
    )
)

MOST_FAILURES = 5
MOST_IN_ONE_RUN = 500
MOST_EVENTS = 1000
NEWS_IS_NEW_FOR = timedelta(days=14)  # whoever subscribes later reads the rest in the portal
HandOver = Callable[[Any, datetime], int]

_ANSWERING = frozenset({Role.PARTNER_ADMIN, Role.ADMINISTRATOR})
register(
    NoticeKind("partners.parked", pgettext_lazy("notice", "Messages to a program are parked"), _ANSWERING, of_parked)
)


def tell(events: QuerySet[Any], hand_over: HandOver, *, clock: Callable[[], datetime]) -> int:
    """Hand over what a room's event rows say, in order, each in its own transaction; returns the number of notices.

    `events` have `notified_at` and `failures`; `hand_over` makes the notices of one event and says how many.
    """
    made = 0
    for _turn in range(MOST_EVENTS):
        with acting(Side.WORKER):
            event = _untold(events)
            if event is None:
                break
            made += _told(events, event, hand_over, at=clock())
    return made


def _untold(events: QuerySet[Any]) -> Any:
    """The oldest event that nobody has been told of and that nobody else holds."""
    waiting = events.filter(notified_at__isnull=True, failures__lt=MOST_FAILURES)
    return waiting.select_for_update(of=("self",), skip_locked=True).order_by("failures", "pk").first()


def _told(events: QuerySet[Any], event: Any, hand_over: HandOver, *, at: datetime) -> int:
    row = events.filter(pk=event.pk)
    try:
        with transaction.atomic():
            made = hand_over(event, at)
            row.update(notified_at=at)
    except Exception:
        # whatever it is: what else happened is told all the same; the row counts its failures
        log.exception("event %s of %s could not be told", event.pk, events.model.__name__)
        row.update(failures=event.failures + 1)
        return 0
    return made


@dataclass(frozen=True)
class Line:
    """One notice in a mail: its words, and where to look."""

    words: Words
    address: str


def mail_due(*, clock: Callable[[], datetime], limit: int = MOST_IN_ONE_RUN) -> int:
    """Send what is due, oldest first; returns the number of mails sent."""
    sent = 0
    for _turn in range(limit):
        with acting(Side.WORKER):
            notices = _claim(clock())
            if notices:
                sent += _mailed(notices, at=clock())
        if not notices:
            break
    return sent


def _due(at: datetime) -> QuerySet[Notice]:
    waiting = Notice.objects.filter(mailed_at__isnull=True, mail_due_at__lte=at, failures__lt=MOST_FAILURES)
    return waiting.select_for_update(of=("self",), skip_locked=True).order_by("mail_due_at", "pk")


def _claim(at: datetime) -> list[Notice]:
    """The oldest notice that is due and that nobody else holds; of a digest, the rest of it too."""
    first = _due(at).first()
    if first is None:
        return []
    if not first.is_digest:
        return [first]
    rest = _due(at).filter(user_id=first.user_id, is_digest=True).exclude(pk=first.pk)
    return [first, *rest]


def _mailed(notices: list[Notice], *, at: datetime) -> bool:
    """Send one mail; what fails is tried again later, and set apart at last."""
    keys = [notice.pk for notice in notices]
    try:
        with transaction.atomic():
            person = addressees().filter(pk=notices[0].user_id).first()
            if person:
                compose(notices, person).send()
            Notice.objects.filter(pk__in=keys).update(mailed_at=at)
    except Exception as error:
        # whatever it is: the mails of everybody else must go on; the row says what happened
        log.exception("notice %s could not be mailed", notices[0].public_id)
        for notice in notices:
            _put_off(notice, str(error), at)
        return False
    return person is not None


def _put_off(notice: Notice, error: str, at: datetime) -> None:
    """A digest that fails is taken apart: the one that is broken must not take the others with it."""
    failures = notice.failures + 1
    Notice.objects.filter(pk=notice.pk).update(
        failures=failures, error=error[:500], mail_due_at=at + timedelta(minutes=2**failures), is_digest=False
    )


def compose(notices: list[Notice], person: User) -> EmailMultiAlternatives:
    """The mail in the person's language, as text and as HTML."""
    with translation.override(person.language):
        lines = [Line(words_of(one.kind, one.params), _address(one.link)) for one in notices]
        context = {"person": person, "lines": lines, "preferences": _address("/notices/preferences/")}
        text = render_to_string("partners/mail/notices.txt", context)
        html = render_to_string("partners/mail/notices.html", context)
        subject = _subject([line.words.title for line in lines])
    mail = EmailMultiAlternatives(subject, text, None, [person.email], headers=_headers(notices[0]))
    mail.attach_alternative(html, "text/html")
    return mail


def _subject(titles: list[str]) -> str:
    """On one line, whatever names are in it."""
    if len(titles) == 1:
        return " ".join(titles[0].split())
    return ngettext("%(count)d notice", "%(count)d notices", len(titles)) % {"count": len(titles)}


def _headers(notice: Notice) -> dict[str, str]:
    return {"Message-ID": f"<{notice.public_id}@notices.wegweiser>", "Auto-Submitted": "auto-generated"}


def _address(link: str) -> str:
    return f"{settings.PORTAL_URL}{link}" if link else settings.PORTAL_URL


def mail_invitations(*, clock: Callable[[], datetime], limit: int = MOST_IN_ONE_RUN) -> int:
    """Send the invitations that wait, each in its own transaction; returns the number of mails sent."""
    sent = 0
    for _turn in range(limit):
        with acting(Side.WORKER):
            waiting = Invitation.objects.pending().filter(mailed_at__isnull=True, failures__lt=MOST_FAILURES)
            held = waiting.select_for_update(of=("self",), skip_locked=True).order_by("failures", "pk")
            invitation = held.select_related("partner").first()
            if invitation is None:
                break
            sent += _invited(invitation, at=clock())
    return sent


def _invited(invitation: Invitation, *, at: datetime) -> bool:
    row = Invitation.objects.filter(pk=invitation.pk)
    try:
        with transaction.atomic():
            invitation_mail(invitation).send()
            row.update(mailed_at=at)
    except Exception:
        # whatever it is: the others are invited all the same; the row counts its failures
        log.exception("invitation %s could not be mailed", invitation.public_id)
        row.update(failures=invitation.failures + 1)
        return False
    return True


def invitation_mail(invitation: Invitation) -> EmailMultiAlternatives:
    """The mail with the link, in the invited person's language."""
    with translation.override(invitation.language):
        address = _address(reverse("partners:join", args=[token_of(invitation)]))
        text = render_to_string("partners/mail/invitation.txt", {"invitation": invitation, "address": address})
        subject = gettext("You are invited to the partner portal")
    message_id = f"<{invitation.public_id}.{invitation.number}@invitations.wegweiser>"
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    return EmailMultiAlternatives(subject, text, None, [invitation.email], headers=headers)


def mail_news(*, clock: Callable[[], datetime], limit: int = MOST_IN_ONE_RUN) -> int:
    """Send what is new to those who want the newsletter, each post to each person once; returns the number of mails."""
    sent, today = 0, localdate(clock())
    with acting(Side.WORKER):
        new = Post.objects.shown_on(today).filter(kind=PostKind.NEWS, in_newsletter=True)
        posts = list(new.filter(shown_from__gt=today - NEWS_IS_NEW_FOR).exclude(certainty=Certainty.WITHDRAWN))
    for post in sorted(posts, key=lambda post: (post.shown_from, post.pk)):
        for person_id in _readers(post):
            with acting(Side.WORKER):
                sent += _news_mailed(post, person_id, at=clock())
            if sent >= limit:
                return sent
    return sent


def _readers(post: Post) -> list[int]:
    """Who wants the newsletter and has not had this post."""
    with acting(Side.WORKER):
        had = NewsMail.objects.filter(post=post).exclude(sent_at__isnull=True, failures__lt=MOST_FAILURES)
        people = addressees().filter(subscription__is_on=True).exclude(pk__in=had.values("user"))
        readers = people.filter(Q(partner__isnull=True) | Q(partner__is_active=True)).order_by("pk")
        return [
            person.pk
            for person in readers
            if Post.objects.visible_to(person).filter(pk=post.pk).exists() and is_for(post, person)
        ]


def _news_mailed(post: Post, person_id: int, *, at: datetime) -> bool:
    NewsMail.objects.get_or_create(post=post, user_id=person_id)
    waiting = NewsMail.objects.filter(sent_at__isnull=True, failures__lt=MOST_FAILURES)
    row = waiting.select_for_update(skip_locked=True).filter(post=post, user_id=person_id).first()
    person = addressees().filter(pk=person_id, subscription__is_on=True).select_related("subscription").first()
    if row is None or person is None:
        return False
    try:
        with transaction.atomic():
            news_mail(post, person).send()
            NewsMail.objects.filter(pk=row.pk).update(sent_at=at)
    except Exception:
        # whatever it is: the others read it all the same; the row counts its failures
        log.exception("post %s could not be mailed to person %s", post.public_id, person_id)
        NewsMail.objects.filter(pk=row.pk).update(failures=row.failures + 1)
        return False
    return True


def news_mail(post: Post, person: User) -> EmailMultiAlternatives:
    """A post in the person's language, with the link that ends the newsletter by one click (RFC 8058)."""
    with translation.override(person.language):
        away = _address(reverse("partners:opt_out", args=[opt_out_token(person.subscription)]))
        address = _address(reverse("partners:post", args=[post.public_id]))
        context = {"post": post, "person": person, "away": away, "address": address, "today": localdate()}
        text = render_to_string("partners/mail/news.txt", context)
        subject = " ".join(post.title.split())
    headers = {
        "Message-ID": f"<{post.public_id}.{person.public_id}@news.wegweiser>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{away}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return EmailMultiAlternatives(subject, text, None, [person.email], headers=headers)
