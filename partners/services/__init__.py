"""Write paths of the partners room: what people are told, and the programs that speak for a partner."""

from partners.services.clients import (
    CHANGES_KEPT_FOR,
    KEYS_KEPT_FOR,
    OVERLAP,
    SECRET_LASTS,
    TOKENS_KEPT_FOR,
    Issued,
    create_client,
    forget,
    last_uses,
    revoke_client,
    rotate_secret,
)
from partners.services.notices import (
    DIGEST_TIME,
    MOST_MAILS,
    addressees,
    fallback_owners,
    hand_over,
    mark_all_read,
    mark_read,
    mark_unread,
    next_digest,
    prefer,
)
from partners.services.tokens import NoToken, issue_token

__all__ = [
    "CHANGES_KEPT_FOR",
    "DIGEST_TIME",
    "KEYS_KEPT_FOR",
    "MOST_MAILS",
    "OVERLAP",
    "SECRET_LASTS",
    "TOKENS_KEPT_FOR",
    "Issued",
    "NoToken",
    "addressees",
    "create_client",
    "fallback_owners",
    "forget",
    "hand_over",
    "issue_token",
    "last_uses",
    "mark_all_read",
    "mark_read",
    "mark_unread",
    "next_digest",
    "prefer",
    "revoke_client",
    "rotate_secret",
]
