"""The search of the customer list, as the page does it under row-level security, beside the same written by hand."""

import time
from collections.abc import Iterator
from random import Random
from typing import Any

from django.db import connections
from django.utils.timezone import localdate

from bench.harness import Result, percentile
from bench.portfolio import execute
from common.isolation import Side, acting
from common.paging import keyset
from customers.models import Customer
from customers.scoping import search
from motions.scoping import with_freshness
from motions.sql.freshness import in_force
from partners.models import Partner, User
from portal.views.lists import PAGE_SIZE

NEIGHBOURS = 4  # other partners with as many customers together; their rows must cost nothing
RUNS = 300

# names as they lie in the field: a few words that many share, and some that are in one name only
_CUSTOMERS = """
INSERT INTO customers_customer (public_id, partner_id, name, country, domain, registration_number, segment, version,
                                created_at, updated_at)
SELECT gen_random_uuid(), %(partner)s,
       (ARRAY['Müller', 'Schmidt', 'Weber', 'Zimmermann', 'Köhler', 'Brandt', 'Vogel', 'Franke'])[1 + (n * 7919) %% 8]
       || ' ' || (ARRAY['Logistik', 'Werkzeuge', 'Straßenbau', 'Optik', 'Papier', 'Energie', 'Möbel', 'Pharma', 'Druck',
                        'Textil', 'Handel', 'Labor'])[1 + (n * 104729) %% 12]
       || ' ' || (ARRAY['Aachen', 'Bremen', 'Celle', 'Dresden', 'Erfurt', 'Kiel', 'Lübeck', 'Mainz', 'Ulm'])[1 + n %% 9]
       || ' ' || substr(md5(n::text), 1, 8) || ' GmbH',
       (ARRAY['DE', 'AT', 'CH'])[1 + n %% 3], substr(md5(n::text), 1, 10) || '.example', '', 'commercial', 1, now(), now()
FROM generate_series(1::bigint, %(count)s) AS n
"""
_BY_HAND = """
SELECT c.id, c.name, c.country, c.domain, s.motion, s.share, s.motion_since, s.is_provisional
FROM customers_customer AS c JOIN motions_standing AS s ON s.customer_id = c.id
WHERE c.partner_id = %s AND c.archived_at IS NULL AND {conditions}
ORDER BY c.sort_name, c.id LIMIT 51
"""
_REFERENCE = "the same page by one hand-written statement with the same index, as the owner, without row-level security"


def _customers(count: int) -> User:
    partners = [
        Partner.objects.using("owner").create(
            name=f"Bench {number}", partner_number=f"999999{number}", country="DE", csp_type="direct_bill"
        )
        for number in range(NEIGHBOURS + 1)
    ]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SELECT set_config('app.is_bulk', 'on', false)")
        # of the other rooms the list shows guidance alone
        cursor.execute(
            "ALTER TABLE customers_customer DISABLE TRIGGER USER; ALTER TABLE customers_customer ENABLE TRIGGER motions_added"
        )
        for place, partner in enumerate(partners):
            share = count if place == 0 else max(1, count // NEIGHBOURS // 4)
            cursor.execute(_CUSTOMERS, {"partner": partner.pk, "count": share})
        cursor.execute("ALTER TABLE customers_customer ENABLE TRIGGER USER")
        cursor.execute("DELETE FROM motions_mark")
    execute("VACUUM ANALYZE")
    return User.objects.db_manager("owner").create_user(
        "bench@bench.example", name="Bench", role="partner_staff", partner=partners[0]
    )


def _words(count: int) -> Iterator[str]:
    """What people type: mostly one name, now and then a word that many share, or two of them."""
    random = Random(7)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT substr(md5(n::text), 1, 8) FROM generate_series(1, 1000) AS n")
        rare = [row[0] for row in cursor.fetchall()]
    while True:
        kind = random.random()
        if kind < 0.5:
            yield random.choice(rare)
        elif kind < 0.7:
            yield f"{random.choice(['müller', 'Zimmermann'])} {random.choice(rare)[:3]}"
        elif kind < 0.85:
            yield f"{random.choice(['optik', 'papier'])} {random.choice(['kiel', 'ulm'])} {random.choice(['weber', 'vogel'])}"
        else:
            yield random.choice(["strassenbau", "zimmermann", "lübeck", "GmbH"])


def _page(user: User, words: str) -> list[Any]:
    """As the view does it: role and partner, what is in force, the page of rows."""
    with acting(Side.PARTNER, partner_id=user.partner_id, user_id=user.pk):
        current = in_force(localdate())
        rows = with_freshness(Customer.objects.visible_to(user).current().select_related("partner"), current)
        return list(keyset(search(rows, words, by=user), by=("sort_name", "pk"), size=PAGE_SIZE).rows)


def _by_hand(user: User, words: str) -> list[Any]:
    folded = words.split()
    conditions = " AND ".join(["c.search_text LIKE '%%' || fold_text(%s) || '%%'"] * len(folded))
    with connections["owner"].cursor() as cursor:
        cursor.execute(_BY_HAND.format(conditions=conditions), [user.partner_id, *folded])
        return cursor.fetchall()


def run(scale: int) -> Iterator[Result]:
    """p50 and p95 of a search, each beside the same by hand."""
    user = _customers(scale)
    result = Result("customer_search", scale, _REFERENCE)
    words = _words(scale)
    for number in range(RUNS):
        typed = next(words)
        seconds = {}
        for ask in (_page, _by_hand) if number % 2 else (_by_hand, _page):
            started = time.perf_counter()
            found = ask(user, typed)
            seconds[ask] = time.perf_counter() - started
            assert found or " " in typed, typed
        if number >= 10:
            result.ours.append(seconds[_page])
            result.theirs.append(seconds[_by_hand])
    for name, values in (("", result.ours), ("reference_", result.theirs)):
        result.more[f"{name}p50_s"] = round(percentile(values, 0.5), 6)
        result.more[f"{name}p95_s"] = round(percentile(values, 0.95), 6)
    result.more["ratio_p95"] = round(result.more["p95_s"] / result.more["reference_p95_s"], 4)
    yield result
