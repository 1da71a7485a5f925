"""What a check says when something is not as it should be."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. An error keeps the portal from working; a warning will, or makes it less safe."""

    area: str
    is_error: bool
    what: str
    cure: str


def error(area: str, what: str, cure: str) -> Finding:
    """Something that does not work."""
    return Finding(area, is_error=True, what=what, cure=cure)


def warning(area: str, what: str, cure: str) -> Finding:
    """Something that should not stay so."""
    return Finding(area, is_error=False, what=what, cure=cure)
