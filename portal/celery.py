"""The Celery application: wakes and schedules; correctness never depends on it."""

import os
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun
from django.db import close_old_connections, connection

from common.isolation import Side, acting, numbered
from partners.sql import audit as sql
from portal.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
_SCHEDULED = frozenset(entry["task"] for entry in SCHEDULE.values())


@task_prerun.connect
def drop_dead_connections(**_: Any) -> None:
    """As the web does before each request; Celery itself would throw away the good ones too."""
    close_old_connections()


@task_prerun.connect
def number_its_changes(task_id: str, task: Any, **_: Any) -> None:
    """What a task changes stands in the audit under the task's number."""
    stack = ExitStack()
    stack.enter_context(numbered(task_id))
    task.request.update(numbered=stack, began_at=datetime.now(UTC))


@task_postrun.connect
def note_its_run(task: Any, state: str | None, retval: Any, **_: Any) -> None:
    """The next task has a number of its own; of a scheduled one, when it ran last and how it ended is kept."""
    task.request.numbered.close()
    if task.name in _SCHEDULED:
        error = "" if state == "SUCCESS" else f"{type(retval).__name__}: {retval}"[:500]
        with acting(Side.WORKER), connection.cursor() as cursor:
            cursor.execute(sql.RAN, {"name": task.name, "began": task.request.began_at, "error": error})
