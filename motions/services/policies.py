"""Publish a policy version. Its fan-out runs after the commit, from a durable cursor row."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common.refusals import Refused, Unfit
from motions.models import Fanout, FanoutCause, PolicyVersion
from motions.policy.editions import EDITIONS


@transaction.atomic
def publish(draft: PolicyVersion, *, at: datetime) -> PolicyVersion:
    """Put a draft into force from its `valid_from`; an open-ended predecessor in the same market ends that day.

    Raises `Refused` when it is published already or overlaps another version, `Unfit` for an unknown edition.
    """
    draft = PolicyVersion.objects.select_for_update().get(pk=draft.pk)
    if draft.published_at:
        raise Refused(_("This version is published already; a change is a new version."))
    if draft.edition not in EDITIONS:
        raise Unfit(_("There is no edition %(number)s of the rules.") % {"number": draft.edition}, field="edition")
    PolicyVersion.objects.filter(
        published_at__isnull=False, market=draft.market, valid_to__isnull=True, valid_from__lt=draft.valid_from
    ).update(valid_to=draft.valid_from)
    draft.published_at = at
    try:
        with transaction.atomic():
            draft.save(update_fields=["published_at"])
    except IntegrityError as error:
        raise Refused(_("Another published version of this market covers some of these days.")) from error
    Fanout.objects.create(cause=FanoutCause.POLICY, made_at=at)
    return draft
