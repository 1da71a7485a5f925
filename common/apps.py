"""Application settings of common."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Ground: refusals, isolation, paging, money; knows no app."""

    name = "common"
