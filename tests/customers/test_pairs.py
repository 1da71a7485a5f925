"""How well the duplicate check tells companies apart, measured over a table of pairs; form and import agree on it."""

import pytest

from customers import services
from customers.models import Customer
from customers.services import Likeness, likenesses
from partners.models import User
from tests.customers.fresh_pairs import FRESH
from tests.customers.pairs import PAIRS, Pair
from tests.factories import NOON

pytestmark = pytest.mark.django_db
# measured, and not to be lost again; the threshold was chosen on this very table, so that real names will do a little worse
LEAST_PRECISION = 0.95
LEAST_RECALL = 0.95
# of names that nothing was chosen on
LEAST_FRESH_PRECISION = 0.85
LEAST_FRESH_RECALL = 0.82


def looked_up(pair: Pair, by: User) -> list[Likeness]:
    """The candidates for the second of a pair when the first one is registered; nothing of it stays."""
    first = services.register(by=by, at=NOON, facts={"country": "DE", "segment": "commercial", **pair.one})
    found = likenesses(by=by, facts={"country": "DE", **pair.other})
    Customer.objects.filter(pk=first.pk).update(archived_at=NOON)
    return found


def test_the_table_has_enough_pairs_of_both_kinds() -> None:
    assert len(PAIRS) >= 60
    assert min(sum(pair.is_same for pair in PAIRS), sum(not pair.is_same for pair in PAIRS)) >= 25
    assert len(FRESH) >= 30
    assert len({pair.name + str(pair.one) + str(pair.other) for pair in (*PAIRS, *FRESH)}) == len(PAIRS) + len(FRESH)


@pytest.mark.parametrize(
    ("name", "pairs", "least"),
    [
        ("chosen on", PAIRS, (LEAST_PRECISION, LEAST_RECALL)),
        ("fresh", FRESH, (LEAST_FRESH_PRECISION, LEAST_FRESH_RECALL)),
    ],
    ids=["chosen on", "fresh"],
)
def test_the_check_finds_what_is_the_same_and_leaves_alone_what_is_not(
    name: str,
    pairs: tuple[Pair, ...],
    least: tuple[float, float],
    seller: User,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = {id(pair): looked_up(pair, seller) for pair in pairs}
    hits = [pair for pair in pairs if pair.is_same and found[id(pair)]]
    missed = [pair for pair in pairs if pair.is_same and not found[id(pair)]]
    wrong = [pair for pair in pairs if not pair.is_same and found[id(pair)]]
    precision, recall = len(hits) / (len(hits) + len(wrong)), len(hits) / (len(hits) + len(missed))
    told = f"{name}: pairs {len(pairs)}, precision {precision:.3f}, recall {recall:.3f}"
    told += f"\nmissed: {[pair.name for pair in missed]}\nwrong: {[pair.name for pair in wrong]}"
    with capsys.disabled():
        print("\n" + told)  # noqa: T201
    assert precision >= least[0], told
    assert recall >= least[1], told


def test_every_pair_is_judged_alike_from_either_end(seller: User) -> None:
    differing = []
    for pair in PAIRS:
        back = Pair(pair.name, pair.other, pair.one, pair.is_same)
        if bool(looked_up(pair, seller)) != bool(looked_up(back, seller)):
            differing.append(pair.name)
    assert differing == []
