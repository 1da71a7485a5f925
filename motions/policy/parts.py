"""Who has which part in a motion: partner, Microsoft, customer. Data that the rules do not need. Standard library alone."""

from enum import StrEnum

from motions.policy.kit import Motion


class Role(StrEnum):
    """What a partner may be to a customer (S4, I25)."""

    ADVISE = "advise"
    SELL = "sell"
    BUILD = "build"
    MANAGE = "manage"


class Phase(StrEnum):
    """When something is due; the source does not always say."""

    BEFORE = "before"
    AFTER = "after"
    ON_REQUEST = "on_request"


# what the source says that a partner does in a motion, and nothing beyond it (S1, S2, S4)
ROLES: dict[Motion, tuple[tuple[Role, Phase, str], ...]] = {
    Motion.BREADTH: (
        (Role.ADVISE, Phase.BEFORE, "decision_makers"),
        (Role.SELL, Phase.BEFORE, "contract"),
        (Role.SELL, Phase.BEFORE, "own_price"),
        (Role.BUILD, Phase.AFTER, "provisioning"),
        (Role.MANAGE, Phase.AFTER, "relationship"),
        (Role.MANAGE, Phase.AFTER, "onboarding"),
    ),
    Motion.ENTERPRISE: (
        (Role.ADVISE, Phase.BEFORE, "requirements"),
        (Role.ADVISE, Phase.BEFORE, "workshops"),
        (Role.SELL, Phase.AFTER, "billing"),
        (Role.BUILD, Phase.BEFORE, "solutions"),
        (Role.BUILD, Phase.AFTER, "integration"),
        (Role.MANAGE, Phase.AFTER, "managed_services"),
        (Role.MANAGE, Phase.AFTER, "licence_compliance"),
        (Role.MANAGE, Phase.AFTER, "onboarding"),
    ),
    Motion.SELF_SERVICE: (
        (Role.ADVISE, Phase.ON_REQUEST, "web_advice"),
        (Role.SELL, Phase.BEFORE, "assisted_purchase"),
        (Role.BUILD, Phase.ON_REQUEST, "workload_services"),
    ),
    Motion.UNKNOWN: (),
}

# what Microsoft contributes (S1, S3, S5): prices and incentives by motion went no further than the CSP incentives
MICROSOFT: dict[Motion, tuple[str, ...]] = {
    Motion.BREADTH: ("incentives", "referrals"),
    Motion.ENTERPRISE: ("conversations", "amendments", "field_sales"),
    Motion.SELF_SERVICE: ("portal", "partner_contacts"),
    Motion.UNKNOWN: (),
}

# to whom a customer that manages alone may turn (S1, I26)
CONTACTS: dict[Motion, tuple[str, ...]] = {Motion.SELF_SERVICE: ("own_administrator", "fitting_partner")}


class Channel(StrEnum):
    """Where a customer buys; open in every motion, and not the same as the vehicle (S1, I28)."""

    PARTNER = "partner"
    MARKETPLACE = "marketplace"
    THIRD_PARTY = "third_party"
    WEB_DIRECT = "web_direct"


# buying online is what Self-Service is about; the other three are open to every customer (S1)
CHANNELS: dict[Motion, tuple[Channel, ...]] = {
    Motion.BREADTH: (Channel.PARTNER, Channel.MARKETPLACE, Channel.THIRD_PARTY),
    Motion.ENTERPRISE: (Channel.PARTNER, Channel.MARKETPLACE, Channel.THIRD_PARTY),
    Motion.SELF_SERVICE: (Channel.WEB_DIRECT, Channel.PARTNER, Channel.MARKETPLACE, Channel.THIRD_PARTY),
    Motion.UNKNOWN: (),
}
