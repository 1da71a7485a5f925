"""Application settings of partners."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from partners.requests import hear_of_changes


class PartnersConfig(AppConfig):
    """Partners: who asks and who is told."""

    name = "partners"

    def ready(self) -> None:
        """Rooms say in their `notices` what people are told of; a change in the feed wakes who tells programs."""
        autodiscover_modules("notices")
        hear_of_changes()
