"""The table of routes and roles: closed by default. A route that is not listed here is a 404 for everybody."""

from partners.roles import EVERYBODY, OF_PARTNER, Role

PUBLIC = None
NOBODY: frozenset[Role] = frozenset()

_READS_CUSTOMERS = OF_PARTNER | {Role.CHANNEL_MANAGER, Role.ADMINISTRATOR}

ROUTES: dict[str, frozenset[Role] | None] = {
    "home": EVERYBODY,
}


def roles_of(view_name: str) -> frozenset[Role] | None:
    """Who may use a route: roles, or `PUBLIC`."""
    if view_name.startswith("admin:"):
        return frozenset({Role.ADMINISTRATOR})
    return ROUTES.get(view_name, NOBODY)
