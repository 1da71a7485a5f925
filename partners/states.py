"""How a person is told of something, what happens to people, and what the office writes. Pure."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Way(TextChoices):
    """What happens beside the entry in the inbox, which is always made."""

    AT_ONCE = "at_once", _("Mail at once")
    DIGEST = "digest", _("In one mail a day")
    OFF = "off", _("No mail")


class Door(TextChoices):
    """At which interface a subscription was made: it decides what is sent, and how it is signed."""

    NATIVE = "native", _("API")
    WIRE = "wire", _("Partner Center")


class DeliveryState(TextChoices):
    """Where a message to a program stands."""

    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    PARKED = "parked", _("Parked")


class HookEvent(TextChoices):
    """What a subscription can ask to be told of."""

    GUIDANCE_CHANGED = "guidance.changed", _("Guidance moved to another motion")
    AGREEMENT_CHANGED = "agreement.changed", _("Something happened to an agreement")
    REFERRAL_CREATED = "referral.created", _("A lead was begun")
    REFERRAL_CHANGED = "referral.changed", _("Something happened to a lead")
    CUSTOMER_CHANGED = "customer.changed", _("A customer was registered or changed")
    DEAL_CHANGED = "deal.changed", _("A deal was added, changed or removed")
    IMPORT_DONE = "import.done", _("An import was written, undone, or failed")


class Trouble(TextChoices):
    """Why a message was not taken."""

    MALFORMED = "malformed", _("The address cannot be read.")
    NOT_HTTPS = "not_https", _("The address does not begin with https.")
    PORT = "port", _("The port is not allowed; 443 and ports from 1024 on are.")
    UNKNOWN_HOST = "unknown_host", _("There is no machine of this name.")
    NOT_PUBLIC = "not_public", _("The address does not lead to the public Internet.")
    NO_CONNECTION = "no_connection", _("No connection could be made.")
    TLS = "tls", _("The certificate of the target is not accepted.")
    TIMEOUT = "timeout", _("There was no answer within five seconds.")
    BROKEN = "broken", _("The answer is no HTTP.")
    STATUS = "status", _("The target did not take the message.")
    TOO_OLD = "too_old", _("The target was out of reach for three days.")
    LOST = "lost", _("The attempt was broken off here.")


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
