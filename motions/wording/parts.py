"""Who does what in a motion, in words: the partner in each role, Microsoft, and to whom the customer may turn."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from motions.policy.kit import Motion
from motions.policy.parts import CHANNELS, CONTACTS, MICROSOFT, ROLES, Channel, Phase, Role


@dataclass(frozen=True)
class RoleText:
    """One role of the partner with its tasks: (when, what) in the order of the deal."""

    code: str
    name: str
    tasks: list[tuple[str, list[str]]]


@dataclass(frozen=True)
class Parts:
    """What everybody has to do with a motion; empty lists where the source is silent."""

    roles: list[RoleText]
    microsoft: list[str]
    contacts: list[str]
    channels: list[str]


def parts_of(motion: Motion) -> Parts:
    """The parts of a motion in the reader's language."""
    roles = [RoleText(role.value, role_text(role), _tasks_of(role, motion)) for role in Role]
    return Parts(
        roles=[role for role in roles if role.tasks],
        microsoft=[contribution_text(code) for code in MICROSOFT[motion]],
        contacts=[contact_text(code) for code in CONTACTS.get(motion, ())],
        channels=[channel_text(channel) for channel in CHANNELS[motion]],
    )


def _tasks_of(role: Role, motion: Motion) -> list[tuple[str, list[str]]]:
    tasks = [
        (phase_text(phase), [task_text(task) for whose, when, task in ROLES[motion] if (whose, when) == (role, phase)])
        for phase in Phase
    ]
    return [(when, texts) for when, texts in tasks if texts]


def role_text(role: Role) -> str:
    """A role by name (S4)."""
    return {
        Role.ADVISE: _("Advise"),
        Role.SELL: _("Sell"),
        Role.BUILD: _("Build"),
        Role.MANAGE: _("Manage"),
    }[role]


def phase_text(phase: Phase) -> str:
    """When it is due."""
    return {
        Phase.BEFORE: _("before the sale"),
        Phase.AFTER: _("after the sale"),
        Phase.ON_REQUEST: _("when asked"),
    }[phase]


def task_text(code: str) -> str:
    """What a partner does; KeyError for a code without words."""
    return {
        "decision_makers": _("Get the customer’s decision makers on board."),
        "contract": _("Conclude the contract: the customer has one partner from there to provisioning."),
        "own_price": _("Decide freely on price, support and extras."),
        "provisioning": _("Provision the services."),
        "relationship": _("Lead the relationship with the customer."),
        "onboarding": _("Help new users to start, and the customer to make use of what it bought."),
        "requirements": _("Clarify with the customer what the technology must do."),
        "workshops": _("Hold workshops and proofs of concept."),
        "billing": _("Take part in billing, with an Enterprise Agreement."),
        "solutions": _("Develop the solution."),
        "integration": _("Deploy it and integrate it with what is there."),
        "managed_services": _("Run it as a managed service."),
        "licence_compliance": _("Help the customer to keep to its licence terms, with an Enterprise Agreement."),
        "web_advice": _("Offer advice online."),
        "assisted_purchase": _("Guide the customer through the purchase: assisted self-service."),
        "workload_services": _("Offer services for single workloads."),
    }[code]


def contribution_text(code: str) -> str:
    """What Microsoft contributes; KeyError for a code without words."""
    return {
        "incentives": _("Incentives for partners that sell through CSP."),
        "referrals": _("Qualified leads through the Qualified Referral Program, while it is open."),
        "conversations": _("Talks with the customer about special approvals and terms."),
        "amendments": _("Contract amendments, where the customer needs them."),
        "field_sales": _("Its own sales team, for the Enterprise Agreement and for purchases under the MCA."),
        "portal": _("A web portal to buy online."),
        "partner_contacts": _("Information for the customer on how to reach a partner that fits."),
    }[code]


def contact_text(code: str) -> str:
    """To whom the customer may turn; KeyError for a code without words."""
    return {
        "own_administrator": _(
            "Its own administrator, who sets for each product whether people may buy it themselves, only try it, or neither."
        ),
        "fitting_partner": _("A partner, for advice or for services around single workloads."),
    }[code]


def channel_text(channel: Channel) -> str:
    """A purchase channel by name."""
    return {
        Channel.PARTNER: _("through a partner"),
        Channel.MARKETPLACE: _("in the Marketplace"),
        Channel.THIRD_PARTY: _("as part of a third-party offer"),
        Channel.WEB_DIRECT: _("online, directly"),
    }[channel]
