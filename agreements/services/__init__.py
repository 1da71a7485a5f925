"""Everything that changes an agreement."""

from agreements.services.attesting import attest, finalise, invite, note_secrecy
from agreements.services.confirming import Confirmation, confirm
from agreements.services.files import keep_file
from agreements.services.links import LinkGone, Wish, accept, send_link
from agreements.services.office import say_direct_answer
from agreements.services.providers import answer_request, ask_provider, withdraw_request
from agreements.services.reminding import remind_now
from agreements.services.steps import SameSignatory

__all__ = [
    "Confirmation",
    "LinkGone",
    "SameSignatory",
    "Wish",
    "accept",
    "answer_request",
    "ask_provider",
    "attest",
    "confirm",
    "finalise",
    "invite",
    "keep_file",
    "note_secrecy",
    "remind_now",
    "say_direct_answer",
    "send_link",
    "withdraw_request",
]
