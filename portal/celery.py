"""The Celery application: wakes and schedules; correctness never depends on it."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
def drop_dead_connections(**_: Any) -> None:
    """As the web does before each request; Celery itself would throw away the good ones too."""
    close_old_connections()
