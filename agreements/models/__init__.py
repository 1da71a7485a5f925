"""Agreements, acceptances, links, mails, requests to providers, files, and the dated rows."""

from agreements.models.agreements import Acceptance, Agreement, AgreementEvent, Link
from agreements.models.post import (
    AgreementFile,
    DirectAnswer,
    Mail,
    ProviderLink,
    ProviderRequest,
    ProviderTask,
)
from agreements.models.rows import CutOff, PathRule, SigningProgramme, TemplateLanguage, TemplateVersion

__all__ = [
    "Acceptance",
    "Agreement",
    "AgreementEvent",
    "AgreementFile",
    "CutOff",
    "DirectAnswer",
    "Link",
    "Mail",
    "PathRule",
    "ProviderLink",
    "ProviderRequest",
    "ProviderTask",
    "SigningProgramme",
    "TemplateLanguage",
    "TemplateVersion",
]
