"""Application settings of partners."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """Partners: who asks and who is told."""

    name = "partners"
