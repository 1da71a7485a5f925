"""The editions: frozen tables of rules. A new kind of reasoning is a new edition; an old one is never changed."""

from motions.policy.kit import AllOf, AnyOf, Edition, Exists, HasNeed, Motion, Not, PrefersSelfService, Reaches, Rule

FIRST = Edition(
    number=1,
    rules=(
        Rule("contract_needs", Motion.ENTERPRISE, HasNeed(), "S1, S3"),
        Rule("self_service", Motion.SELF_SERVICE, PrefersSelfService(), "S1"),
        # a deal of both kinds is not defined by the source; either limit reached counts (I1)
        Rule("seats_reached", Motion.ENTERPRISE, Reaches("seats"), "S2, I1, I2"),
        Rule("azure_reached", Motion.ENTERPRISE, Reaches("azure"), "S2, I1, I2"),
        Rule(
            "below_limits",
            Motion.BREADTH,
            AllOf((AnyOf((Exists("seats"), Exists("azure"))), Not(Reaches("seats")), Not(Reaches("azure")))),
            "S1, S2",
        ),
    ),
)

EDITIONS: dict[int, Edition] = {edition.number: edition for edition in (FIRST,)}
