"""What is known about the work in the background: queues, workers, scheduled jobs, and what has been set apart."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_timedelta
from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from agreements.models import AgreementEvent, Mail
from agreements.models.post import MOST_FAILURES as MOST_POSTED
from common import money
from common.isolation import Side, acting
from common.waking import ask, broker
from customers.models import ConflictEvent
from motions.bulk import MOST_FAILURES as MOST_JUDGED
from motions.models import PolicyNews, SetAside
from motions.sql import marks
from partners import services
from partners.models import Delivery, Invitation, JobRun, NewsMail, Notice
from partners.notices import MOST_FAILURES as MOST_TOLD
from partners.states import DeliveryState
from portal.celery import app
from portal.schedule import SCHEDULE
from referrals.models import ReferralEvent

NODES = ("interactive", "bulk", "hooks")
PING_SECONDS = 1.0
OLD_MARK = 300  # seconds that a stale mark may wait before somebody should look
LATE_AFTER = 3  # missed turns
GRACE = timedelta(seconds=60)


@dataclass(frozen=True)
class Run:
    """A scheduled job and its last run."""

    name: str
    every: timedelta
    run: JobRun | None
    is_late: bool

    @property
    def every_words(self) -> str:
        """'15 seconds', '10 minutes', '1 day' in the reader's language."""
        return format_timedelta(self.every, threshold=1, locale=money.locale())


@dataclass(frozen=True)
class Parked:
    """Something that failed so often that nobody tries any more: which rows, and what tries them once more."""

    code: str
    label: Promise
    hint: Promise
    rows: Callable[[], QuerySet[Any]]
    retry: Callable[[QuerySet[Any], datetime], int]


def _judge_again(rows: QuerySet[Any], at: datetime) -> int:
    customers = list(rows.values_list("pk", flat=True))
    marks.readmit(customers)
    marks.make(customers)
    ask("motions.sweep")
    return len(customers)


def _tell_again(rows: QuerySet[Any], at: datetime) -> int:
    return rows.update(failures=0)


# one line for each kind; a room that parks something adds its own
PARKED: tuple[Parked, ...] = (
    Parked(
        "recomputes",
        _("Customers set apart"),
        _("Their guidance could not be computed three times; it is shown as not current."),
        lambda: SetAside.objects.filter(failures__gte=MOST_JUDGED),
        _judge_again,
    ),
    Parked(
        "mails",
        _("Mails of notices"),
        _("The mail server refused them again and again; the notices themselves are in the portal."),
        lambda: Notice.objects.filter(mailed_at=None, mail_due_at__isnull=False, failures__gte=MOST_TOLD),
        lambda rows, at: rows.update(failures=0, mail_due_at=at),
    ),
    Parked(
        "invitations",
        _("Invitations"),
        _("The mail server refused them again and again."),
        lambda: Invitation.objects.pending().filter(mailed_at=None, failures__gte=MOST_TOLD),
        _tell_again,
    ),
    Parked(
        "webhooks",
        _("Messages of webhooks"),
        _("Their targets took none of ten tries. The partner can send them again as well."),
        lambda: Delivery.objects.filter(state=DeliveryState.PARKED),
        lambda rows, at: services.revive(rows, at=at),
    ),
    Parked(
        "agreement-mails",
        _("Mails about agreements"),
        _("Links and reminders for signatories that could not be sent."),
        lambda: Mail.objects.filter(sent_at=None, failures__gte=MOST_POSTED),
        _tell_again,
    ),
    Parked(
        "agreement-events",
        _("Events of agreements"),
        _("Nobody could be told of them."),
        lambda: AgreementEvent.objects.filter(notified_at=None, failures__gte=MOST_TOLD),
        _tell_again,
    ),
    Parked(
        "lead-events",
        _("Events of leads"),
        _("Nobody could be told of them."),
        lambda: ReferralEvent.objects.filter(notified_at=None, failures__gte=MOST_TOLD),
        _tell_again,
    ),
    Parked(
        "conflict-events",
        _("Events of conflicts"),
        _("Nobody could be told of them."),
        lambda: ConflictEvent.objects.filter(notified_at=None, failures__gte=MOST_TOLD),
        _tell_again,
    ),
    Parked(
        "policy-news",
        _("News of policy versions"),
        _("Partners could not be told of them."),
        lambda: PolicyNews.objects.filter(notified_at=None, failures__gte=MOST_TOLD),
        _tell_again,
    ),
    Parked(
        "news-mails",
        _("Newsletters"),
        _("The mail server refused them again and again; the posts themselves are in the portal."),
        lambda: NewsMail.objects.filter(sent_at=None, failures__gte=MOST_TOLD),
        _tell_again,
    ),
)


def queues() -> dict[str, int] | None:
    """How many messages wait in each queue; None when the broker does not answer."""
    try:
        connection: Redis = broker()
        return {queue.name: int(connection.llen(queue.name)) for queue in settings.CELERY_TASK_QUEUES}
    except (RedisError, OSError):
        return None


def workers() -> frozenset[str] | None:
    """Which kinds of workers answer; None when the broker does not."""
    try:
        answered = app.control.ping(timeout=PING_SECONDS)
    except (OperationalError, RedisError, OSError):
        return None
    return frozenset(name.split("@")[0].split("-")[0] for reply in answered or [] for name in reply)


def runs(*, at: datetime) -> list[Run]:
    """Every scheduled job with its last run; late when it missed three turns. For the office's or the workers' side."""
    last = JobRun.objects.in_bulk()
    return [_run(name, entry, last.get(entry["task"]), at) for name, entry in sorted(SCHEDULE.items())]


def _run(name: str, entry: dict[str, Any], run: JobRun | None, at: datetime) -> Run:
    every = _every(entry["schedule"])
    late = run is not None and at - run.started_at > every * LATE_AFTER + GRACE
    return Run(name=name, every=every, run=run, is_late=late)


def _every(schedule: Any) -> timedelta:
    """How long it is from one turn to the next: seconds, or the hours of a crontab."""
    hours = getattr(schedule, "hour", None)
    if hours is None:
        return timedelta(seconds=schedule)
    return timedelta(days=1) if len(hours) == 1 else timedelta(hours=1)


def parked() -> list[tuple[Parked, int]]:
    """How much of each kind is set apart."""
    with acting(Side.WORKER):
        return [(one, one.rows().count()) for one in PARKED]


def retry(code: str, *, at: datetime) -> int | None:
    """Have what is set apart tried once more; how much it is. None where there is no such kind."""
    found = next((one for one in PARKED if one.code == code), None)
    if found is None:
        return None
    with acting(Side.WORKER):
        return found.retry(found.rows(), at)


def stale_marks() -> tuple[int, float]:
    """How many stale marks wait, and the age of the oldest in seconds."""
    with acting(Side.WORKER):
        return marks.waiting()
