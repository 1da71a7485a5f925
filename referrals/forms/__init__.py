"""What is typed about leads."""

from referrals.forms.leads import (
    AppealForm,
    CommentForm,
    ConsentForm,
    LeadForm,
    MemberForm,
    ShareForm,
    StepForm,
    initial_of,
    plain,
    taken_over,
)
from referrals.forms.lists import TABS, LeadFileForm, LeadFilter
from referrals.forms.registering import ActForm, RegisterForm

__all__ = [
    "TABS",
    "ActForm",
    "AppealForm",
    "CommentForm",
    "ConsentForm",
    "LeadFileForm",
    "LeadFilter",
    "LeadForm",
    "MemberForm",
    "RegisterForm",
    "ShareForm",
    "StepForm",
    "initial_of",
    "plain",
    "taken_over",
]
