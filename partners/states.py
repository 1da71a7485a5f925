"""How a person is told of something, what happens to people, and what the office writes. Pure."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Way(TextChoices):
    """What happens beside the entry in the inbox, which is always made."""

    AT_ONCE = "at_once", _("Mail at once")
    DIGEST = "digest", _("In one mail a day")
    OFF = "off", _("No mail")


class TeamEventKind(TextChoices):
    """What happens to people and organisations."""

    INVITED = "invited", _("invited")
    RESENT = "resent", _("invited again")
    WITHDRAWN = "withdrawn", _("invitation withdrawn")
    JOINED = "joined", _("joined")
    CHANGED = "changed", _("changed")
    DEACTIVATED = "deactivated", _("deactivated")
    REACTIVATED = "reactivated", _("let in again")
    HANDED_OVER = "handed_over", _("work handed over")
    ADDED = "added", _("organisation added")
    CORRECTED = "corrected", _("organisation changed")
    SUSPENDED = "suspended", _("organisation suspended")
    RESUMED = "resumed", _("organisation resumed")
    PLACE_ADDED = "place_added", _("location added")
    PLACE_CORRECTED = "place_corrected", _("location changed")


class PostKind(TextChoices):
    """What the office writes."""

    NEWS = "news", _("News")
    BANNER = "banner", _("Banner")
    HELP = "help", _("Help")
    TERM = "term", _("Glossary")


class Certainty(TextChoices):
    """How certain it is what a post tells of (S5)."""

    ANNOUNCED = "announced", _("announced")
    EARLIEST = "earliest", _("not before")
    CONFIRMED = "confirmed", _("confirmed")
    POSTPONED = "postponed", _("postponed")
    WITHDRAWN = "withdrawn", _("withdrawn")
