"""queue_page: the first page of the review queue as a channel manager, against the same page by hand; decisions a second.

lead_search: the first page of the list of leads for a word that is in one lead, and for one that is in every lead.
"""

import time
from multiprocessing.connection import Connection

from django.db import connection, connections
from django.utils.timezone import now

from bench import portfolio
from bench.desks import COUNTRIES
from bench.harness import Result, percentile
from bench.workers import workers
from common.isolation import acting
from common.paging import keyset
from partners.models import ChannelScope, User
from referrals.review import queue
from referrals.review.forms import QueueFilter
from referrals.scoping import meant
from referrals.views.lists import found

PAGES = 200
SEARCHES = 30
WARM_UP = 20
REVIEWERS = 8
DECISIONS_EACH = 50
CUSTOMERS = 20_000

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


_SEARCH_BY_HAND = """
SELECT r.id, r.public_id, r.name, r.state, r.value, r.currency, r.created_at, c.name, p.name
FROM referrals_referral AS r
JOIN customers_customer AS c ON c.id = r.customer_id JOIN partners_partner AS p ON p.id = r.partner_id
WHERE r.state <> 'draft' AND r.deal_type <> 'private' AND r.direction = 'outbound'
  AND (r.country, r.segment) IN (SELECT country, segment FROM partners_channelscope WHERE user_id = %(user)s)
  AND (r.search_text LIKE %(word)s OR c.search_text LIKE %(word)s)
ORDER BY r.created_at DESC, r.id DESC LIMIT 51
"""


def run(scale: int) -> list[Result]:
    """`scale` leads, one in forty waiting; pages and searches as one reviewer, then eight reviewers deciding side by side."""
    people = make(scale)
    return [_pages(scale, people[0]), *_searches(scale, people[0]), _decisions(scale, people)]


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
    result.more = _shares(result)
    return result


def _ours(user: User) -> None:
    vars(user).pop("covers", None)  # every request reads the person anew
    with acting(user.context.side, user_id=user.pk):
        found = queue.queue(QueueFilter({}, countries=list(COUNTRIES)), by=user, at=now())
        assert len(found.rows) > queue.PAGE_SIZE


def _by_hand(user: User) -> None:
    with acting(user.context.side, user_id=user.pk), connection.cursor() as cursor:
        for is_hot in (True, False):
            cursor.execute(_BY_HAND, {"user": user.pk, "is_hot": is_hot})
            assert cursor.fetchall()


def _searches(scale: int, user: User) -> list[Result]:
    return [_search(scale, user, name, words) for name, words in (("rare", f"{scale - 3}"), ("everywhere", "servers"))]


def _search(scale: int, user: User, name: str, words: str) -> Result:
    result = Result("lead_search", scale, "the same page by one statement as the owner, without row-level security")
    for number in range(SEARCHES + 2):
        seconds, rows = {}, {}
        for way in (_searched, _searched_by_hand) if number % 2 else (_searched_by_hand, _searched):
            started = time.perf_counter()
            rows[way] = way(user, words)
            seconds[way] = time.perf_counter() - started
        assert rows[_searched] == rows[_searched_by_hand] > 0
        if number >= 2:
            result.ours.append(seconds[_searched])
            result.theirs.append(seconds[_searched_by_hand])
    result.more = {"word": name} | _shares(result)
    return result


def _searched(user: User, words: str) -> int:
    vars(user).pop("covers", None)  # every request reads the person anew
    with acting(user.context.side, user_id=user.pk):
        chosen = {**dict.fromkeys(("state", "holder", "country"), ""), "tab": "outbound", "q": words}
        rows = found(user, chosen, meant(words, by=user)).select_related("customer", "partner")
        return len(keyset(rows, by=("created_at", "pk"), size=50, is_newest_first=True).rows)


def _searched_by_hand(user: User, words: str) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(_SEARCH_BY_HAND, {"user": user.pk, "word": f"%{words}%"})
        return len(cursor.fetchall()[:50])


def _shares(result: Result) -> dict[str, float]:
    return {f"p{share}_ms": round(percentile(result.ours, share / 100) * 1000, 2) for share in (50, 95)} | {
        f"reference_p{share}_ms": round(percentile(result.theirs, share / 100) * 1000, 2) for share in (50, 95)
    }


def _decisions(scale: int, people: list[User]) -> Result:
    """Everybody takes one of the first leads of the queue, two always the same; the reference is one reviewer alone."""
    result = Result("queue_decisions", scale, "one reviewer alone, the same number of decisions each")
    with workers(REVIEWERS, module="bench.desks") as desks:
        _decide_all(desks, people, WARM_UP)
        alone, _none = _decide_all(desks[:1], people, DECISIONS_EACH)
        together, refused = _decide_all(desks, people, DECISIONS_EACH)
    result.ours.append(together / (REVIEWERS * DECISIONS_EACH))
    result.theirs.append(alone / DECISIONS_EACH)
    result.more = {
        "reviewers": REVIEWERS,
        "decisions_per_second": round(REVIEWERS * DECISIONS_EACH / together, 1),
        "alone_per_second": round(DECISIONS_EACH / alone, 1),
        "refused": refused,
    }
    return result


def _decide_all(desks: list[Connection], people: list[User], count: int) -> tuple[float, int]:
    """Each desk a process, as the web server's are; how long it took, and how often somebody was quicker."""
    started = time.perf_counter()
    for place, desk in enumerate(desks):
        desk.send((people[place].pk, place // 2, count))
    refused = sum(desk.recv() for desk in desks)
    return time.perf_counter() - started, refused
