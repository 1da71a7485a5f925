"""From the pair that the wire asks for to the step of the table that leads there (R20). Pure."""

from referrals.states.life import STEPS, WIRE, Actor, State, Step

Pair = tuple[str, str]

# which substatus goes with which status (1.5)
PAIRS: dict[str, tuple[str, ...]] = {
    "None": ("None",),
    "New": ("Pending", "Received"),
    "Active": ("Accepted",),
    "Closed": ("Won", "Lost", "Declined", "Expired", "Error"),
}


def is_pair(status: str, substatus: str) -> bool:
    """Whether the two go together."""
    return substatus in PAIRS.get(status, ())


def towards(state: State, pair: Pair, actor: Actor) -> Step | None:
    """The step from a state to one that is this pair on the wire, the actor's own before others'; None without a way."""
    ways = [rule for rule in STEPS.values() if rule.target and state in rule.sources and WIRE[rule.target] == pair]
    ways.sort(key=lambda rule: actor not in rule.actors)
    return ways[0].step if ways else None
