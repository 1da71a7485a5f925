"""Pages of the room: panel, forms, files, overview, reminders, rules, texts, and the banner wherever a customer is."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from agreements import reports
from agreements.models import Agreement, AgreementEvent, AgreementFile, DirectAnswer, Link, Mail
from agreements.services import microsoft
from agreements.states import State
from agreements.views import documents, overview
from customers.models import Customer
from partners.models import Partner, User
from tests import factories
from tests.agreements.conftest import SIGNATORY
from tests.common.test_files import PDF, PNG

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
# savepoints, role, session, person and notices are in it
OVERVIEW_QUERIES = 15
PANEL_QUERIES = 17


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def path(customer: Customer, name: str = "") -> str:
    return f"/customers/{customer.public_id}/agreement/{name + '/' if name else ''}"


def typed(agreement: Agreement, **more: Any) -> dict[str, Any]:
    return {
        **SIGNATORY,
        "language": "de",
        "template_language": "de-DE",
        "accepted_on": "2025-05-05",
        "version": agreement.version,
        **more,
    }


@pytest.mark.parametrize(
    ("name", "state"), [("link", State.LINK_SENT), ("attest", State.ATTESTED), ("invite", State.DIRECT_INVITED)]
)
def test_a_form_takes_its_step_and_leads_back_to_the_customer(
    name: str, state: State, signed_in: SignIn, seller: User, agreement: Agreement, woken: Any
) -> None:
    client = signed_in(seller)
    assert client.get(path(agreement.customer, name)).status_code == 200
    answer = client.post(path(agreement.customer, name), typed(agreement))
    assert answer.headers["Location"] == f"/customers/{agreement.customer.public_id}/"
    agreement.refresh_from_db()
    assert agreement.state == state


@pytest.mark.parametrize(
    ("language", "name", "field", "value", "says"),
    [
        ("en", "link", "email", "no address", "Enter a valid email address"),
        ("de", "link", "last_name", "", "zwingend erforderlich"),
        ("de", "link", "first_name", "x" * 300, "höchstens 50"),
        ("en", "link", "first_name", "Si\0na", "Null characters are not allowed"),
        ("de", "link", "template_language", "fr-FR", "keine gültige Auswahl"),
        ("en", "attest", "accepted_on", "2025-02-30", "Enter a valid date"),
        ("de", "attest", "accepted_on", "2999-01-01", "liegt in der Zukunft"),
        ("de", "attest", "accepted_on", "2026-01-05", "senden Sie bitte einen Link"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field_and_what_was_typed_stays(
    language: str, name: str, field: str, value: str, says: str, signed_in: SignIn, seller: User, agreement: Agreement
) -> None:
    client = signed_in(seller)
    client.cookies["django_language"] = language
    answer = client.post(path(agreement.customer, name), typed(agreement, phone="+49 40 77", **{field: value}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert says in text_of(answer)
    assert "+49 40 77" in text_of(answer)
    agreement.refresh_from_db()
    assert agreement.state == State.NOT_STARTED
    assert not AgreementEvent.objects.exists()


def test_a_form_that_came_too_late_says_so_and_can_be_sent_again(
    signed_in: SignIn, seller: User, agreement: Agreement
) -> None:
    client = signed_in(seller)
    client.post(path(agreement.customer, "invite"), typed(agreement))
    late = client.post(path(agreement.customer, "link"), typed(agreement, first_name="Late"))
    assert late.status_code == 412
    assert 'value="Late"' in text_of(late)
    again = {**typed(agreement), "version": late.context["form"]["version"].value()}
    assert client.post(path(agreement.customer, "link"), again).status_code == 302


def test_a_form_is_filled_with_the_contact_who_signs(
    signed_in: SignIn, seller: User, agreement: Agreement, customer: Customer
) -> None:
    factories.ContactFactory(customer=customer, first_name="Petra", is_primary=True, email="p@contoso.example")
    factories.ContactFactory(customer=customer, first_name="Sina", role="signatory", email="s@contoso.example")
    client = signed_in(seller)
    assert client.get(path(customer, "link")).context["form"]["first_name"].value() == "Sina"
    contacts = client.get(path(customer, "link")).context["contacts"]
    other = client.get(path(customer, "link"), {"contact": str(contacts[1].public_id)})
    assert other.context["form"]["first_name"].value() == "Petra"


def test_the_panel_is_a_page_and_a_partial(signed_in: SignIn, seller: User, customer: Customer) -> None:
    client = signed_in(seller)
    whole = text_of(client.get(path(customer)))
    part = text_of(client.get(path(customer), headers={"HX-Request": "true"}))
    assert "<html" in whole
    assert "<html" not in part
    assert 'id="agreement"' in part


def test_whether_the_customer_may_order_is_said_wherever_it_is_shown(
    signed_in: SignIn, seller: User, customer: Customer, drain: Callable[[], object]
) -> None:
    factories.DealFactory(customer=customer, seats=100)
    drain()
    client = signed_in(seller)
    for address in ("/", "/customers/", f"/customers/{customer.public_id}/", "/agreements/"):
        assert "Cannot order" in text_of(client.get(address)), address
    factories.in_state(customer, State.ATTESTED)
    for address in ("/", "/customers/", f"/customers/{customer.public_id}/", "/agreements/?group=signed"):
        assert "May order" in text_of(client.get(address)), address
        assert "Cannot order" not in text_of(client.get(address)), address


def test_what_third_parties_say_is_named_on_the_banner(signed_in: SignIn, seller: User, customer: Customer) -> None:
    factories.in_state(customer, State.ATTESTED, accepted_on=date(2023, 3, 31))
    page = text_of(signed_in(seller).get(f"/customers/{customer.public_id}/"))
    assert "Ordering probably blocked" in page
    assert "Third-party information: ManageProtect" in page


@pytest.mark.parametrize("count", [1, 12])
def test_the_panel_costs_as_many_queries_however_much_has_happened(
    count: int, signed_in: SignIn, seller: User, customer: Customer, django_assert_num_queries: Any
) -> None:
    for _time in range(count):
        factories.AgreementEventFactory(customer=customer)
        factories.AgreementFileFactory(customer=customer)
    client = signed_in(seller)
    client.get(path(customer))
    with django_assert_num_queries(PANEL_QUERIES):
        client.get(path(customer))


@pytest.mark.parametrize("count", [2, 12])
def test_the_overview_costs_as_many_queries_however_many_there_are(
    count: int, signed_in: SignIn, seller: User, partner: Partner, django_assert_num_queries: Any
) -> None:
    for _time in range(count):
        factories.LinkFactory(customer=factories.CustomerFactory(partner=partner), sent_at=now())
    client = signed_in(seller)
    client.get("/agreements/")
    with django_assert_num_queries(OVERVIEW_QUERIES):
        answer = client.get("/agreements/")
    assert len(answer.context["rows"]) == count


def groups(client: Client) -> dict[str, int]:
    return {tile["group"]: tile["count"] for tile in client.get("/agreements/").context["tiles"]}


def test_the_overview_sorts_agreements_by_what_they_ask_for(signed_in: SignIn, seller: User, partner: Partner) -> None:
    def customer(name: str) -> Customer:
        return factories.CustomerFactory(partner=partner, name=name)

    customer("Unsigned")
    factories.LinkFactory(customer=customer("Open"), sent_at=now())
    factories.LinkFactory(customer=customer("Soon"), sent_at=now() - timedelta(days=19))
    factories.in_state(customer("Expired"), State.LINK_EXPIRED)
    factories.in_state(customer("Again"), State.REACCEPT)
    factories.in_state(customer("Too early"), State.ATTESTED, accepted_on=date(2022, 1, 1))
    factories.in_state(customer("Finalise"), State.TO_FINALISE)
    factories.in_state(customer("Signed"), State.ATTESTED)
    factories.ProviderRequestFactory(customer=customer("Waiting"))
    expected = {
        "unsigned": {"Unsigned", "Waiting"},
        "open_link": {"Open", "Soon"},
        "expiring": {"Soon"},
        "expired": {"Expired"},
        "again": {"Again", "Too early"},
        "provider": {"Waiting"},
        "finalise": {"Finalise"},
        "signed": {"Signed"},
    }
    client = signed_in(seller)
    assert groups(client) == {name: len(found) for name, found in expected.items()}
    for name, found in expected.items():
        rows = client.get("/agreements/", {"group": name}).context["rows"]
        assert {row["agreement"].customer.name for row in rows} == found, name
    everything = client.get("/agreements/").context["rows"]
    assert len(everything) == 8


def test_the_oldest_comes_first_and_the_pages_miss_nobody(
    signed_in: SignIn, seller: User, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "PAGE_SIZE", 2)
    for days in (1, 3, 2, 5, 4):
        at = now() - timedelta(days=days)
        factories.CustomerFactory(partner=partner, name=f"{days} days", created_at=at)
    client, seen, mark = signed_in(seller), [], ""
    for _page in range(3):
        answer = client.get("/agreements/", {"after": mark})
        seen += [row["agreement"].customer.name for row in answer.context["rows"]]
        mark = answer.context["page"].after
    assert seen == ["5 days", "4 days", "3 days", "2 days", "1 days"]
    assert mark == ""


def test_channel_managers_and_administrators_read_and_write_nothing(
    signed_in: SignIn, reviewer: User, administrator: User, link: Link
) -> None:
    for person in (reviewer, administrator):
        client = signed_in(person)
        page = text_of(client.get("/agreements/"))
        assert link.company_name in page
        assert 'type="checkbox"' not in page
        panel = text_of(client.get(path(link.customer)))
        assert "/agreement/link/" not in panel
        assert client.post(path(link.customer, "link"), {}).status_code == 404
        assert client.post("/agreements/remind/", {}).status_code == 404


def test_many_are_reminded_with_an_answer_for_each_row(
    signed_in: SignIn, seller: User, partner: Partner, rival: User
) -> None:
    links = [
        factories.LinkFactory(customer=factories.CustomerFactory(partner=partner), sent_at=now() - timedelta(days=2))
        for _time in range(2)
    ]
    unsigned = Agreement.objects.get(customer=factories.CustomerFactory(partner=partner))
    foreign = Agreement.objects.get(customer=factories.CustomerFactory(partner=rival.partner))
    chosen = [str(row.public_id) for row in (links[0].agreement, links[1].agreement, unsigned, foreign)]
    client = signed_in(seller)
    factories.MailFactory(customer=links[1].customer, link=links[1], kind="reminder", day=2)
    answer = client.post("/agreements/remind/", {"agreement": [*chosen, "nonsense", chosen[0]]})
    assert [result.outcome for result in answer.context["results"]] == [
        "reminded",
        "today_already",
        "no_link",
        "unknown",
    ]
    assert foreign.customer.name not in text_of(answer)
    again = client.post("/agreements/remind/", {"agreement": chosen[:1]})
    assert [result.outcome for result in again.context["results"]] == ["today_already"]
    assert Mail.objects.filter(link=links[0]).count() == 1


def test_progress_is_what_the_events_say_month_by_month(signed_in: SignIn, seller: User, customer: Customer) -> None:
    def event(before: str, after: str, at: str) -> None:
        factories.AgreementEventFactory(customer=customer, step="attest", before=before, after=after, at=f"{at}T12:00Z")

    event("not_started", "attested", "2025-01-15")
    event("attested", "reaccept", "2026-01-31")
    event("reaccept", "attested", "2026-02-28")
    event("attested", "attested", "2026-03-01")
    points = reports.progress(by=seller, on=date(2026, 3, 3))["points"]
    assert [point["signed"] for point in points[-4:]] == [1, 0, 1, 1]
    assert len(points) == 12
    answer = signed_in(seller).get("/agreements/")
    for point in answer.context["progress"]["points"]:
        assert point["label"] in text_of(answer)
    assert "<svg" in text_of(answer)


@pytest.mark.parametrize(
    ("language", "name", "content", "says"),
    [
        ("de", "beleg.pdf", b"<html>", "keine Datei dieser Art"),
        ("en", "proof.pdf", PNG, "does not fit what is in it"),
        ("de", "gross.pdf", PDF + b" " * 11 * 1024 * 1024, "höchstens"),
        ("en", "empty.pdf", b"", "This file is empty."),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_at_its_field(
    language: str, name: str, content: bytes, says: str, signed_in: SignIn, seller: User, customer: Customer
) -> None:
    client = signed_in(seller)
    client.cookies["django_language"] = language
    upload = SimpleUploadedFile(name, content)
    answer = client.post(path(customer, "files"), {"kind": "evidence", "file": upload})
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert not AgreementFile.objects.exists()


def test_a_file_is_kept_and_given_to_whoever_may_see_the_customer(
    signed_in: SignIn, seller: User, rival: User, reviewer: User, customer: Customer
) -> None:
    client = signed_in(seller)
    upload = SimpleUploadedFile("Zustimmung.pdf", PDF)
    assert client.post(path(customer, "files"), {"kind": "evidence", "file": upload}).status_code == 302
    kept = AgreementFile.objects.get()
    address = f"/agreements/files/{kept.public_id}/"
    for person, status in ((seller, 200), (reviewer, 200), (rival, 404)):
        answer = signed_in(person).get(address)
        assert answer.status_code == status
        if status == 200:
            assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
            assert answer["Content-Disposition"].startswith("attachment")
            assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_text_is_asked_for_and_never_stored(
    signed_in: SignIn, seller: User, rival: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(seller)
    asked = client.post("/agreements/text/", {"country": "DE", "language": "de-DE"})
    address = asked.headers["Location"]
    offline = client.get(address)
    assert offline.status_code == 503
    assert "not connected to Microsoft" in text_of(offline)

    class Connected(microsoft.Offline):
        def document(self, *, template_id: str, language: str, country: str) -> microsoft.Document:
            return microsoft.Document(f"{country}-{language}.pdf", "application/pdf", PDF)

    monkeypatch.setattr(documents.microsoft, "client", Connected)
    assert client.get(address).content == PDF
    assert signed_in(rival).get(address).status_code == 410
    assert client.post("/agreements/text/", {"country": "DE", "language": "fr-FR"}).status_code == 422


@pytest.mark.parametrize(("seconds", "status"), [(200, 503), (301, 410)])
def test_the_address_of_a_text_lasts_five_minutes(
    seconds: int, status: int, signed_in: SignIn, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = now().timestamp() - seconds
    with monkeypatch.context() as patch:
        patch.setattr("django.core.signing.time.time", lambda: earlier)
        token = signing.dumps([seller.pk, "DE", "de-DE"], salt=documents.SALT, compress=True)
    assert signed_in(seller).get(f"/agreements/text/{token}/").status_code == status


def test_an_administrator_says_what_microsoft_answers(
    signed_in: SignIn, administrator: User, customer: Customer, woken: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = signed_in(administrator).post(path(customer, "microsoft"), {"is_signed": "yes"})
    assert answer.status_code == 302
    assert DirectAnswer.objects.get().is_signed
    assert ("agreements.ask_microsoft", {"customer_id": customer.pk}) in woken


def test_the_rules_stand_on_a_page_of_their_own(signed_in: SignIn, seller: User) -> None:
    client = signed_in(seller)
    client.cookies["django_language"] = "de"
    page = text_of(client.get("/agreements/rules/"))
    for word in (
        "1. April 2023",
        "Information von Dritten",
        "Deutsch (Deutschland)",
        "3, 7, 14",
        "Indirekter Anbieter",
    ):
        assert word in page
