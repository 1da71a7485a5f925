"""Whom a lead names at the customer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Contact:
    """The person at the customer; all empty while nobody is named, or when it may not be seen."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""

    @property
    def name(self) -> str:
        """Both names."""
        return f"{self.first_name} {self.last_name}".strip()
