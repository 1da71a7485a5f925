"""What the room shows of itself."""

from partners.panels.programs import clients, counts_of, subscriptions
from partners.panels.team import (
    MOST_EVENTS,
    Shell,
    entries,
    found_organisations,
    people,
    person,
    places,
    shell,
    told_events,
)

__all__ = [
    "MOST_EVENTS",
    "Shell",
    "clients",
    "counts_of",
    "entries",
    "found_organisations",
    "people",
    "person",
    "places",
    "shell",
    "subscriptions",
    "told_events",
]
