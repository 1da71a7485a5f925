"""Who is told of what happens in this room."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from common.templatetags.figures import day
from motions.models import PolicyNews, PolicyNewsKind
from motions.states import Announcement
from partners.models import User
from partners.notices import tell as tell_events
from partners.roles import OF_PARTNER, Role
from partners.services import addressees, hand_over
from partners.wording import NoticeKind, Words, register


def _in_language(params: Mapping[str, Any], name: str) -> str:
    return str(params[f"{name}_de" if (get_language() or "").startswith("de") else f"{name}_en"])


def _published(params: Mapping[str, Any]) -> Words:
    title, first = _in_language(params, "title"), day(date.fromisoformat(params["valid_from"]))
    moved = params["moved"]
    changes = ngettext("%(count)d of your customers moves.", "%(count)d of your customers move.", moved)
    text = changes % {"count": moved} if moved else _("None of your customers moves.")
    if params["days"] > 0:
        text += " " + ngettext("You have %(count)d day.", "You have %(count)d days.", params["days"]) % {
            "count": params["days"]
        }
    return Words(_("“%(title)s” counts from %(day)s") % {"title": title, "day": first}, text)


def _announced(params: Mapping[str, Any]) -> Words:
    state = str(Announcement(params["state"]).label)
    return Words(f"{_in_language(params, 'title')}: {state}", _in_language(params, "text"))


register(
    NoticeKind("motions.published", pgettext_lazy("notice", "A policy version is published"), OF_PARTNER, _published),
    NoticeKind("motions.announced", pgettext_lazy("notice", "A policy version is spoken of"), OF_PARTNER, _announced),
)


def tell(*, clock: Callable[[], datetime]) -> int:
    """Hand over the news of policy versions; returns the number of notices."""
    return tell_events(PolicyNews.objects.all(), _hand_over, clock=clock)


def _hand_over(news: PolicyNews, at: datetime) -> int:
    """Everybody of the partner is told: guidance is everybody's."""
    policy = news.policy
    params: dict[str, Any] = {"title_en": policy.title_en, "title_de": policy.title_de}
    if news.kind == PolicyNewsKind.PUBLISHED:
        days = (policy.valid_from - localdate(news.made_at)).days
        params |= {"valid_from": policy.valid_from.isoformat(), "moved": news.moved, "days": days}
    elif word := news.announcement:
        params |= {"state": word.state, "text_en": word.text_en, "text_de": word.text_de}
    made = hand_over(
        kind=f"motions.{news.kind}",
        to=addressees().filter(partner_id=news.partner_id).order_by("pk"),
        partner_id=news.partner_id,
        key=f"motions.policynews:{news.pk}",
        params=params,
        link=reverse("motions:policy", args=[policy.code]),
        at=at,
    )
    return len(made)


def tell_set_apart(*, count: int) -> int:
    """Tell every administrator, in their language, that recomputes failed for good; returns how many were told."""
    told = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk")
    for person in told:
        with translation.override(person.language):
            body = render_to_string("motions/mail/set_apart.txt", {"person": person, "count": count})
            send_mail(_("Guidance could not be recomputed"), body, None, [person.email])
    return len(told)
