"""The pages of leads: from a customer to a submitted lead; what may be typed, what is shown to whom, how often is asked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localdate, now

from customers.models import Customer, SavedView
from partners.models import User
from referrals import services
from referrals.models import Comment, CommentFile, Consent, Referral
from referrals.states import State, Step
from tests import factories
from tests.programs import Program
from tests.referrals.places import SOON, Cast, cast_for, lead_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
# savepoints, role, session, person and unread notices are in it
LIST_QUERIES = 13
LEAD_QUERIES = 18
MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def cast(customer: Customer) -> Cast:
    return cast_for(customer)


@pytest.fixture
def page(client: Client, cast: Cast) -> Client:
    client.force_login(cast.member)
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def typed(**changed: str) -> dict[str, Any]:
    """A complete form as it is sent."""
    programme = factories.Programme.objects.get(code="QRP").pk
    return {
        "name": "Servers to the cloud",
        "programme": programme,
        "deal_type": "co_sell",
        "help": "general",
        "value": "90000",
        "currency": "EUR",
        "close_date": str(localdate() + timedelta(days=90)),
        "notes": "Forty servers.",
        "solutions": ["Azure"],
        "contact_first_name": "Karla",
        "contact_last_name": "Kunde",
        "contact_email": "karla@contoso.de",
        "version": "1",
        **changed,
    }


def draft_of(page: Client, customer: Customer) -> Referral:
    page.post(f"/customers/{customer.public_id}/lead/")
    return Referral.objects.get()


def test_from_a_customer_to_a_submitted_lead(page: Client, customer: Customer) -> None:
    factories.ContactFactory(
        customer=customer, first_name="Karla", last_name="Kunde", email="karla@contoso.de", is_primary=True
    )
    factories.DealFactory(customer=customer, azure=True)
    lead = draft_of(page, customer)
    form = text_of(page.get(f"/referrals/{lead.public_id}/edit/"))
    for known in ("Contoso GmbH", "karla@contoso.de", "100000", "USD"):
        assert known in form.replace(",", "")
    saved = page.post(f"/referrals/{lead.public_id}/edit/", typed())
    assert saved.headers["Location"] == f"/referrals/{lead.public_id}/confirm/"
    last_look = text_of(page.get(saved.headers["Location"]))
    assert "What is shared with Microsoft" in last_look
    assert "You can expect an answer by" in last_look
    lead.refresh_from_db()
    consent = {"consents": ["contact", "share_with_sellers"], "given_by": "Karla Kunde", "version": lead.version}
    done = page.post(f"/referrals/{lead.public_id}/confirm/", consent)
    assert done.headers["Location"] == f"/referrals/{lead.public_id}/"
    lead.refresh_from_db()
    assert lead.state == State.SUBMITTED
    assert Consent.objects.filter(referral=lead).count() == 2


def test_a_replayed_submission_is_refused_with_a_sentence_and_submits_nothing_again(
    page: Client, customer: Customer
) -> None:
    lead = draft_of(page, customer)
    page.post(f"/referrals/{lead.public_id}/edit/", typed())
    consent = {"consents": ["contact", "share_with_sellers"], "given_by": "Karla Kunde", "version": "2"}
    assert page.post(f"/referrals/{lead.public_id}/confirm/", consent).status_code == 302
    again = page.post(f"/referrals/{lead.public_id}/confirm/", consent)
    assert again.status_code == 409
    assert "does not fit here" in text_of(again)
    assert lead.events.filter(kind="submit").count() == 1


def test_a_draft_that_nobody_touched_is_taken_up_again(page: Client, customer: Customer) -> None:
    draft_of(page, customer)
    draft_of(page, customer)
    assert Referral.objects.count() == 1


def test_a_draft_is_saved_as_it_is_typed_and_an_invalid_field_takes_no_other_with_it(
    page: Client, customer: Customer
) -> None:
    lead = draft_of(page, customer)
    answer = page.post(
        f"/referrals/{lead.public_id}/edit/", typed(value="1e30", notes="Half a"), headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "Not saved:" in text_of(answer)
    assert 'value="2"' in text_of(answer)
    lead.refresh_from_db()
    assert (lead.notes, lead.value) == ("Half a", None)


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("value", "1e30"),
        ("value", "-1"),
        ("value", "much"),
        ("currency", "DDM"),
        ("close_date", "31.12.2026"),
        ("name", "x" * 201),
        ("notes", "x" * 4001),
        ("solutions", "no such"),
        ("contact_email", "nobody"),
        ("deal_type", "secret"),
        ("programme", "0"),
    ],
)
def test_bad_input_is_said_at_its_field_and_what_was_typed_is_still_there(
    field: str, bad: str, page: Client, customer: Customer
) -> None:
    lead = draft_of(page, customer)
    answer = page.post(f"/referrals/{lead.public_id}/edit/", typed(**{field: bad}))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "Forty servers." in text_of(answer) or field == "notes"
    lead.refresh_from_db()
    assert lead.version == 1


def test_51_solutions_are_too_many(page: Client, customer: Customer) -> None:
    lead = draft_of(page, customer)
    many = [f"SOL-{number}" for number in range(51)]
    answer = page.post(f"/referrals/{lead.public_id}/edit/", {**typed(), "solutions": many})
    assert answer.status_code == 422
    assert "solutions" in answer.context["form"].errors


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"close_date": "1900-01-01"}, "lies in the past"),
        ({"contact_email": "me@example.com"}, "own company"),
        ({"name": ""}, "give the lead a name"),
    ],
)
def test_what_is_missing_stands_on_the_last_page_and_keeps_the_lead_from_going(
    changed: dict[str, str], sentence: str, page: Client, customer: Customer
) -> None:
    lead = draft_of(page, customer)
    page.post(f"/referrals/{lead.public_id}/edit/", typed(**changed))
    where = f"/referrals/{lead.public_id}/confirm/"
    assert sentence in text_of(page.get(where))
    consent = {"consents": ["contact", "share_with_sellers"], "given_by": "Karla Kunde", "version": "2"}
    answer = page.post(where, consent)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert "Karla Kunde" in text_of(answer)


def test_a_save_that_comes_too_late_shows_both_values_and_loses_nothing(page: Client, customer: Customer) -> None:
    lead = draft_of(page, customer)
    page.post(f"/referrals/{lead.public_id}/edit/", typed(notes="From the other tab."))
    late = page.post(f"/referrals/{lead.public_id}/edit/", typed(notes="Mine."))
    assert late.status_code == 412
    assert "From the other tab." in text_of(late)
    assert text_of(late).count("Mine.") == 2
    assert 'name="version" value="2"' in text_of(late)
    in_passing = page.post(f"/referrals/{lead.public_id}/edit/", typed(notes="Mine."), headers={"HX-Request": "true"})
    assert in_passing.status_code == 412
    lead.refresh_from_db()
    assert lead.notes == "From the other tab."


def test_markup_in_every_field_is_text_everywhere(page: Client, customer: Customer, cast: Cast) -> None:
    texts = ("name", "notes", "external_id", "contact_first_name", "contact_last_name", "contact_phone", "reason_text")
    lead = lead_in(
        State.DECLINED,
        customer=customer,
        team=[cast.member],
        reviewer=cast.reviewer,
        **dict.fromkeys(texts, MARKUP[:40]),
    )
    factories.CommentFactory(referral=lead, text=MARKUP, by_name=MARKUP)
    factories.ReferralEventFactory(referral=lead, text=MARKUP, by_name=MARKUP)
    for path in (f"/referrals/{lead.public_id}/", "/referrals/", f"/customers/{customer.public_id}/"):
        text = text_of(page.get(path))
        assert "<script>alert(1)" not in text
    assert "&lt;script&gt;" in text_of(page.get(f"/referrals/{lead.public_id}/"))


@pytest.mark.parametrize("who", ["member", "reviewer", "office", "auditor"])
def test_the_page_of_an_expired_lead_hides_the_person_at_the_customer(
    who: str, client: Client, customer: Customer, cast: Cast, auditor: User
) -> None:
    lead = lead_in(
        State.EXPIRED,
        customer=customer,
        team=[cast.member],
        reviewer=cast.reviewer,
        contact_email="karla@geheim.example",
    )
    changes = {"contact_email": ["", "karla@geheim.example"]}
    factories.ReferralEventFactory(referral=lead, kind="edited", to_state="", changes=changes)
    person: Any = auditor if who == "auditor" else cast.of(who)
    client.force_login(person)
    page = text_of(client.get(f"/referrals/{lead.public_id}/"))
    file = b"".join(client.get("/referrals/leads.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert ("karla@geheim.example" in page) == ("karla@geheim.example" in file) == (who == "auditor")


def test_a_colleague_who_is_not_on_the_team_finds_nothing(client: Client, customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.SUBMITTED, customer=customer, team=[cast.member], name="Only ours")
    client.force_login(cast.colleague)
    assert client.get(f"/referrals/{lead.public_id}/").status_code == 404
    assert "Only ours" not in text_of(client.get("/referrals/?q=only"))
    assert b"Only ours" not in b"".join(client.get("/referrals/leads.csv").streaming_content)  # type: ignore[attr-defined]


def test_the_steps_on_the_page_are_those_of_the_table(client: Client, customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
    for who, expected in (
        ("member", {Step.WITHDRAW, Step.CLOSE_AS_ERROR}),
        ("reviewer", {Step.CLAIM, Step.RETURN, Step.ACCEPT, Step.DECLINE, Step.CLOSE_AS_ERROR}),
        ("office", set()),
    ):
        person: Any = cast.of(who)
        client.force_login(person)
        answer = client.get(f"/referrals/{lead.public_id}/")
        assert {form.step for form in answer.context["steps"]} == expected


def test_a_refused_step_is_said_at_its_form_and_keeps_what_was_typed(
    page: Client, customer: Customer, cast: Cast
) -> None:
    lead = lead_in(State.ACCEPTED, customer=customer, team=[cast.member], reviewer=cast.reviewer)
    answer = page.post(
        f"/referrals/{lead.public_id}/step/", {"step": "win", "value": "lots", "text": "Hurra", "version": 1}
    )
    assert answer.status_code == 422
    assert "Hurra" in text_of(answer)
    stale = page.post(
        f"/referrals/{lead.public_id}/step/", {"step": "win", "value": "1", "text": "Hurra", "version": 0}
    )
    assert stale.status_code == 412
    assert "Hurra" in text_of(stale)
    assert page.post(f"/referrals/{lead.public_id}/step/", {"step": "fly"}).status_code == 404
    done = page.post(f"/referrals/{lead.public_id}/step/", {"step": "win", "value": "120000", "version": 1})
    assert done.status_code == 302
    lead.refresh_from_db()
    assert (lead.state, lead.won_value) == (State.WON, 120000)


def test_a_step_on_a_closed_lead_is_refused_with_a_sentence(page: Client, customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.WITHDRAWN, customer=customer, team=[cast.member], reviewer=cast.reviewer)
    answer = page.post(f"/referrals/{lead.public_id}/step/", {"step": "withdraw", "version": 1})
    assert answer.status_code == 409
    assert "This lead is closed" in text_of(answer)


def test_comments_team_favourites_and_appeal_work_from_the_page(page: Client, customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
    where = f"/referrals/{lead.public_id}/"
    page.post(f"{where}comment/", {"text": "Look.", "mentions": [str(cast.chief.pk)], "is_internal": "on"})
    assert Comment.objects.get().mentions == [cast.chief.pk]
    assert page.post(f"{where}comment/", {"text": ""}).status_code == 422
    page.post(f"{where}team/", {"person": cast.colleague.pk})
    assert "Cem Colleague" in text_of(page.get(where))
    assert page.post(f"{where}team/", {"person": cast.rival.pk}).status_code == 422
    page.post(f"{where}favourite/", {"favourite": "1"})
    assert lead.name in text_of(page.get("/referrals/?tab=favourites"))
    services.take_step(lead, Step.DECLINE, by=cast.reviewer, at=SOON, reason="budget", text="No.")
    assert page.post(f"{where}appeal/", {"text": ""}).status_code == 422
    again = page.post(f"{where}appeal/", {"text": "Please look again."})
    assert again.headers["Location"] == f"/referrals/{Referral.objects.get(appeal_of=lead).public_id}/"
    left = page.post(f"{where}team/", {"person": cast.member.pk, "remove": "1"})
    assert left.status_code == 409


def test_whoever_takes_themselves_off_the_team_lands_on_the_list(page: Client, customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.SUBMITTED, customer=customer, team=[cast.member, cast.colleague])
    left = page.post(f"/referrals/{lead.public_id}/team/", {"person": cast.member.pk, "remove": "1"})
    assert left.headers["Location"] == "/referrals/"


def test_a_deal_is_shared_further_from_its_page(page: Client, customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.ACCEPTED, customer=customer, team=[cast.member], reviewer=None, deal_type="private")
    Consent.objects.all().delete()
    where = f"/referrals/{lead.public_id}/share/"
    refused = page.post(where, {"deal_type": "co_sell", "version": 1})
    assert refused.status_code == 422
    assert "consent" in text_of(refused)
    asked = {"deal_type": "co_sell", "version": 1, "consents": ["contact", "share_with_sellers"], "given_by": "Karla"}
    assert page.post(where, asked).status_code == 302


def test_the_list_has_tabs_filters_and_a_search_from_three_letters_on(
    page: Client, customer: Customer, cast: Cast
) -> None:
    for state, name in ((State.SUBMITTED, "Straßenbau"), (State.RETURNED, "Telefonie")):
        lead_in(state, customer=customer, team=[cast.member], name=name, reviewer=cast.reviewer)

    def names(query: str) -> list[str]:
        return [lead.name for lead, _look, _cells in page.get(f"/referrals/?{query}").context["rows"]]

    assert names("") == ["Telefonie", "Straßenbau"]
    assert names("q=STRASSE") == ["Straßenbau"]
    assert names("q=contoso") == ["Telefonie", "Straßenbau"]
    assert names("q=te") == ["Telefonie", "Straßenbau"]
    assert "three letters" in text_of(page.get("/referrals/?q=te"))
    assert names("state=returned") == names("holder=partner") == ["Telefonie"]
    assert names("tab=inbound") == names("country=FR") == []
    assert names("state=nonsense&tab=nonsense") == ["Telefonie", "Straßenbau"]


def test_the_file_holds_what_the_list_shows_and_no_formula(page: Client, customer: Customer, cast: Cast) -> None:
    lead_in(State.SUBMITTED, customer=customer, team=[cast.member], name="=1+1")
    lead_in(State.RETURNED, customer=customer, team=[cast.member], reviewer=cast.reviewer, name="Other")
    answer = page.get("/referrals/leads.csv?state=submitted")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2
    assert lines[1].startswith("'=1+1;")
    assert "New;Pending" in lines[1]


def test_a_file_that_is_cut_says_so(
    page: Client, customer: Customer, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referrals.views.lists.MOST_ROWS", 2)
    for _number in range(3):
        lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
    answer = page.get("/referrals/leads.csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 4
    assert "more leads than these 2" in lines[-1]


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_and_the_page_ask_the_database_the_same_number_of_times_however_much_there_is(
    count: int, page: Client, customer: Customer, cast: Cast, django_assert_num_queries: Any
) -> None:
    for _number in range(count):
        lead = lead_in(State.IN_REVIEW, customer=customer, team=[cast.member], reviewer=cast.reviewer)
        for _more in range(count):
            factories.CommentFactory(referral=lead)
            factories.ReferralEventFactory(referral=lead, at=now())
    with django_assert_num_queries(LIST_QUERIES):
        assert page.get("/referrals/").status_code == 200
    with django_assert_num_queries(LEAD_QUERIES):
        assert page.get(f"/referrals/{lead.public_id}/").status_code == 200


def test_without_an_open_programme_nobody_begins_a_lead(page: Client, customer: Customer) -> None:
    factories.Programme.objects.update(valid_to=localdate() - timedelta(days=1), valid_from="2020-01-01")
    answer = page.post(f"/customers/{customer.public_id}/lead/")
    assert answer.status_code == 409
    assert "No programme takes leads" in text_of(answer)


PDF = b"%PDF-1.7\n" + b"x" * 100 + b"\n%%EOF\n"


@pytest.fixture
def own_folder(tmp_path: Any, settings: Any) -> None:
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path, "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "default": place}


@pytest.mark.parametrize(("is_internal", "reaches_microsoft"), [(False, True), (True, False)])
def test_a_file_of_a_comment_is_for_whoever_reads_the_comment(
    is_internal: bool, reaches_microsoft: bool, client: Client, customer: Customer, cast: Cast, own_folder: None
) -> None:
    lead = lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
    client.force_login(cast.member)
    said = {
        "text": "See the plan.",
        "file": SimpleUploadedFile("plan.pdf", PDF),
        **({"is_internal": "on"} if is_internal else {}),
    }
    assert client.post(f"/referrals/{lead.public_id}/comment/", said).status_code == 302
    kept = CommentFile.objects.get()
    place = f"/referrals/files/{kept.public_id}/"
    assert place in text_of(client.get(f"/referrals/{lead.public_id}/"))
    for person, may in (
        (cast.member, True),
        (cast.chief, True),
        (cast.reviewer, reaches_microsoft),
        (cast.office, reaches_microsoft),
        (cast.colleague, False),
        (cast.rival, False),
        (cast.far_reviewer, False),
    ):
        client.force_login(person)
        answer = client.get(place)
        assert answer.status_code == (200 if may else 404), person
        if may:
            assert b"".join(answer.streaming_content) == PDF  # type: ignore[arg-type]
            assert answer.headers["Content-Disposition"].startswith("attachment")
    # a file may show the person at the customer: of an expired lead the audit alone has it (R22)
    Referral.objects.update(state=State.EXPIRED, closed_at=now(), answer_due_at=None, expires_at=None)
    auditor = factories.UserFactory(auditor=True)
    for person, may in (
        (cast.member, False),
        (cast.reviewer, False),
        (cast.office, False),
        (auditor, reaches_microsoft),
    ):
        client.force_login(person)
        answer = client.get(place)
        assert answer.status_code == (200 if may else 404), person
        assert not may or b"".join(answer.streaming_content) == PDF  # type: ignore[arg-type]
        page = client.get(f"/referrals/{lead.public_id}/")
        assert ("plan.pdf" in text_of(page)) == may, person


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("plan.pdf", b"MZ no pdf", "no file of these kinds"),
        ("plan.png", PDF, "does not fit"),
        ("plan.pdf", b"", "empty"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_at_its_field_and_the_words_stay(
    name: str, content: bytes, sentence: str, page: Client, customer: Customer, cast: Cast, own_folder: None
) -> None:
    lead = lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
    said = {"text": "See the plan.", "file": SimpleUploadedFile(name, content)}
    answer = page.post(f"/referrals/{lead.public_id}/comment/", said)
    assert answer.status_code == 422
    assert sentence in str(answer.context["comment_form"].errors["file"])
    assert "See the plan." in text_of(answer)
    assert not Comment.objects.exists()


def test_a_program_is_no_colleague_but_one_that_is_on_the_team_can_be_taken_off_it(
    page: Client, customer: Customer, cast: Cast
) -> None:
    program = Program(customer.partner).row.user
    lead = lead_in(State.SUBMITTED, customer=customer, team=[cast.member, program])
    place = f"/referrals/{lead.public_id}/"
    shown = page.get(place).context["member_form"].fields["person"].queryset
    assert cast.colleague in shown
    assert program not in shown
    assert page.post(f"{place}team/", {"person": str(program.pk)}).status_code == 422
    assert page.post(f"{place}team/", {"person": str(program.pk), "remove": "1"}).status_code == 302
    assert [member.user for member in lead.team.all()] == [cast.member]


def test_columns_are_chosen_and_a_view_is_kept_shared_and_removed(
    client: Client, customer: Customer, cast: Cast
) -> None:
    lead_in(State.ACCEPTED, customer=customer, team=[cast.member], reviewer=cast.reviewer, name="Telefonie")
    client.force_login(cast.member)
    shown = text_of(client.get("/referrals/?columns=solutions&columns=reviewer"))
    assert "Solutions</th>" in shown
    assert "Due</th>" not in shown
    view = {"view-name": " Mine ", "view-query": "state=accepted&columns=solutions&nonsense=1", "view-is_shared": "on"}
    kept = client.post("/referrals/views/", view)
    assert kept.headers["Location"] == "/referrals/?state=accepted&columns=solutions"
    client.force_login(cast.chief)
    assert "Mine" in text_of(client.get("/referrals/"))
    assert "Mine" not in text_of(client.get("/customers/")), "a view belongs to its list"
    client.force_login(cast.member)
    saved = SavedView.objects.get()
    assert client.post(f"/views/{saved.public_id}/remove/").headers["Location"] == "/referrals/"
    assert client.post("/referrals/views/", {"view-name": "", "view-query": "state=won"}).status_code == 422


def test_tabs_count_what_the_search_finds_up_to_a_bound(
    page: Client, customer: Customer, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        lead_in(State.SUBMITTED, customer=customer, team=[cast.member], name=f"Telefonie {number}")
    lead_in(State.OFFERED, customer=customer, team=[cast.member], name="Straßenbau")

    def counts(query: str) -> list[str]:
        return [tab["count"] for tab in page.get(f"/referrals/?{query}").context["tabs"]]

    assert counts("") == ["3", "1", "0"]
    assert counts("q=telefonie") == ["3", "0", "0"]
    monkeypatch.setattr("referrals.views.lists.MOST_COUNTED", 2)
    assert counts("") == ["2+", "1", "0"]
