"""Mark alerts as seen; for the partner as a whole, because the work behind them is done once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import NotAllowed
from motions.models import Alert
from partners.models import User


@transaction.atomic
def mark_alert_seen(alert: Alert, *, by: User, at: datetime) -> bool:
    """Mark one alert; False when somebody had marked it already."""
    _must_be_addressed(by)
    unseen = Alert.objects.visible_to(by).filter(pk=alert.pk, seen_at__isnull=True)
    return bool(unseen.update(seen_at=at, seen_by_name=str(by)))


@transaction.atomic
def mark_alerts_seen(*, by: User, at: datetime, until: datetime, kind: str = "") -> int:
    """Mark all alerts (of a kind) that were made until a moment, so that none is marked that came later."""
    _must_be_addressed(by)
    unseen = Alert.objects.visible_to(by).filter(seen_at__isnull=True, made_at__lte=until)
    if kind:
        unseen = unseen.filter(kind=kind)
    marked: int = unseen.update(seen_at=at, seen_by_name=str(by))
    return marked


def _must_be_addressed(by: User) -> None:
    if not by.is_of_partner:
        raise NotAllowed(_("Alerts are for the partner alone."))
