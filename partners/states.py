"""How a person is told of something. Pure."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Way(TextChoices):
    """What happens beside the entry in the inbox, which is always made."""

    AT_ONCE = "at_once", _("Mail at once")
    DIGEST = "digest", _("In one mail a day")
    OFF = "off", _("No mail")
