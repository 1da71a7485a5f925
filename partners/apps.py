"""Application settings of partners."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PartnersConfig(AppConfig):
    """Partners: who asks and who is told."""

    name = "partners"

    def ready(self) -> None:
        """Each room says in its `notices` module what people are told of."""
        autodiscover_modules("notices")
