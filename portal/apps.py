"""Application settings of portal."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The roof."""

    name = "portal"
