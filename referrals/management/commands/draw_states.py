"""`manage.py draw_states`: the life of a lead as docs/states.md shows it, from the table itself."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import override

from referrals.states import HOLDERS, QUEUED, STEPS, WIRE, Rule, State


def drawn() -> str:
    """The whole document: a diagram, the states, the steps."""
    with override("en"):
        return "\n".join([*_head(), *_diagram(), "", *_states(), "", *_steps(), ""])


def _head() -> list[str]:
    return [
        "# The life of a lead",
        "",
        "Made from `referrals/states` by `make manage ARGS=draw_states`; a test keeps it fresh. Change the table, not this.",
        "",
    ]


def _targets(rule: Rule) -> list[State]:
    return [rule.target] if rule.target else sorted(QUEUED)


def _diagram() -> list[str]:
    arrows = [
        f"    {source.value} --> {target.value}: {rule.step.label}"
        for rule in STEPS.values()
        for source in State
        if source in rule.sources
        for target in _targets(rule)
    ]
    begins = [f"    [*] --> {state.value}" for state in (State.DRAFT, State.OFFERED)]
    return ["```mermaid", "stateDiagram-v2", *begins, *arrows, "```"]


def _states() -> list[str]:
    rows = [f"| {state.label} | {WIRE[state][0]} / {WIRE[state][1]} | {HOLDERS[state].label} |" for state in State]
    return ["| state | on the wire (R20) | the ball |", "|---|---|---|", *rows]


def _steps() -> list[str]:
    return ["| step | by | claim | needs | tells |", "|---|---|---|---|---|", *map(_line, STEPS.values())]


def _line(rule: Rule) -> str:
    cells = [
        ", ".join(sorted(rule.actors)),
        rule.hold.value.replace("_", " "),
        ", ".join(sorted(rule.needs)) or "–",
        ", ".join(sorted(rule.tells)) or "–",
    ]
    return f"| {rule.step.label} | " + " | ".join(cells) + " |"


class Command(BaseCommand):
    """Print docs/states.md."""

    help = "Print the life of a lead as docs/states.md shows it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Nothing is written."""
        self.stdout.write(drawn(), ending="")
