"""The drawing of the life of a lead is the table's own."""

from pathlib import Path

from referrals.management.commands.draw_states import drawn


def test_the_drawn_states_are_fresh() -> None:
    path = Path(__file__).resolve().parents[2] / "docs" / "states.md"
    assert path.read_text() == drawn(), "make manage ARGS=draw_states >docs/states.md"
