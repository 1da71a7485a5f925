"""The table of routes and roles: closed by default. A route that is not listed here is a 404 for everybody."""

from partners.roles import EVERYBODY, OF_PARTNER, Role

PUBLIC = None
NOBODY: frozenset[Role] = frozenset()

_REVIEWERS = frozenset({Role.CHANNEL_MANAGER, Role.ADMINISTRATOR})
_READERS = OF_PARTNER | {Role.CHANNEL_MANAGER, Role.ADMINISTRATOR}

ROUTES: dict[str, frozenset[Role] | None] = {
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "account_reauthenticate": EVERYBODY,
    "account_change_password": EVERYBODY,
    "set_language": PUBLIC,
    "home": EVERYBODY,
    "partners:notices": EVERYBODY,
    "partners:notice": EVERYBODY,
    "partners:notice_read": EVERYBODY,
    "partners:notices_read": EVERYBODY,
    "partners:notice_preferences": EVERYBODY,
    "customers": _READERS,
    "customer": _READERS,
    "customers:register": OF_PARTNER,
    "customers:correct": OF_PARTNER,
    "referrals:lead": _READERS,
    "review": _REVIEWERS,
    "review_lead": _REVIEWERS,
    "review_decide": _REVIEWERS,
    "review_bulk": _REVIEWERS,
    "referrals:review_keys": _REVIEWERS,
    "referrals:review_snooze": _REVIEWERS,
    "referrals:review_assign": _REVIEWERS,
    "referrals:reports": _REVIEWERS,
    "referrals:report_file": _REVIEWERS,
    "referrals:routing": _REVIEWERS,
    "referrals:rule_add": frozenset({Role.ADMINISTRATOR}),
    "referrals:rule_end": frozenset({Role.ADMINISTRATOR}),
    "referrals:workload": _REVIEWERS,
    "referrals:pull_back": _REVIEWERS,
    "referrals:absence_add": _REVIEWERS,
    "referrals:absence_end": _REVIEWERS,
    "customers:contacts": _READERS,
    "customers:contact_add": OF_PARTNER,
    "customers:contact_correct": OF_PARTNER,
    "customers:contact_remove": OF_PARTNER,
    "motions:guidance": _READERS,
    "motions:history": _READERS,
    "motions:compare": _READERS,
    "motions:receipt_pdf": _READERS,
    "motions:receipt_json": _READERS,
    "motions:verify": EVERYBODY,
    "motions:what_if": _READERS,
    "motions:choose": OF_PARTNER,
    "motions:deals": _READERS,
    "motions:deal_add": OF_PARTNER,
    "motions:deal_change": OF_PARTNER,
    "motions:deal_remove": OF_PARTNER,
    "motions:forecast": _READERS,
    "motions:ea_end": OF_PARTNER,
    "motions:alerts": OF_PARTNER,
    "motions:alert_seen": OF_PARTNER,
    "motions:alerts_seen": OF_PARTNER,
    "motions:policies": EVERYBODY,
    "motions:map": EVERYBODY,
    "motions:map_draft": frozenset({Role.POLICY_OWNER}),
    "motions:map_points": EVERYBODY,
    "motions:choice_report": EVERYBODY,
    "motions:choice_file": _READERS,
    "motions:imports": OF_PARTNER,
    "motions:import_batch": OF_PARTNER,
    "motions:import_map": OF_PARTNER,
    "motions:import_again": OF_PARTNER,
    "motions:import_commit": OF_PARTNER,
    "motions:import_undo": OF_PARTNER,
    "motions:import_result": OF_PARTNER,
}


def roles_of(view_name: str) -> frozenset[Role] | None:
    """Who may use a route: roles, or `PUBLIC`."""
    if view_name.startswith("admin:"):
        return frozenset({Role.ADMINISTRATOR})
    return ROUTES.get(view_name, NOBODY)
