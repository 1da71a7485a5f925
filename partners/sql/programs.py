"""The one statement that every request of a program begins with."""

from common.isolation import Side

# of the person what a request may need at once; the rest, and the organisation, are read when somebody asks
PERSON = ("id", "email", "name", "role", "partner_id", "language", "is_active", "created_at")
# a row is given only for a token that is good; with it the rest of the transaction acts for the program's partner
KNOWN_PROGRAM = f"""
SELECT client.id, client.application_id, token.scopes, {", ".join(f"person.{name}" for name in PERSON)},
       set_config('role', '{Side.PARTNER.value}', true),
       set_config('app.partner_id', client.partner_id::text, true),
       set_config('app.user_id', client.user_id::text, true)
FROM allauth_idp_oidc_token AS token
JOIN partners_apiclient AS client ON client.application_id = token.client_id AND client.revoked_at IS NULL
JOIN partners_user AS person ON person.id = client.user_id AND person.is_active
JOIN partners_partner AS partner ON partner.id = client.partner_id AND partner.is_active
WHERE token.hash = %s AND token.type = %s AND token.expires_at > %s
"""
