"""Refusals: what a service says instead of doing something wrong; doors turn them into answers."""

from typing import Any


class Refused(Exception):
    """The step does not fit the present state of things (409); `field` names the input to cure, if there is one."""

    status = 409

    def __init__(self, sentence: Any, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class NotAllowed(Refused):
    """The step is not this person's to take (403)."""

    status = 403


class Stale(Refused):
    """Somebody else changed the row meanwhile (412)."""

    status = 412


class Unfit(Refused):
    """An input cannot be taken as it is (422)."""

    status = 422


class TooMany(Refused):
    """The same was asked for too often in too short a time (429)."""

    status = 429
