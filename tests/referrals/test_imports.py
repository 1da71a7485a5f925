"""Leads from a file: read, tried out, written, written again, undone; what a worker leaves behind when it is killed."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localdate, now
from django.utils.translation import override

from common.refusals import Refused, Unfit
from customers.models import Customer
from motions.states import ImportState
from partners.models import User
from referrals.imports import jobs, report, rows, steps
from referrals.imports.columns import NAMES, recognised, template
from referrals.models import Consent, LeadImport, LeadImportRow, Programme, Referral
from referrals.notices import recipients
from referrals.services import take_step
from referrals.states import State, Step
from tests import factories

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
LATER = f"{localdate() + timedelta(days=90):%d.%m.%Y}"
HEADER = (
    "Kunde;Lead;Programm;Art des Deals;Geschätzter Wert;Währung;Voraussichtlicher Abschluss;Worum es geht;Lösungen;"
)
HEADER += "Marketplace;Nachname;E-Mail-Adresse;Einwilligung;Wer hat zugestimmt;Bemerkung"
GOOD = f"Contoso GmbH;Server;QRP;Co-Sell;90.000,00;EUR;{LATER};Vierzig Müller-Server;Azure, Teams;nein;Kunde;"
GOOD += "k@contoso.de;ja;K;x"


def line(**changed: str) -> str:
    """The good row with some cells changed, by the column's English field."""
    cells = dict(zip(recognised(HEADER.split(";")), GOOD.split(";"), strict=False))
    return ";".join((cells | changed).values())


def file_of(*lines: str, encoding: str = "utf-8", name: str = "leads.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\r\n".join([HEADER, *lines]).encode(encoding))


def checked(*lines: str, by: User, submits: bool = True, encoding: str = "utf-8") -> LeadImport:
    batch = steps.upload(file_of(*lines, encoding=encoding), by=by, at=now(), submits=submits)
    worked(batch)
    assert batch.state == ImportState.CHECKED
    return batch


def worked(batch: LeadImport) -> LeadImport:
    assert batch.by_id
    jobs.work(batch_id=batch.pk, partner_id=batch.partner_id, user_id=batch.by_id, clock=now)
    batch.refresh_from_db()
    return batch


def written(*lines: str, by: User, **more: Any) -> LeadImport:
    batch = checked(*lines, by=by, **more)
    steps.ask_commit(batch, by=by)
    return worked(batch)


def outcomes(batch: LeadImport) -> list[str]:
    return list(LeadImportRow.objects.filter(batch=batch).order_by("line").values_list("outcome", flat=True))


def codes(batch: LeadImport) -> list[tuple[str, str]]:
    found = LeadImportRow.objects.filter(batch=batch).order_by("line").values_list("problems", flat=True)
    return [(field, code) for problems in found for field, code, _params in problems]


def test_a_dry_run_writes_nothing_and_the_run_makes_submitted_leads(seller: User, customer: Customer) -> None:
    batch = checked(GOOD, by=seller)
    assert outcomes(batch) == ["new"]
    assert not Referral.objects.exists()
    steps.ask_commit(batch, by=seller)
    worked(batch)
    lead = Referral.objects.get()
    assert (lead.state, lead.name, lead.customer, lead.value) == (State.SUBMITTED, "Server", customer, 90_000)
    assert (lead.solutions, lead.deal_type, lead.notes) == (["Azure", "Teams"], "co_sell", "Vierzig Müller-Server")
    assert Consent.objects.filter(referral=lead, given_by="K").count() == 2
    assert lead.team.get().user == seller
    submitted = lead.events.get(kind="submit")
    assert recipients(submitted, lead) == type(recipients(submitted, lead))(), "nobody gets a thousand mails"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_file_is_read_in_the_encoding_that_it_has(encoding: str, seller: User, customer: Customer) -> None:
    batch = checked(GOOD, by=seller, encoding=encoding)
    row = LeadImportRow.objects.get()
    assert jobs.cells_of(row, batch)["notes"] == "Vierzig Müller-Server"
    assert outcomes(batch) == ["new"]


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        ("customer", "Nobody AG", "customer_unknown"),
        ("customer", "", "customer_missing"),
        ("programme", "NOPE", "programme_unknown"),
        ("deal_type", "secret", "choice_unknown"),
        ("value", "1e30", "value_unfit"),
        ("value", "9999999999999", "value_out_of_range"),
        ("value", "-1", "value_out_of_range"),
        ("currency", "DDM", "currency_unknown"),
        ("currency", "", "currency_missing"),
        ("close_date", "someday", "date_unfit"),
        ("close_date", "31/12/2027", "date_unfit"),
        ("close_date", "1900-01-01", "said"),
        ("notes", "x" * 4001, "too_long"),
        ("solutions", "Abacus", "choice_unknown"),
        ("solutions", '"' + ";".join(f"SOL-{number}" for number in range(51)) + '"', "too_many_solutions"),
        ("contact_email", "nobody", "email_unfit"),
        ("contact_email", "me@nordlicht.example", "said"),
        ("consent", "perhaps", "flag_unfit"),
        ("consent", "nein", "consent_refused"),
        ("consent", "", "said"),
        ("given_by", "", "said"),
        ("name", "", "said"),
    ],
)
def test_what_is_wrong_is_told_with_row_column_code_and_a_sentence_in_both_languages(
    field: str, cell: str, code: str, seller: User, customer: Customer
) -> None:
    seller.email = "selma@nordlicht.example"
    seller.save()
    batch = checked(line(**{field: cell}), by=seller)
    assert outcomes(batch) == ["refused"]
    assert code in [found for _field, found in codes(batch)]
    row = LeadImportRow.objects.get()
    said = []
    for language in ("en", "de"):
        with override(language):
            said.append([text for _column, _code, text in report.told(row, batch).reasons])
    assert all(said[0])
    assert said[0] != said[1]
    assert not Referral.objects.exists()


def test_dates_with_slashes_have_the_month_first(seller: User, customer: Customer) -> None:
    batch = checked(line(close_date="1/30/2099"), by=seller)
    wish = rows.read(jobs.cells_of(LeadImportRow.objects.get(), batch), by=seller, programmes=Programme.objects.all())
    assert str(wish.facts["close_date"]) == "2099-01-30"


def test_markup_stays_text(seller: User, customer: Customer, signed_in: SignIn) -> None:
    batch = written(line(name="<script>alert(1)</script>"), by=seller)
    answer = signed_in(seller).get(f"/referrals/imports/{batch.public_id}/")
    assert b"<script>alert(1)" not in answer.content


def test_a_thousand_rows_are_taken_and_one_more_is_refused_whole(seller: User, customer: Customer) -> None:
    many = [line(name=f"Lead {number}") for number in range(steps.MOST_ROWS)]
    batch = steps.upload(file_of(*many), by=seller, at=now(), submits=True)
    assert LeadImportRow.objects.filter(batch=batch).count() == 1000
    with pytest.raises(Unfit, match="more than 1000 rows"):
        steps.upload(file_of(*many, GOOD), by=seller, at=now(), submits=True)
    assert LeadImport.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "is empty"), (b"%PDF-1.7 x", "PDF"), (b"Name;Value\r\nA;1", "no column with the customer")],
)
def test_a_file_that_is_none_is_refused_at_its_field(
    content: bytes, sentence: str, seller: User, signed_in: SignIn
) -> None:
    file = SimpleUploadedFile("leads.csv", content)
    answer = signed_in(seller).post("/referrals/imports/", {"file": file, "then": "draft"})
    assert answer.status_code == 422
    assert sentence in str(answer.context["form"].errors["file"])


def test_the_same_file_again_is_the_same_import_and_a_corrected_one_makes_no_lead_twice(
    seller: User, customer: Customer
) -> None:
    bad = line(name="Second", value="much")
    batch = written(GOOD, bad, by=seller)
    assert outcomes(batch) == ["new", "refused"]
    again = steps.upload(file_of(GOOD, bad), by=seller, at=now(), submits=True)
    assert again == batch
    corrected = written(GOOD, line(name="Second"), GOOD, by=seller)
    assert outcomes(corrected) == ["known", "new", "known"]
    assert Referral.objects.count() == 2


def test_undoing_takes_back_what_nobody_touched_and_keeps_the_rest(
    seller: User, customer: Customer, reviewer: User, as_person: Callable[[User], Any]
) -> None:
    batch = written(GOOD, line(name="Taken"), by=seller)
    taken = Referral.objects.get(name="Taken")
    take_step(taken, Step.CLAIM, by=reviewer, at=now())
    steps.ask_undo(batch, by=seller)
    with pytest.raises(Refused):
        steps.ask_undo(batch, by=seller)
    worked(batch)
    assert (batch.state, outcomes(batch)) == (ImportState.UNDONE, ["undone", "kept"])
    undone = Referral.objects.get(name="Server")
    assert (undone.state, undone.reason) == (State.ERROR, "wrong_data")
    assert Referral.objects.get(name="Taken").state == State.IN_REVIEW
    fresh = written(GOOD, line(name="Taken"), by=seller)
    assert outcomes(fresh) == ["new", "known"], "what was undone may come again, what was kept is here"


def test_drafts_may_lack_something_and_are_thrown_away_when_the_file_is_undone(
    seller: User, customer: Customer
) -> None:
    batch = written(line(name="", notes="", consent=""), by=seller, submits=False)
    assert Referral.objects.get().state == State.DRAFT
    steps.ask_undo(batch, by=seller)
    worked(batch)
    assert outcomes(batch) == ["undone"]
    assert not Referral.objects.exists()


def test_a_worker_that_is_killed_loses_nothing_and_doubles_nothing(
    seller: User, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    batch = checked(*(line(name=f"Lead {number}") for number in range(5)), by=seller)
    steps.ask_commit(batch, by=seller)
    real, calls = jobs._made, []

    def dies_in_the_fourth(*args: Any, **more: Any) -> Any:
        calls.append(args)
        if len(calls) == 4:
            raise MemoryError
        return real(*args, **more)

    monkeypatch.setattr(jobs, "_made", dies_in_the_fourth)
    with pytest.raises(MemoryError):
        worked(batch)
    assert Referral.objects.count() == 2, "the slice that was under way is rolled back as a whole"
    worked(batch)
    assert (batch.state, Referral.objects.count()) == (ImportState.COMMITTED, 5)


def test_a_file_that_kills_its_worker_again_and_again_is_given_up(
    seller: User, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = checked(GOOD, by=seller)
    steps.ask_commit(batch, by=seller)
    monkeypatch.setattr(jobs, "_slice", lambda *_args, **_more: False)
    for _turn in range(jobs.MOST_ATTEMPTS + 1):
        worked(batch)
    assert (batch.state, batch.attempts) == (ImportState.CHECKED, jobs.MOST_ATTEMPTS + 1)


def test_a_colleague_sees_no_import_of_another_and_the_chief_sees_all(
    seller: User, chief: User, customer: Customer
) -> None:
    batch = checked(GOOD, by=seller)
    colleague = factories.UserFactory(partner=seller.partner)
    assert not LeadImport.objects.visible_to(colleague).exists()
    assert LeadImport.objects.visible_to(chief).get() == batch


def test_from_upload_to_undo_without_javascript(
    seller: User,
    customer: Customer,
    signed_in: SignIn,
    woken: list[Any],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    client = signed_in(seller)
    file = file_of(GOOD, line(name="Wrong", value="much"))
    with django_capture_on_commit_callbacks(execute=True):
        place = client.post("/referrals/imports/", {"file": file, "then": "submit"}).headers["Location"]
    assert woken[-1][0] == "referrals.take_import_step"
    assert "being checked" in client.get(place).content.decode()
    batch = worked(LeadImport.objects.get())
    told = client.get(place).content.decode()
    assert "This is a dry run" in told
    assert "Columns that are not read: Bemerkung" in told
    assert "value_unfit" in told
    assert client.post(place + "write/").status_code == 302
    assert client.post(place + "write/").status_code == 409
    worked(batch)
    assert "Undo this import" in client.get(place + "?outcome=new").content.decode()
    result = b"".join(client.get(place + "result.csv").streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    lines = list(csv.DictReader(StringIO(result), delimiter=";"))
    assert [one["Outcome"] for one in lines] == ["new", "refused"]
    assert lines[0]["Lead"] or lines[0]["Kunde"] == "Contoso GmbH"
    assert lines[1]["Code"] == "value_unfit"
    assert client.post(place + "undo/").status_code == 302
    worked(batch)
    assert "Undone" in client.get(place).content.decode()


def test_the_result_shows_no_person_of_an_expired_lead(seller: User, customer: Customer, signed_in: SignIn) -> None:
    batch = written(GOOD, by=seller)
    lead = Referral.objects.get()
    take_step(lead, Step.EXPIRE, by=None, at=now() + timedelta(days=60))
    body = b"".join(report.lines(batch)).decode()
    assert "k@contoso.de" not in body
    assert "Server" in body


def test_the_template_names_every_column_in_the_readers_language() -> None:
    for language in ("en", "de"):
        assert list(recognised(template(language))) == list(NAMES)
