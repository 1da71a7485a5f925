"""Which addresses are of the wire, and how a GUID stands in them."""

from uuid import UUID

WIRE = ("/v1/", "/v1.0/", "/webhooks/v1/")
_REFERRALS = "/engagements/"


def is_wire(path: str) -> bool:
    """Whether an address is of the wire, whatever is there."""
    return path.startswith(WIRE)


def is_of_referrals(path: str) -> bool:
    """Whether an address is of the part that words its faults in the other shape (R15)."""
    return is_wire(path) and _REFERRALS in path


class GuidConverter:
    """A GUID in any letter case."""

    regex = "[0-9A-Fa-f-]{36}"

    def to_python(self, value: str) -> UUID:
        """ValueError, and so 404, for what is none."""
        return UUID(value)

    def to_url(self, value: UUID) -> str:
        """As it is written."""
        return str(value)


class TenantConverter:
    """A tenant as clients are configured with it: a GUID or a domain. Who the client is decides, not this."""

    regex = "[A-Za-z0-9][A-Za-z0-9.-]{0,252}"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value
