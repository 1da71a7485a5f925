"""A reviewer at a desk of their own, as the web server's processes are: each takes the first lead that is still there."""

from django.utils.timezone import now

from common.isolation import Side, acting
from common.refusals import Refused
from partners.models import User
from referrals import services
from referrals.models import Referral
from referrals.review import queue
from referrals.review.forms import QueueFilter
from referrals.states import Step

COUNTRIES = ("DE", "AT", "CH")


def answer(order: tuple[int, int, int]) -> int:
    """Decide `count` leads as the person `key`, who looks at the row `place` of the queue; how often somebody was quicker."""
    key, place, count = order
    done = refused = 0
    while done < count:
        try:
            _decide(key, place)
        except Refused:
            refused += 1
        else:
            done += 1
    return refused


def _decide(key: int, place: int) -> None:
    with acting(Side.CHANNEL, user_id=key):
        user = User.objects.get(pk=key)
        lead = _first(user, place)
        said = {"reason": "budget", "text": "No."}
        services.take_step(lead, Step.DECLINE, by=user, at=now(), version=lead.version, **said)


def _first(user: User, place: int) -> Referral:
    """The first rows are everybody's: two reviewers meet at a lead now and then, as they would."""
    rows = queue.filtered(QueueFilter({}, countries=list(COUNTRIES)), by=user, at=now())
    return rows.order_by(*queue.ORDER)[place]
