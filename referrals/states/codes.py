"""What is chosen from lists around a lead: reasons, deal types, help, stages, consents. Pure."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Reason(TextChoices):
    """Why a lead is declined or lost (R35)."""

    BUDGET = "budget", _("No budget")
    NO_ANSWER = "no_answer", _("The customer did not respond")
    OTHER_VENDOR = "other_vendor", _("Chose another vendor")
    NOT_MET = "not_met", _("A requirement is not met")
    NOT_A_CUSTOMER = "not_a_customer", _("Not a customer")
    TOO_SHORT = "too_short", _("The timeline is too short")
    ABUSE = "abuse", _("Abuse, spam or phishing")
    OTHER = "other", _("Another reason")


class ErrorReason(TextChoices):
    """Why a lead is closed as an error (R34); it then counts in no report."""

    DUPLICATE_IN_FILE = "duplicate_in_file", _("Duplicate in an imported file")
    DUPLICATE_HERE = "duplicate_here", _("Duplicate of a lead in the portal")
    DUPLICATE_FROM_MICROSOFT = "duplicate_from_microsoft", _("Duplicate of a lead from Microsoft")
    CONNECTOR = "connector", _("Wrong synchronisation")
    WRONG_CUSTOMER = "wrong_customer", _("Wrong customer")
    WRONG_SOLUTION = "wrong_solution", _("Wrong solution")
    TEST = "test", _("A test")
    WRONG_DATA = "wrong_data", _("Wrong data")
    OTHER_ERROR = "other_error", _("Another error")


class DealType(TextChoices):
    """How much Microsoft has to do with a deal; it only ever becomes more (R29)."""

    PRIVATE = "private", _("Private")
    PARTNER_LED = "partner_led", _("Partner-led")
    CO_SELL = "co_sell", _("Co-sell")


UPWARD = (DealType.PRIVATE, DealType.PARTNER_LED, DealType.CO_SELL)


def is_upward(old: str, new: str) -> bool:
    """Whether a deal type may follow another (R29)."""
    return UPWARD.index(DealType(new)) > UPWARD.index(DealType(old))


class Direction(TextChoices):
    """Who sent a lead to whom."""

    OUTBOUND = "outbound", _("Outbound")
    INBOUND = "inbound", _("Inbound")


class Help(TextChoices):
    """What Microsoft is asked to help with in a co-sell deal (1.4)."""

    GENERAL = "general", _("General or other help")
    ARCHITECT = "architect", _("A technical architect for the customer")
    PROOF = "proof", _("Proof of concept or demo")
    QUOTES = "quotes", _("Quotes or licensing")
    POST_SALES = "post_sales", _("Customer success after the sale")
    VALUE = "value", _("The value of a workload")


class SalesStage(TextChoices):
    """How far the sale has come, in percent (R31)."""

    CREATED = "10", _("Accepted, 10 %")
    QUALIFIED = "20", _("Qualified, 20 %")
    DEVELOPED = "40", _("Developed, 40 %")
    PROPOSED = "60", _("Proposed, 60 %")
    NEGOTIATED = "80", _("Negotiated, 80 %")


class Intent(TextChoices):
    """Whether the customer means to buy in the marketplace (1.4)."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNDECIDED = "undecided", _("Not decided yet")


class ConsentKind(TextChoices):
    """What the customer has agreed to (1.4, consent)."""

    CONTACT = "contact", _("Microsoft may contact the customer")
    SHARE_WITH_SELLERS = "share_with_sellers", _("The lead may be shown to Microsoft’s sellers")
    SHARE_WITH_OTHERS = "share_with_others", _("The lead may be shared with other organisations")


class Field(TextChoices):
    """What a programme can ask for before a lead is submitted (R32)."""

    NAME = "name", _("Name of the lead")
    VALUE = "value", _("Estimated value")
    CLOSE_DATE = "close_date", _("Estimated close")
    NOTES = "notes", _("What it is about")
    SOLUTIONS = "solutions", _("Solutions")
    INTENT = "intent", _("Buys in the marketplace")
    CONTACT = "contact", _("Person at the customer")
    TEAM = "team", _("Own team")


class Solution(TextChoices):
    """Microsoft's products as the wire names them (1.4); a solution of a catalogue goes by its own id."""

    AZURE = "Azure", _("Azure")
    MICROSOFT_365 = "Microsoft365", _("Microsoft 365")
    TEAMS = "Teams", _("Teams")
    EMS = "EnterpriseMobilityAndSecurity", _("Enterprise Mobility + Security")
    DYNAMICS_BUSINESS = "Dynamics365Business", _("Dynamics 365 Business")
    DYNAMICS_ENTERPRISE = "Dynamics365Enterprise", _("Dynamics 365 Enterprise")
    POWER_BI = "PowerBI", _("Power BI")
    SHAREPOINT = "SharePoint", _("SharePoint")
    EXCHANGE = "Exchange", _("Exchange")
    WINDOWS = "Windows", _("Windows")
    SQL = "SQL", _("SQL Server")
    SURFACE = "Surface", _("Surface")
    DEVELOPER_TOOLS = "DeveloperTools", _("Developer tools")


class LeadRowOutcome(TextChoices):
    """What happens to a row of a file of leads."""

    NEW = "new", pgettext_lazy("row of leads", "new")
    KNOWN = "known", pgettext_lazy("row of leads", "imported before")
    REFUSED = "refused", pgettext_lazy("row of leads", "refused")
    UNDONE = "undone", pgettext_lazy("row of leads", "undone")
    KEPT = "kept", pgettext_lazy("row of leads", "changed since, kept")
