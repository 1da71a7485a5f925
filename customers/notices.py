"""Who is told of what happens in this room."""

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from customers.services import Reminder


def remind_of_relation(reminder: Reminder) -> None:
    """Remind a customer's contact, in its language, of the relationship that it was asked for."""
    with translation.override(reminder.language):
        body = render_to_string("customers/mail/relation.txt", {"reminder": reminder})
        subject = _("%(partner)s asks for a reseller relationship") % {"partner": reminder.partner}
        send_mail(subject, body, None, [reminder.email])
