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


class SiteKey(Func):
    """The registrable domain of a host, folded; '' for hosts that everybody shares. Made by `customers.sql.suffixes`."""

    function = "site_key"
    output_field = models.TextField()


class NumberKey(Func):
    """A registration number without spaces, punctuation and court."""

    function = "number_key"
    output_field = models.TextField()


class LooseKey(Func):
    """The words of a company name in alphabetical order, umlauts as people write them who have no keys for them."""

    function = "company_loose"
    output_field = models.TextField()


class Backwards(Func):
    """A text from its end to its beginning."""

    function = "reverse"
    output_field = models.TextField()
