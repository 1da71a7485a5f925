"""An edition compiled to SQL: the same table as `motions.policy`, for everything that is stored.

SQL's NULL is the unknown of the policy package, and its AND, OR and NOT are the same three-valued logic. The text is
made from frozen code only; limits are bound as parameters.
"""

from functools import singledispatch

from motions.policy.kit import AllOf, AnyOf, Edition, Exists, HasNeed, Motion, Not, PrefersSelfService, Reaches, Test


@singledispatch
def _sql(test: Test) -> str:
    """The boolean expression of one test over a relation of facts (`judged` says which columns it has)."""
    raise TypeError(f"no SQL for {test!r}")


@_sql.register
def _(test: HasNeed) -> str:
    return "has_need"


@_sql.register
def _(test: PrefersSelfService) -> str:
    return "prefers"


@_sql.register
def _(test: Reaches) -> str:
    measure = test.measure
    limit = f"%({measure}_limit)s"
    return (
        f"CASE WHEN {measure} > {limit} OR ({measure} = {limit} AND %(limit_is_reached)s) THEN true"
        f" WHEN {measure}_complete THEN false END"
    )


@_sql.register
def _(test: Exists) -> str:
    return f"({test.measure} IS NOT NULL OR NOT {test.measure}_complete)"


@_sql.register
def _(test: Not) -> str:
    return f"NOT ({_sql(test.test)})"


@_sql.register
def _(test: AllOf) -> str:
    return "(" + " AND ".join(f"({_sql(part)})" for part in test.tests) + ")"


@_sql.register
def _(test: AnyOf) -> str:
    return "(" + " OR ".join(f"({_sql(part)})" for part in test.tests) + ")"


def judged(edition: Edition, relation: str) -> str:
    """A query over `relation` that adds trace, motion, is_provisional, reached, weight.

    The relation offers seats, seats_complete, azure, azure_complete, has_need, prefers, and any other columns.

    Parameters bound by the caller: seats_limit, azure_limit, limit_is_reached.
    """
    outcomes = ", ".join(f"{_sql(rule.test)} AS o{index}" for index, rule in enumerate(edition.rules))
    letters = " || ".join(f"CASE o{i} WHEN true THEN '1' WHEN false THEN '0' ELSE '?' END" for i in _places(edition))
    motion = " ".join(f"WHEN o{index} THEN '{rule.motion.value}'" for index, rule in enumerate(edition.rules))
    reached = f"coalesce({_sql(Reaches('seats'))}, false) OR coalesce({_sql(Reaches('azure'))}, false)"
    return f"""
        SELECT tested.*, {letters} AS trace,
               CASE {motion} ELSE '{Motion.UNKNOWN.value}' END AS motion,
               {_provisional(edition)} AS is_provisional
        FROM (SELECT facts.*, {outcomes}, {reached} AS reached,
                     CASE WHEN seats_complete AND azure_complete
                          THEN greatest(seats * %(azure_limit)s, azure * %(seats_limit)s) END AS weight
              FROM {relation} AS facts) AS tested"""


def _places(edition: Edition) -> range:
    return range(len(edition.rules))


def _provisional(edition: Edition) -> str:
    """True when a rule above the first that holds is still unknown."""
    arms = [f"WHEN o{index} IS NULL THEN true WHEN o{index} THEN false" for index in _places(edition)]
    return f"CASE {' '.join(arms)} ELSE false END"
