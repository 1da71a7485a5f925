"""Whatever a file says: outcomes add up, the same file twice changes nothing, an undo puts everything back."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer, CustomerEvent
from motions.imports import steps
from motions.models import Deal, DealEvent, ImportBatch, ImportRow
from motions.states import RowOutcome
from partners.models import Partner, User
from tests.motions.imports.test_story import checked, committed, worked

# few values, so that rows meet each other and what stands there already in every way
NAMES = ("Alpha GmbH", "ALPHA AG", "Älpha", "Beta", "Gamma", "")
ROWS = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(("DE", "AT")),
        st.sampled_from(("", "", "a.de", "b.de", "nonsense")),
        st.sampled_from(("", "", "HRB 1", "HRB 2")),
        st.sampled_from(("", "10", "20", "-1")),
        st.sampled_from(("", "", "500", "1000000")),
        st.sampled_from(("EUR", "USD")),
        st.sampled_from(("", "none", "multi-tenant")),
        st.sampled_from(("", "yes", "no")),
        st.sampled_from(("", "", "One", "ONE", "Two")),
        st.sampled_from(("", "", "K1", "K2")),
    ).map(";".join),
    min_size=1,
    max_size=8,
)


class _Enough(Exception):
    """Ends what an example wrote."""


def written(partner: Partner | None) -> Any:
    """All that an import can change, to the last fact; what an undo leaves behind is archived and has no deals."""
    customers = Customer.objects.filter(partner=partner, archived_at=None).order_by("id")
    deals = Deal.objects.filter(partner=partner).order_by("id")
    return (
        list(customers.values("id", "name", "country", "domain", "registration_number", "segment")),
        [
            {name: value for name, value in deal.items() if name not in ("version", "updated_at")}
            for deal in deals.values()
        ],
    )


def events() -> tuple[int, int]:
    return CustomerEvent.objects.count(), DealEvent.objects.count()


def added_up(batch: ImportBatch, rows: int) -> dict[str, int]:
    counts = {outcome.value: batch.counts.get(outcome.value, 0) for outcome in RowOutcome}
    assert sum(counts.values()) == rows == ImportRow.objects.filter(batch=batch).count()
    assert not ImportRow.objects.filter(batch=batch, outcome="").exists()
    return counts


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Any, settings: Any) -> None:
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": backend}


@given(former=ROWS, rows=ROWS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_adds_up_is_idempotent_and_can_be_undone(seller: User, former: list[str], rows: list[str]) -> None:
    try:
        with transaction.atomic():
            committed(seller, *former)
            before = written(seller.partner)
            told = checked(seller, *rows)
            foreseen = added_up(told, len(rows))
            assert written(seller.partner) == before
            batch = committed(seller, *rows)
            assert added_up(batch, len(rows)) == foreseen
            after, heard = written(seller.partner), events()
            again = added_up(committed(seller, *rows), len(rows))
            assert (again["new"], again["changed"]) == (0, 0)
            assert (written(seller.partner), events()) == (after, heard)
            steps.ask_undo(batch, by=seller)
            assert worked(batch).counts["kept"] == 0
            assert written(seller.partner) == before
            raise _Enough
    except _Enough:
        pass
