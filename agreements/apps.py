"""Application settings of agreements."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """Agreements: the signing of the Microsoft Customer Agreement."""

    name = "agreements"
