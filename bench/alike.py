"""duplicate_check: candidates among many customers of one partner, against one page of its list.

blind_answer: whether the time of a registration tells that another partner has the company.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections
from django.utils.timezone import now
from scipy.stats import mannwhitneyu

from bench.harness import Result, percentile
from bench.portfolio import execute
from common.isolation import Side, acting
from customers import services
from partners.models import Partner, User

CHECKS = 400
WARM_UP = 40
REGISTRATIONS = 300


def _listed(words: str) -> list[str]:
    return words.split()


_WORDS = _listed(
    "Adler Bach Berger Brandt Dietrich Engel Falk Fischer Fuchs Geiger Haas Hartmann Hofer Huber Keller Kern Klein Krause"
    " Kurz Lange Lorenz Maurer Mertens Neubauer Otto Pohl Reuter Richter Roth Sauer Seidel Simon Sommer Stein Vogel Wagner"
    " Weber Winter Wolf Ziegler Müller Schröder Krüger Böhm Jäger Möller Schäfer Weiß Groß Grün"
)
_TRADES = _listed(
    "Anlagenbau Apotheken Autohaus Bau Bäckerei Beratung Dachtechnik Dental Druck Elektro Energie Fenster Feinmechanik"
    " Fleischerei Gartenbau Glas Haustechnik Holz Immobilien Kältetechnik Kunststoff Labor Logistik Maschinenbau"
    " Medizintechnik Metall Möbel Optik Papier Pflege Reinigung Sanitär Solar Spedition"
    " Stahl Textil Umwelt Verlag Verpackung Werkzeug"
)
_TOWNS = [
    f"{head}{tail}"
    for head in ("Alt", "Berg", "Eich", "Linden", "Neu", "Ober", "Roden", "Schön", "Stein", "Wald")
    for tail in _listed(
        "au bach berg bruck burg dorf feld hausen heim hof kirchen lohe moor ried rode see stadt tal weiler werder"
        " wiesen zell ach beuren born brunn egg furt gau hagen haid horst hütte kamp koppel kron lage leiten mark grün"
    )
]

_CUSTOMERS = """
INSERT INTO customers_customer (public_id, partner_id, name, country, domain, registration_number, segment, version,
                                created_at, updated_at)
SELECT gen_random_uuid(), %(partner)s,
       (%(words)s::text[])[1 + n %% %(all_words)s]
           || ' ' || (%(trades)s::text[])[1 + n / %(all_words)s %% %(all_trades)s]
           || ' ' || (%(towns)s::text[])[1 + n / 2000 %% %(all_towns)s]
           || CASE WHEN n >= 2000 * %(all_towns)s THEN ' ' || n / (2000 * %(all_towns)s) ELSE '' END
           || ' GmbH',
       'DE', 'firma' || n || '.de', 'HRB ' || n, 'commercial', 1, now(), now()
FROM generate_series(0, 2 * %(count)s - 2, 2) AS n
"""
_PAGE = """
SELECT id, public_id, name, country, domain, segment, version FROM customers_customer
WHERE partner_id = %s AND archived_at IS NULL AND (sort_name >= %s AND (sort_name > %s OR id > %s))
ORDER BY sort_name, id LIMIT 50
"""


def run(scale: int) -> list[Result]:
    """`scale` customers of one partner; checks of names as people type them, each beside one page of the list."""
    user, rival = (_person(name) for name in ("Bench", "Rival"))
    _fill(user, scale)
    return [_checks(user, scale), _registrations(user, rival, scale)]


def _person(name: str) -> User:
    partner = Partner.objects.using("owner").create(
        name=name, partner_number={"Bench": "7000001", "Rival": "7000002"}[name], country="DE", csp_type="direct_bill"
    )
    people = User.objects.db_manager("owner")
    made = people.create_user(f"{name.lower()}@bench.example", name=name, role="partner_staff", partner=partner)
    with acting(Side.OFFICE):
        return User.objects.select_related("partner").get(pk=made.pk)


def _fill(user: User, scale: int) -> None:
    """Without the other rooms' triggers: only the table itself is looked at."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; ALTER TABLE customers_customer DISABLE TRIGGER USER")
        lists = {"words": _WORDS, "trades": _TRADES, "towns": _TOWNS}
        sizes = {f"all_{name}": len(words) for name, words in lists.items()}
        cursor.execute(_CUSTOMERS, {"partner": user.partner_id, "count": scale, **lists, **sizes})
        cursor.execute("ALTER TABLE customers_customer ENABLE TRIGGER USER")
    execute("VACUUM ANALYZE customers_customer")


@contextmanager
def _as(user: User) -> Iterator[None]:
    with acting(Side.PARTNER, partner_id=user.partner_id, user_id=user.pk):
        yield


def _typed(dice: random.Random, scale: int) -> dict[str, Any]:
    """What somebody types: an existing name, one with a mistake, one in another order, a new one; with and without facts."""
    n = 2 * dice.randrange(scale)
    words = [_WORDS[n % 50], _TRADES[n // 50 % 40], _TOWNS[n // 2000 % len(_TOWNS)]]
    kind = dice.choice(["same", "mistake", "order", "new"])
    if kind == "mistake":
        place = dice.randrange(3)
        words[place] = words[place][:2] + words[place][3:]
    if kind == "order":
        words.reverse()
    if kind == "new":
        words = ["".join(dice.choice("abcdefghiklmnoprstuw") for _ in range(8)).title(), *words[1:]]
    facts = {"name": " ".join(words), "country": "DE", "domain": "", "registration_number": ""}
    if dice.random() < 0.5:
        facts["domain"] = f"shop.firma{dice.randrange(2 * scale)}.de"
    if dice.random() < 0.5:
        facts["registration_number"] = f"hrb-{dice.randrange(2 * scale)}"
    return facts


def _facts(n: int) -> dict[str, Any]:
    name = f"{_WORDS[n % 50]} {_TRADES[n // 50 % 40]} {_TOWNS[n // 2000 % len(_TOWNS)]} GmbH"
    return {"name": name, "domain": f"firma{n}.de", "registration_number": f"HRB {n}"}


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _page(user: User, after: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, [user.partner_id, after, after, 0])
        cursor.fetchall()


def _checks(user: User, scale: int) -> Result:
    result = Result(
        "duplicate_check", scale, "one keyset page of 50 rows of the same table, written by hand, same role"
    )
    dice = random.Random(7)
    hits = 0
    for number in range(CHECKS + WARM_UP):
        facts = _typed(dice, scale)
        with _as(user):
            theirs = _seconds(lambda facts=facts: _page(user, facts["name"].lower()))
        with _as(user):
            found: list[Any] = []
            ours = _seconds(lambda facts=facts, found=found: found.extend(services.likenesses(by=user, facts=facts)))
        if number >= WARM_UP:
            hits += bool(found)
            result.ours.append(ours)
            result.theirs.append(theirs)
    page = percentile(result.theirs, 0.5)
    result.more = {
        "p50_ms": round(percentile(result.ours, 0.5) * 1000, 3),
        "p95_ms": round(percentile(result.ours, 0.95) * 1000, 3),
        "page_p95_ms": round(percentile(result.theirs, 0.95) * 1000, 3),
        "page_p50_ms": round(page * 1000, 3),
        "p95_to_page": round(percentile(result.ours, 0.95) / page, 2),
        "with_candidates": hits,
    }
    return result


def _registrations(user: User, rival: User, scale: int) -> Result:
    """The rival registers what `user` has, and what nobody has, in turn."""
    result = Result(
        "blind_answer", scale, "registering a company that nobody else has; ours is one that another partner has"
    )
    dice = random.Random(11)
    for number in range(REGISTRATIONS + WARM_UP):
        n = 2 * dice.randrange(scale)
        # every second one of the series was registered, so that both kinds look alike
        pair = {True: _facts(n), False: _facts(n + 1)}
        seconds = {}
        for is_owned in dice.sample([True, False], 2):
            seconds[is_owned] = _seconds(lambda facts=pair[is_owned]: _register(rival, facts))
        if number >= WARM_UP:
            result.ours.append(seconds[True])
            result.theirs.append(seconds[False])
    test = mannwhitneyu(result.ours, result.theirs)
    result.more = {"p_value": round(float(test.pvalue), 4)}
    return result


def _register(by: User, facts: dict[str, str]) -> None:
    with _as(by):
        facts = {"country": "DE", "segment": "commercial", **facts}
        services.register(by=by, at=now(), facts=facts, despite_likeness=True, because="bench")
