"""Keyset paging: no row twice and none left out, forwards and backwards, whatever comes in between."""

import pytest
from django.core import signing

from common.paging import Page, _mark, keyset
from customers.models import Customer
from partners.models import Partner
from tests import factories

pytestmark = pytest.mark.django_db

BY = ("sort_name", "pk")
# ties on the leading column on purpose
NAMES = ["Alpha", "Beta", "Beta", "Beta", "Gamma", "Delta", "Beta"]


@pytest.fixture
def names(partner: Partner) -> list[int]:
    """Keys in the order of the list."""
    for name in NAMES:
        factories.CustomerFactory(partner=partner, name=name)
    return list(Customer.objects.order_by("sort_name", "pk").values_list("pk", flat=True))


def page(*, after: str = "", before: str = "", size: int = 2) -> Page[Customer]:
    return keyset(Customer.objects.all(), by=BY, after=after, before=before, size=size)


def keys(found: Page[Customer]) -> list[int]:
    return [row.pk for row in found.rows]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_pages_forwards_show_every_row_once(size: int, names: list[int]) -> None:
    found, seen = page(size=size), []
    while True:
        seen += keys(found)
        if not found.after:
            break
        found = page(after=found.after, size=size)
    assert seen == names


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_backwards_are_the_same_pages(size: int, names: list[int]) -> None:
    forwards = [page(size=size)]
    while forwards[-1].after:
        forwards.append(page(after=forwards[-1].after, size=size))
    found = forwards[-1]
    for expected in reversed(forwards[:-1]):
        found = page(before=found.before, size=size)
        assert keys(found) == keys(expected)
        assert found.after, "there is a way back"
    assert found.before == ""


def test_the_first_and_the_last_page_have_one_neighbour(names: list[int]) -> None:
    first = page(size=4)
    assert (first.before, bool(first.after)) == ("", True)
    last = page(after=first.after, size=4)
    assert (bool(last.before), last.after) == (True, "")
    whole = page(size=7)
    assert (whole.before, whole.after) == ("", "")


def test_no_rows_have_no_neighbours() -> None:
    found = page()
    assert (list(found.rows), found.before, found.after) == ([], "", "")


def test_rows_that_come_and_go_in_between_move_nothing(names: list[int], partner: Partner) -> None:
    first = page(size=2)
    factories.CustomerFactory(partner=partner, name="Aaron")
    late = factories.CustomerFactory(partner=partner, name="Beta")
    Customer.objects.filter(pk=names[1]).update(name="Zulu")
    second = page(after=first.after, size=10)
    assert keys(second) == [*names[2:5], late.pk, *names[5:], names[1]]


def test_a_mark_beyond_the_end_gives_an_empty_page(names: list[int]) -> None:
    last = page(size=7)
    mark = _mark(last.rows[-1], BY)
    found = page(after=mark)
    assert (keys(found), found.after) == ([], "")


@pytest.mark.parametrize("change", ["x", "", "' OR 1=1 --"])
def test_a_mark_that_was_tampered_with_is_ignored(change: str, names: list[int]) -> None:
    mark = page().after
    tampered = mark[:-1] + change if change == "" else mark + change
    assert keys(page(after=tampered)) == names[:2]
    assert keys(page(before=tampered)) == names[:2]
    foreign = signing.dumps(["alpha", "1"], salt="another purpose")
    assert keys(page(after=foreign)) == names[:2]


def test_a_mark_of_another_order_is_ignored(names: list[int]) -> None:
    mark = page().after
    by_time = keyset(Customer.objects.all(), by=("created_at", "pk"), after=mark, size=2)
    assert keys(by_time) == sorted(names)[:2], "its values would not even be points in time"


def test_of_two_marks_the_one_forwards_counts(names: list[int]) -> None:
    first = page()
    second = page(after=first.after)
    assert keys(page(after=first.after, before=second.before)) == names[2:4]


def test_a_page_costs_one_query(names: list[int], django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    mark = page().after
    with django_assert_num_queries(1):
        page(after=mark)
