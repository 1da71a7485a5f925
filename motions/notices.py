"""Who is told of what happens in this room."""

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from partners.models import User
from partners.roles import Role


def tell_set_apart(*, count: int) -> int:
    """Tell every administrator, in their language, that recomputes failed for good; returns how many were told."""
    told = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk")
    for person in told:
        with translation.override(person.language):
            body = render_to_string("motions/mail/set_apart.txt", {"person": person, "count": count})
            send_mail(_("Guidance could not be recomputed"), body, None, [person.email])
    return len(told)
