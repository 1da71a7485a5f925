"""The life of an import: one step at a time, under the name of whoever asked for it, and never tried without end."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import DataError
from django.utils.timezone import now

from common.isolation import Side, acting
from common.refusals import NotAllowed, Refused
from customers.models import Customer, CustomerEvent, EventKind
from motions.imports import jobs, report, staging, steps
from motions.models import Deal, DealEvent, ImportBatch, ImportRow
from motions.states import ImportState
from partners.models import User
from tests import factories
from tests.motions.imports.test_story import checked, uploaded, worked


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path, "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "default": place}


def written(batch: ImportBatch, by: User) -> ImportBatch:
    steps.ask_commit(batch, by=by)
    return worked(batch)


def undone(batch: ImportBatch, by: User) -> ImportBatch:
    steps.ask_undo(batch, by=by)
    return worked(batch)


def test_a_worker_that_comes_late_does_not_write_again(seller: User, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = checked(seller, "Alpha;DE;;;10;;;;;;")
    steps.ask_commit(batch, by=seller)
    claim = steps.claim

    def late(partner_id: int) -> bool:
        """Between asking for work and getting it, another worker has done it."""
        monkeypatch.setattr(steps, "claim", claim)
        assert jobs.work(batch_id=batch.pk, partner_id=partner_id, clock=now)
        return claim(partner_id)

    monkeypatch.setattr(steps, "claim", late)
    assert not jobs.work(batch_id=batch.pk, partner_id=batch.partner_id, clock=now)
    batch.refresh_from_db()
    assert batch.counts["new"] == 1
    assert ImportRow.objects.get(batch=batch).before is not None


def test_columns_chosen_in_another_window_do_not_take_a_commit_back(seller: User) -> None:
    batch = checked(seller, "Alpha;DE;;;10;;;;;;")
    in_another_window = ImportBatch.objects.get(pk=batch.pk)
    written(batch, seller)
    with pytest.raises(Refused):
        steps.ask_check(in_another_window, chosen=batch.mapping, options=steps.Options(country="DE"))
    batch.refresh_from_db()
    assert batch.state == ImportState.COMMITTED


def test_what_is_written_and_undone_stands_under_the_name_of_who_asked(seller: User, chief: User) -> None:
    colleague = factories.UserFactory(partner=seller.partner, name="Carl Colleague")
    batch = written(checked(seller, "Alpha;DE;;;10;;;;;;"), colleague)
    assert CustomerEvent.objects.get().by_name == "Carl Colleague"
    assert DealEvent.objects.get().by == colleague
    assert (batch.committed_by_name, batch.by_name) == ("Carl Colleague", str(seller))
    assert undone(batch, chief).undone_by_name == "Cora Chief"
    assert CustomerEvent.objects.latest("id").by == chief


def test_whoever_wrote_it_may_undo_it_and_a_colleague_may_not(seller: User) -> None:
    colleague = factories.UserFactory(partner=seller.partner)
    batch = written(checked(seller, "Alpha;DE;;;10;;;;;;"), colleague)
    with pytest.raises(NotAllowed):
        steps.ask_undo(batch, by=factories.UserFactory(partner=seller.partner))
    assert undone(batch, colleague).state == ImportState.UNDONE


def asked_for(state: ImportState, user: User) -> ImportBatch:
    batch = uploaded(user, "Alpha;DE;;;10;;;;;;")
    steps.ask_check(batch, chosen=batch.mapping, options=steps.Options(country="DE"))
    if state != ImportState.CHECKING:
        steps.ask_commit(worked(batch), by=user)
    if state == ImportState.UNDOING:
        steps.ask_undo(worked(batch), by=user)
    return batch


@pytest.mark.parametrize("state", [ImportState.CHECKING, ImportState.COMMITTING, ImportState.UNDOING])
def test_a_step_that_always_fails_is_given_up_and_told(
    state: ImportState, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = asked_for(state, factories.UserFactory(name="Lasting"))

    def fail(*_given: Any, **_more: Any) -> None:
        raise DataError("poison")

    for name in ("classify", "undo"):
        monkeypatch.setattr(staging, name, fail)
    for _ in range(steps.MOST_ATTEMPTS):
        with pytest.raises(DataError):
            worked(batch)
    given_up = worked(batch)
    assert (given_up.state, given_up.problem["code"]) == (steps.BACK[state], "step_failed")
    with acting(Side.WORKER):
        assert jobs.waiting() == []


def test_a_step_that_was_given_up_can_be_asked_for_again(seller: User) -> None:
    batch = asked_for(ImportState.COMMITTING, seller)
    ImportBatch.objects.filter(pk=batch.pk).update(attempts=steps.MOST_ATTEMPTS)
    assert worked(batch).state == ImportState.CHECKED
    again = written(batch, seller)
    assert (again.state, again.problem, again.attempts) == (ImportState.COMMITTED, {}, 0)


def test_a_commit_needs_the_file_no_more(seller: User, tmp_path: Path) -> None:
    batch = checked(seller, "Alpha;DE;;;10;;;;;;")
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.unlink()
    assert written(batch, seller).state == ImportState.COMMITTED


def test_a_restored_customer_that_is_worked_with_again_is_not_archived_by_an_undo(seller: User) -> None:
    rows = ["Alpha;DE;;;10;;;;;;", "Beta;DE;;;10;;;;;;"]
    undone(written(checked(seller, *rows), seller), seller)
    again = written(checked(seller, *rows), seller)
    assert CustomerEvent.objects.filter(kind=EventKind.RESTORED).count() == 2
    factories.DealFactory(customer=Customer.objects.get(name="Alpha"), name="By hand", seats=7, updated_at=now())
    assert undone(again, seller).counts["kept"] == 1
    assert Customer.objects.get(name="Alpha").archived_at is None
    assert Customer.objects.get(name="Beta").archived_at is not None
    assert list(Deal.objects.values_list("name", flat=True)) == ["By hand"]
    assert CustomerEvent.objects.filter(customer__name="Beta").latest("id").kind == EventKind.ARCHIVED


def test_a_customer_whose_agreement_was_recorded_since_is_kept_by_an_undo(seller: User) -> None:
    batch = written(checked(seller, "Alpha;DE;;;5;;;;;;", "Beta;DE;;;5;;;;;;"), seller)
    factories.ContractFactory(customer=Customer.objects.get(name="Alpha"))
    assert undone(batch, seller).counts["kept"] == 1
    assert list(Customer.objects.current().values_list("name", flat=True)) == ["Alpha"]


def test_the_check_tells_for_each_row_where_its_guidance_would_move(seller: User, drain: Callable[[], Any]) -> None:
    known = factories.CustomerFactory(partner=seller.partner, name="Alpha", domain="", registration_number="")
    factories.DealFactory(customer=known, name="Seats", seats=10)
    drain()
    batch = checked(seller, "Alpha;DE;;;2400;;;;;;", "Beta;DE;;;5;;;;;;", "Gamma;DE;;;-1;;;;;;")
    told = ImportRow.objects.filter(batch=batch).order_by("line").values_list("motion_before", "motion_after")
    foreseen = [("breadth", "enterprise"), ("", "breadth"), ("", "")]
    assert list(told) == foreseen
    assert batch.counts["motions_before"] == {"breadth": 1, "enterprise": 0, "self_service": 0, "unknown": 0}
    assert batch.counts["moves"] == [["breadth", "enterprise", 1]]
    written(batch, seller)
    assert list(told.all()) == foreseen


def test_no_cell_of_the_result_file_is_a_formula_and_none_is_altered_on_its_way_back(seller: User) -> None:
    batch = uploaded(seller, "Alpha;DE;x;5", "+pluswerk AG;DE;3;x", header="name;country;note;=seats")
    steps.ask_check(batch, chosen={"name": "name", "seats": "=seats"}, options=steps.Options(country="DE"))
    worked(batch)
    result = b"".join(report.lines(batch))
    lines = result.decode("utf-8-sig").splitlines()
    assert "'=seats: “x” is no number" in lines[2]
    assert not [cell for line in lines for cell in line.split(";") if cell.startswith(("=", "+", "@"))]
    assert seller.partner is not None
    again = steps.upload(ContentFile(result, name="result.csv"), by=seller, partner=seller.partner, at=now())
    steps.ask_check(again, chosen={"name": "name"}, options=steps.Options(country="DE"))
    worked(again)
    assert ImportRow.objects.filter(batch=again).order_by("line")[1].name == "+pluswerk AG"
