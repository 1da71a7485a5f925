"""One decision for many leads: each is fetched and judged on its own, and one that is refused stops no other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.refusals import Refused
from partners.models import User
from referrals import services, wording
from referrals.models import Referral
from referrals.states import Step


@dataclass(frozen=True)
class Result:
    """What became of one row; `lead` is None for a lead that the person may not see, the same as for none."""

    lead: Referral | None
    is_done: bool
    sentence: str


def decide_many(
    leads: Iterable[tuple[UUID, int | None]], step: Step, *, by: User, at: datetime, reason: str, text: str
) -> list[Result]:
    """Take the step with each lead (id, version that was seen); returns a result for each, in the order asked for."""
    wanted = list(leads)
    seen = {
        lead.public_id: lead
        for lead in Referral.objects.visible_to(by)
        .shared()
        .filter(public_id__in=[key for key, _version in wanted])
        .select_related("customer", "partner")
    }
    return [_decided(seen.get(key), version, step, by=by, at=at, reason=reason, text=text) for key, version in wanted]


def _decided(
    lead: Referral | None, version: int | None, step: Step, *, by: User, at: datetime, reason: str, text: str
) -> Result:
    if lead is None:
        return Result(None, is_done=False, sentence=wording.no_such_lead())
    try:
        moved = services.take_step(lead, step, by=by, at=at, version=version, reason=reason, text=text)
    except Refused as refusal:
        return Result(lead, is_done=False, sentence=str(refusal.sentence))
    return Result(lead, is_done=True, sentence=wording.label(moved.state))
