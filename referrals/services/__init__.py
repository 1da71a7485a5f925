"""Write paths of the referrals room: one for each verb, used by every door."""

from referrals.services.appeals import appeal
from referrals.services.completeness import Incomplete, lacks, missing_consents
from referrals.services.drafts import begin, change, discard
from referrals.services.exchanging import Brought, bring_in_line, customer_for, hold, take_in
from referrals.services.keeping import anonymise_old
from referrals.services.offers import offer
from referrals.services.registering import Contract, move_registration, register
from referrals.services.sharing import share, submit
from referrals.services.steps import may_take, take_step
from referrals.services.sweeping import expire_due, release_idle, remind_due
from referrals.services.talk import add_member, comment, favour, mentionable, remove_member

__all__ = [
    "Brought",
    "Contract",
    "Incomplete",
    "add_member",
    "anonymise_old",
    "appeal",
    "begin",
    "bring_in_line",
    "change",
    "comment",
    "customer_for",
    "discard",
    "expire_due",
    "favour",
    "hold",
    "lacks",
    "may_take",
    "mentionable",
    "missing_consents",
    "move_registration",
    "offer",
    "register",
    "release_idle",
    "remind_due",
    "remove_member",
    "share",
    "submit",
    "take_in",
    "take_step",
]
