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

__all__ = [
    "TABS",
    "AppealForm",
    "CommentForm",
    "ConsentForm",
    "LeadFileForm",
    "LeadFilter",
    "LeadForm",
    "MemberForm",
    "ShareForm",
    "StepForm",
    "initial_of",
    "plain",
    "taken_over",
]
