"""Kinds, stages and states of the motions room. Pure."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from motions.policy.kit import Motion as PolicyMotion
from motions.policy.kit import Need as PolicyNeed


class Motion(TextChoices):
    """The motions by name (S1)."""

    BREADTH = PolicyMotion.BREADTH.value, _("Breadth")
    ENTERPRISE = PolicyMotion.ENTERPRISE.value, _("Enterprise")
    SELF_SERVICE = PolicyMotion.SELF_SERVICE.value, _("Self-Service")
    UNKNOWN = PolicyMotion.UNKNOWN.value, _("Not yet known")


class Need(TextChoices):
    """Contract needs (S1, S3)."""

    DUAL_USE_RIGHTS = PolicyNeed.DUAL_USE_RIGHTS.value, _("Dual-use rights")
    LEAD_STATUS_SKUS = PolicyNeed.LEAD_STATUS_SKUS.value, _("Lead-status SKUs")
    MULTI_TENANT = PolicyNeed.MULTI_TENANT.value, _("Multi-tenant")
    MULTI_AFFILIATE = PolicyNeed.MULTI_AFFILIATE.value, _("Multi-affiliate")
    SPECIAL_APPROVAL = PolicyNeed.SPECIAL_APPROVAL.value, _("Special approval")
    CONTRACT_AMENDMENT = PolicyNeed.CONTRACT_AMENDMENT.value, _("Contract amendment")


class Kind(TextChoices):
    """The two kinds of deals that the limits speak of (S2)."""

    SEATS = "seats", _("Seats")
    AZURE = "azure", _("Azure consumption")


class Basis(TextChoices):
    """What an annual consumption rests on; the source does not say which counts (I3)."""

    FORECAST = "forecast", _("Forecast")
    ACTUAL = "actual", _("Actual, last 12 months")


class Stage(TextChoices):
    """Where a deal stands; only open deals give guidance."""

    OPEN = "open", pgettext_lazy("deal", "Open")
    WON = "won", pgettext_lazy("deal", "Won")
    LOST = "lost", pgettext_lazy("deal", "Lost")


class Source(TextChoices):
    """Where a figure came from."""

    FORM = "form", _("entered by hand")
    IMPORT = "import", _("imported file")
    DEMO = "demo", _("demo data")
    API = "api", _("through the API")


class Announcement(TextChoices):
    """How certain an announced change is (S5)."""

    ANNOUNCED = "announced", _("announced")
    EARLIEST = "earliest", _("not before")
    CONFIRMED = "confirmed", _("confirmed")
    POSTPONED = "postponed", _("postponed")
    WITHDRAWN = "withdrawn", _("withdrawn")


class PolicyState(TextChoices):
    """The life of a policy version, read off its dates."""

    DRAFT = "draft", _("draft")
    APPROVED = "approved", _("approved")
    SCHEDULED = "scheduled", _("scheduled")
    IN_FORCE = "in_force", _("in force")
    SUPERSEDED = "superseded", _("superseded")


class Verdict(TextChoices):
    """What became of rates that were held back."""

    CONFIRMED = "confirmed", pgettext_lazy("rates", "confirmed")
    DISCARDED = "discarded", pgettext_lazy("rates", "discarded")
    REPLACED = "replaced", pgettext_lazy("rates", "replaced by a later file")


class SizeBand(TextChoices):
    """Sizes as shares of the limit that a version sets."""

    UNKNOWN = "unknown", _("size not known")
    SMALL = "small", _("up to half of the limit")
    BELOW = "below", _("from half of the limit")
    ABOVE = "above", _("from the limit")
    LARGE = "large", _("twice the limit and more")


class Comparator(TextChoices):
    """The convention exactly on a limit (I2)."""

    AT_LEAST = "at_least", _("the limit itself counts as reached")
    ABOVE = "above", _("the limit itself still counts as below")


class Aggregation(TextChoices):
    """How deals roll up to the customer."""

    LARGEST = "largest", _("the largest open deal decides")
    COMBINED = "combined", _("all open deals together decide")


class Reason(TextChoices):
    """Why a customer chooses otherwise, or the same (S3)."""

    FOLLOWS = "follows", _("Follows the guidance")
    PRICE = "price", _("Price or conditions")
    EXISTING_CONTRACT = "existing_contract", _("An existing contract runs on")
    CONTRACT_TERMS = "contract_terms", _("Contract terms")
    PARTNER_SERVICE = "partner_service", _("Wants the partner's service")
    OWN_PURCHASING = "own_purchasing", _("Own purchasing rules")
    OTHER = "other", _("Another reason")


class AlertKind(TextChoices):
    """What a partner is told about a customer."""

    NEAR = "near", _("Near a limit")
    ABOVE = "above", _("Limit reached")
    BELOW = "below", _("Below a limit again")
    POLICY = "policy", _("Moved by a policy")
    LEAD = "lead", _("Likely to cross a limit")
    EA_END = "ea_end", _("Agreement ends")


class ImportState(TextChoices):
    """The life of an import."""

    UPLOADED = "uploaded", _("uploaded")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked, nothing written yet")
    COMMITTING = "committing", _("being written")
    COMMITTED = "committed", _("written")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")
    FAILED = "failed", _("failed")


class ExportKind(StrEnum):
    """What kind of file."""

    CSV = "csv"
    XLSX = "xlsx"


class ExportState(TextChoices):
    """The life of an export."""

    WAITING = "waiting", _("waiting")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class RowOutcome(TextChoices):
    """What happens to a row of a file; the five add up to its rows."""

    NEW = "new", _("new")
    CHANGED = "changed", _("changed")
    UNCHANGED = "unchanged", _("unchanged")
    DUPLICATE = "duplicate", _("duplicate")
    REFUSED = "refused", _("refused")
