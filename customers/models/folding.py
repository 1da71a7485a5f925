"""Text as the duplicate check and the search compare it; the functions are defined in the first migration."""

from django.db import models
from django.db.models import Func


class Fold(Func):
    """Lower case without accents, ä as ae and ß as ss; defined in the first migration."""

    function = "fold_text"
    output_field = models.TextField()


class CompanyKey(Func):
    """A folded company name without legal form and punctuation; defined in the first migration."""

    function = "company_key"
    output_field = models.TextField()
