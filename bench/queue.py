"""queue_page: the first page of the review queue as a channel manager, against the same page by hand; decisions a second."""

import time
from threading import Thread

from django.db import connection, connections
from django.utils.timezone import now

from bench import portfolio
from bench.harness import Result, percentile
from common.isolation import acting
from common.refusals import Refused
from partners.models import ChannelScope, User
from referrals import services
from referrals.models import Referral
from referrals.review import queue
from referrals.review.forms import QueueFilter
from referrals.states import Step

PAGES = 200
WARM_UP = 20
REVIEWERS = 8
DECISIONS_EACH = 50
CUSTOMERS = 20_000
COUNTRIES = ("DE", "AT", "CH")

# one lead in forty waits for an answer; the others were decided some time in the last two years
_LEADS = """
INSERT INTO referrals_referral (public_id, partner_id, customer_id, programme_id, direction, state, version, country, segment,
    name, external_id, deal_type, help, value, currency, close_date, notes, solutions, intent, asks_contact, sales_stage,
    contact_first_name, contact_last_name, contact_email, contact_phone, created_at, updated_at, created_by_name,
    submitted_at, answer_due_at, expires_at, reminders, decided_at, closed_at, reviewer_name, routed_to_name, claimed_from,
    reason, reason_text)
SELECT gen_random_uuid(), c.partner_id, c.id, p.id, 'outbound', CASE WHEN n %% 40 = 0 THEN 'submitted' ELSE 'declined' END, 1,
    c.country, c.segment, 'Lead ' || n, '', 'co_sell', '', 50000, 'EUR', current_date + 90, 'Wants to move its servers.',
    ARRAY['Azure'], '', n %% 400 = 0, '', 'Karla', 'Kunde', 'karla@kunde.example', '', at, at, 'Bench', at,
    CASE WHEN n %% 40 = 0 THEN at + interval '2 days' END, CASE WHEN n %% 40 = 0 THEN at + interval '14 days' END, 0,
    CASE WHEN n %% 40 <> 0 THEN at + interval '1 day' END, CASE WHEN n %% 40 <> 0 THEN at + interval '1 day' END, '', '', '',
    CASE WHEN n %% 40 <> 0 THEN 'budget' ELSE '' END, ''
FROM generate_series(1, %(count)s) AS n
JOIN customers_customer AS c ON c.id = (SELECT min(id) FROM customers_customer) + n %% %(customers)s
CROSS JOIN (SELECT id FROM referrals_programme WHERE code = 'QRP') AS p
CROSS JOIN LATERAL (SELECT CASE WHEN n %% 40 = 0 THEN now() - (n %% 12000) * interval '1 minute'
                           ELSE now() - (n %% 700) * interval '1 day' END AS at) AS times
"""

_BY_HAND = """
SELECT r.id, r.public_id, r.name, r.state, r.version, r.value, r.currency, r.country, r.submitted_at, r.answer_due_at,
       r.asks_contact, r.reviewer_name, r.routed_to_name, c.name, p.name
FROM referrals_referral AS r
JOIN customers_customer AS c ON c.id = r.customer_id JOIN partners_partner AS p ON p.id = r.partner_id
WHERE r.state IN ('in_review', 'resubmitted', 'submitted')
  AND NOT EXISTS (SELECT 1 FROM referrals_snooze AS s WHERE s.user_id = %(user)s AND s.lead = r.public_id AND s.until > now())
  AND (r.asks_contact AND r.submitted_at > now() - interval '72 hours') = %(is_hot)s
ORDER BY r.submitted_at, r.id LIMIT 41
"""


def run(scale: int) -> list[Result]:
    """`scale` leads, one in forty waiting; pages as one reviewer, then eight reviewers deciding side by side."""
    people = make(scale)
    return [_pages(scale, people[0]), _decisions(scale, people)]


def make(scale: int) -> list[User]:
    """Leads in bulk, and the reviewers of their countries."""
    customers = min(CUSTOMERS, scale)
    portfolio.make(customers)
    portfolio.execute(_LEADS, {"count": scale, "customers": customers})
    people = [
        User.objects.db_manager("owner").create_user(
            f"reviewer{number}@bench.example", name=f"Reviewer {number}", role="channel_manager"
        )
        for number in range(REVIEWERS)
    ]
    scopes = [ChannelScope(user=one, country=country, segment="commercial") for one in people for country in COUNTRIES]
    ChannelScope.objects.using("owner").bulk_create(scopes)
    portfolio.execute("VACUUM ANALYZE")
    return people


def _pages(scale: int, user: User) -> Result:
    result = Result("queue_page", scale, "the two statements of the same page by hand, as the same role")
    for number in range(PAGES + WARM_UP):
        pair = {}
        for run_one in (_ours, _by_hand) if number % 2 else (_by_hand, _ours):
            started = time.perf_counter()
            run_one(user)
            pair[run_one] = time.perf_counter() - started
        if number >= WARM_UP:
            result.ours.append(pair[_ours])
            result.theirs.append(pair[_by_hand])
    result.more = {f"p{share}_ms": round(percentile(result.ours, share / 100) * 1000, 2) for share in (50, 95)} | {
        f"reference_p{share}_ms": round(percentile(result.theirs, share / 100) * 1000, 2) for share in (50, 95)
    }
    return result


def _ours(user: User) -> None:
    with acting(user.context.side, user_id=user.pk):
        found = queue.queue(QueueFilter({}, countries=list(COUNTRIES)), by=user, at=now())
        assert len(found.rows) > queue.PAGE_SIZE


def _by_hand(user: User) -> None:
    with acting(user.context.side, user_id=user.pk), connection.cursor() as cursor:
        for is_hot in (True, False):
            cursor.execute(_BY_HAND, {"user": user.pk, "is_hot": is_hot})
            assert cursor.fetchall()


def _decisions(scale: int, people: list[User]) -> Result:
    """Everybody takes the first lead of the queue that nobody else has taken; the reference is one reviewer alone."""
    result = Result("queue_decisions", scale, "one reviewer alone, the same number of decisions each")
    alone = _decide_all(people[:1])
    together = _decide_all(people)
    result.ours.append(together[0] / (REVIEWERS * DECISIONS_EACH))
    result.theirs.append(alone[0] / DECISIONS_EACH)
    result.more = {
        "reviewers": REVIEWERS,
        "decisions_per_second": round(REVIEWERS * DECISIONS_EACH / together[0], 1),
        "refused": together[1],
    }
    return result


def _decide_all(people: list[User]) -> tuple[float, int]:
    refused = [0] * len(people)
    threads = [Thread(target=_decide, args=(user, number, refused)) for number, user in enumerate(people)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started, sum(refused)


def _decide(user: User, number: int, refused: list[int]) -> None:
    done = 0
    while done < DECISIONS_EACH:
        try:
            with acting(user.context.side, user_id=user.pk):
                user = User.objects.get(pk=user.pk)
                lead = _first(user, number)
                services.take_step(
                    lead, Step.DECLINE, by=user, at=now(), version=lead.version, reason="budget", text="No."
                )
        except Refused:
            refused[number] += 1
        else:
            done += 1
    connections.close_all()


def _first(user: User, number: int) -> Referral:
    """The first rows are everybody's: two reviewers meet at a lead now and then, as they would."""
    rows = queue.filtered(QueueFilter({}, countries=list(COUNTRIES)), by=user, at=now())
    return rows.order_by(*queue.ORDER)[number // 2]
