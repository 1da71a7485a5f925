"""Application settings of motions."""

from django.apps import AppConfig


class MotionsConfig(AppConfig):
    """Motions: deals, policy and guidance."""

    name = "motions"
