"""`manage.py draw_agreement_states`: the life of an agreement as docs/agreement-states.md shows it, from the table itself."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import override

from agreements.states import STEPS, Rule, State, Step


def drawn() -> str:
    """The whole document: a diagram and the steps."""
    with override("en"):
        return "\n".join([*_head(), *_diagram(), "", *_steps(), ""])


def _head() -> list[str]:
    return [
        "# The life of an agreement",
        "",
        "Made from `agreements/states.py` by `make manage ARGS=draw_agreement_states`; a test keeps it fresh. Change the",
        "table, not this.",
        "",
    ]


def _diagram() -> list[str]:
    arrows = [
        f"    {source.value} --> {rule.to.value}: {step.label}"
        for step, rule in STEPS.items()
        for source in State
        if source in rule.sources
    ]
    return ["```mermaid", "stateDiagram-v2", f"    [*] --> {State.NOT_STARTED.value}", *arrows, "```"]


def _steps() -> list[str]:
    lines = [_line(step, rule) for step, rule in STEPS.items()]
    return ["| step | by | to | needs | tells |", "|---|---|---|---|---|", *lines]


def _line(step: Step, rule: Rule) -> str:
    cells = [
        "; ".join(sorted(str(actor.label) for actor in rule.actors)),
        str(rule.to.label),
        ", ".join(str(need.label) for need in rule.needs) or "–",
        ", ".join(str(told.label) for told in rule.tells) or "–",
    ]
    return f"| {step.label} | " + " | ".join(cells) + " |"


class Command(BaseCommand):
    """Print docs/agreement-states.md."""

    help = "Print the life of an agreement as docs/agreement-states.md shows it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Nothing is written."""
        self.stdout.write(drawn(), ending="")
