"""The roof: settings, urls, the Celery application, and the pages composed from several rooms."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
