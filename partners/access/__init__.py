"""Who comes in: people with a session, programs with a token; and how a program's request is answered once."""

from partners.access.doors import ApiView
from partners.access.people import PersonRequest, SignIn
from partners.access.programs import Program, known_client
from partners.access.viewing import VIEWING, looked_on, note_look
from partners.access.wires import WireRequest, WireView, sent

__all__ = [
    "VIEWING", "ApiView", "PersonRequest", "Program", "SignIn", "WireRequest", "WireView", "known_client", "looked_on",
    "note_look", "sent",
]  # fmt: skip
