"""Application settings of common."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from common.waking import listen


class CommonConfig(AppConfig):
    """Ground: refusals, isolation, paging, money; knows no app."""

    name = "common"

    def ready(self) -> None:
        """Every connection hears what triggers say."""
        connection_created.connect(listen)
