"""The review queue: order, filters, evidence, decisions one by one and many at once, and how often the database is asked."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from customers.models import Customer
from partners.models import User
from referrals.models import Referral, ReferralEvent, ReviewLocation, ReviewPreference, Snooze
from referrals.review import queue
from referrals.review.duplicates import duplicates
from referrals.services import reviewing
from referrals.states import REASONS, STEPS, Need, State, Step
from tests import factories
from tests.referrals.places import Cast, cast_for, lead_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
# savepoints, role, session, person and unread notices are in it; of a lead also that somebody looked at it
QUEUE_QUERIES = 13
LEAD_QUERIES = 37


@pytest.fixture
def cast(customer: Customer) -> Cast:
    return cast_for(customer)


@pytest.fixture
def page(client: Client, cast: Cast) -> Client:
    client.force_login(cast.reviewer)
    return client


def waiting(customer: Customer, cast: Cast, state: State = State.SUBMITTED, **facts: Any) -> Referral:
    """A lead that waits for an answer since an hour, unless something else is said."""
    at = now()
    usual: dict[str, Any] = {
        "submitted_at": at - timedelta(hours=1),
        "answer_due_at": at + timedelta(days=2),
        "expires_at": at + timedelta(days=14),
    }
    return lead_in(state, customer=customer, team=[cast.member], reviewer=cast.reviewer, **{**usual, **facts})


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def names(client: Client, query: str = "") -> list[str]:
    return [row.name for row in client.get(f"/review/{query}").context["queue"].rows]


def decide(client: Client, lead: Referral, step: Step, query: str = "", **typed: str) -> Any:
    data = {f"{step.value}-{name}": value for name, value in {"version": str(lead.version), **typed}.items()}
    return client.post(f"/review/{lead.public_id}/decide/{query}", {"step": step.value, **data})


def test_hot_leads_come_first_and_then_the_oldest_and_heat_ends_after_72_hours(
    customer: Customer, cast: Cast, page: Client
) -> None:
    at = now()
    for name, hours, asks in (("new", 1, False), ("old", 90, False), ("hot", 2, True), ("cooled", 80, True)):
        waiting(customer, cast, name=name, submitted_at=at - timedelta(hours=hours), asks_contact=asks)
    assert names(page) == ["hot", "old", "cooled", "new"]
    assert names(page, "?heat=hot") == ["hot"]


@pytest.mark.parametrize("state", list(State))
def test_the_queue_holds_what_waits_for_microsoft_and_nothing_else(
    state: State, customer: Customer, cast: Cast, page: Client
) -> None:
    lead_in(state, customer=customer, team=[cast.member], reviewer=cast.reviewer)
    assert len(names(page)) == (state in (State.SUBMITTED, State.RESUBMITTED, State.IN_REVIEW))


def test_each_filter_shows_its_part(customer: Customer, cast: Cast, page: Client) -> None:
    at = now()
    waiting(customer, cast, State.IN_REVIEW, name="claimed by me")
    waiting(customer, cast, name="mine by the rules", routed_to=cast.reviewer)
    waiting(customer, cast, name="late", answer_due_at=at - timedelta(hours=1))
    away = waiting(customer, cast, name="put off")
    theirs = waiting(customer, cast, State.IN_REVIEW, name="claimed by another")
    Referral.objects.filter(pk=theirs.pk).update(reviewer=cast.other_reviewer)
    reviewing.snooze(away, by=cast.reviewer, at=at, until=at + timedelta(days=1))
    shown = {whose: set(names(page, f"?whose={whose}")) for whose in ("mine", "unclaimed", "overdue", "snoozed")}
    assert shown == {
        "mine": {"claimed by me", "mine by the rules"},
        "unclaimed": {"mine by the rules", "late"},
        "overdue": {"late"},
        "snoozed": {"put off"},
    }
    assert "put off" not in names(page)
    factories.ChannelScopeFactory(user=cast.reviewer, country="AT")
    assert names(page, "?country=AT") == names(page, "?segment=education") == []
    assert len(names(page, "?whose=nonsense")) == 4


def test_what_one_puts_off_others_still_see_and_it_comes_back(
    customer: Customer, cast: Cast, signed_in: SignIn
) -> None:
    lead = waiting(customer, cast, name="later")
    client = signed_in(cast.reviewer)
    assert client.post(f"/review/{lead.public_id}/snooze/", {"days": "1"}).status_code == 302
    assert names(client) == []
    assert names(signed_in(cast.other_reviewer)) == ["later"]
    Snooze.objects.update(until=now() - timedelta(minutes=1))
    assert names(signed_in(cast.reviewer)) == ["later"]
    assert client.post(f"/review/{lead.public_id}/snooze/", {"days": "400"}).status_code == 422
    client.post(f"/review/{lead.public_id}/snooze/", {"wake": "1"})
    assert not Snooze.objects.exists()


@pytest.mark.parametrize(
    ("hours", "kind", "words"),
    [(-3, "bad", "Overdue (due 3 hours ago)"), (3, "warn", "Due in 3 hours"), (48, "good", "Due in 2 days")],
)
def test_the_age_has_a_colour_and_the_same_in_words(
    hours: int, kind: str, words: str, customer: Customer, cast: Cast
) -> None:
    at = now()
    lead = waiting(customer, cast, answer_due_at=at + timedelta(hours=hours))
    assert queue.age(lead, at) == queue.Age(kind, words)


def test_pages_of_the_queue_hold_each_lead_once(
    customer: Customer, cast: Cast, page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "PAGE_SIZE", 3)
    at = now()
    for number in range(8):
        waiting(customer, cast, name=str(number), submitted_at=at - timedelta(hours=number), asks_contact=number == 2)
    seen, after = [], ""
    while True:
        answer = page.get("/review/", {"after": after})
        seen += [row.name for row in answer.context["queue"].rows]
        after = answer.context["queue"].page.after
        if not after:
            break
    assert seen == ["2", "7", "6", "5", "4", "3", "1", "0"]


@pytest.mark.parametrize(
    "step", [step for step in Step if step.value in ("accept", "decline", "return", "close_as_error")]
)
def test_a_decision_is_taken_and_the_next_lead_opens(step: Step, customer: Customer, cast: Cast, page: Client) -> None:
    at = now()
    first, second = (waiting(customer, cast, submitted_at=at - timedelta(hours=hours)) for hours in (5, 4))
    typed = {"text": "Because."}
    if Need.REASON in STEPS[step].needs:
        typed["reason"] = REASONS[step].values[1]
    answer = decide(page, first, step, "?whose=unclaimed", **typed)
    assert (answer.status_code, answer["Location"]) == (302, f"/review/{second.public_id}/?whose=unclaimed")
    first.refresh_from_db()
    assert first.state == STEPS[step].target
    assert ReferralEvent.objects.filter(referral=first).count() == 1


def test_after_the_last_lead_the_queue_is_empty(customer: Customer, cast: Cast, page: Client) -> None:
    answer = decide(page, waiting(customer, cast), Step.ACCEPT)
    assert answer["Location"] == "/review/"
    assert "Nothing to decide" in text_of(page.get("/review/"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": "No budget at all."}, "Please choose a reason."),
        ({"reason": "budget"}, "Please explain it in a few words."),
        ({"reason": "nonsense", "text": "x"}, "Select a valid choice"),
        ({"reason": "budget", "text": "x" * 4001}, "at most 4000 characters"),
    ],
)
def test_a_decline_without_reason_or_words_says_so_at_the_field_and_loses_nothing(
    typed: dict[str, str], sentence: str, customer: Customer, cast: Cast, page: Client
) -> None:
    lead = waiting(customer, cast)
    answer = decide(page, lead, Step.DECLINE, **typed)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert all(value in text_of(answer) for value in typed.values())
    lead.refresh_from_db()
    assert lead.state == State.SUBMITTED


def test_a_stale_decision_shows_the_lead_as_it_stands_and_keeps_the_words(
    customer: Customer, cast: Cast, page: Client
) -> None:
    lead = waiting(customer, cast)
    Referral.objects.filter(pk=lead.pk).update(version=7)
    answer = decide(page, lead, Step.DECLINE, reason="budget", text="No money there.")
    assert answer.status_code == 412
    assert "No money there." in text_of(answer)
    assert 'name="decline-version" value="7"' in text_of(answer)


def test_of_two_reviewers_one_claims_and_the_other_is_told_who(
    customer: Customer, cast: Cast, signed_in: SignIn
) -> None:
    lead = waiting(customer, cast)
    assert decide(signed_in(cast.reviewer), lead, Step.CLAIM)["Location"] == f"/review/{lead.public_id}/"
    other = signed_in(cast.other_reviewer)
    for step, typed in ((Step.CLAIM, {}), (Step.ACCEPT, {})):
        answer = decide(other, lead, step, **typed)
        assert answer.status_code in (409, 412)
        assert f"{cast.reviewer} has this lead in review." in text_of(answer)
    shown = text_of(other.get(f"/review/{lead.public_id}/"))
    assert f"In review by {cast.reviewer}" in shown
    assert "dialog-accept" not in shown
    lead.refresh_from_db()
    assert decide(signed_in(cast.reviewer), lead, Step.RELEASE).status_code == 302


def test_many_leads_are_decided_at_once_each_on_its_own_with_a_result_a_row(
    customer: Customer, cast: Cast, page: Client
) -> None:
    good, held, stale = (waiting(customer, cast, name=name) for name in ("good", "held", "stale"))
    Referral.objects.filter(pk=stale.pk).update(version=9)
    held = waiting(customer, cast, State.IN_REVIEW, name="theirs")
    Referral.objects.filter(pk=held.pk).update(reviewer=cast.other_reviewer, reviewer_name="Olga Other")
    far = factories.CustomerFactory(partner=customer.partner, country="FR", name="Lointain SA")
    foreign = waiting(far, cast, name="elsewhere")
    private = lead_in(State.ACCEPTED, customer=customer, team=[cast.member], name="private", deal_type="private")
    asked = [f"{one.public_id}:1" for one in (good, held, stale, foreign, private)] + ["nonsense", "a:b"]
    answer = page.post("/review/bulk/", {"lead": asked, "step": "accept"})
    results = [(one.is_done, one.sentence) for one in answer.context["results"]]
    assert results == [
        (True, "Accepted"),
        (False, "Olga Other has this lead in review."),
        (False, "Somebody else changed this lead meanwhile. Please look at the new values first."),
        (False, "There is no such lead."),
        (False, "There is no such lead."),
    ]
    assert "Lointain" not in text_of(answer)
    assert "elsewhere" not in text_of(answer)
    assert ReferralEvent.objects.filter(kind="accept").count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"lead": [], "step": "accept"}, "Please tick at least one lead."),
        ({"step": ""}, "This field is required."),
        ({"step": "win"}, "Select a valid choice"),
        ({"step": "decline", "text": "x"}, "Please choose a reason."),
        ({"step": "decline", "reason": "budget"}, "Please explain it in a few words."),
    ],
)
def test_a_bulk_decision_that_lacks_something_is_refused_before_anything_is_tried(
    typed: dict[str, Any], sentence: str, customer: Customer, cast: Cast, page: Client
) -> None:
    lead = waiting(customer, cast)
    answer = page.post("/review/bulk/", {"lead": [f"{lead.public_id}:1"], **typed})
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not ReferralEvent.objects.exists()


def test_the_evidence_names_what_is_missing_who_was_first_and_what_the_partner_has_besides(
    customer: Customer, cast: Cast, page: Client
) -> None:
    at = now()
    rivals = factories.CustomerFactory(name=customer.name, domain=customer.domain)
    asked: dict[str, Any] = {"submitted_at": at - timedelta(days=30), "solutions": ["Azure", "Teams"]}
    first = lead_in(
        State.ACCEPTED, customer=rivals, team=[cast.rival], reviewer=cast.reviewer, name="was first", **asked
    )
    old = {**asked, "submitted_at": at - timedelta(days=366)}
    lead_in(State.DECLINED, customer=rivals, team=[cast.rival], reviewer=cast.reviewer, name="too old", **old)
    waiting(customer, cast, name="beside")
    lead = waiting(customer, cast, solutions=["Azure"], notes="", close_date=at.date() + timedelta(days=90))
    found = duplicates(lead, by=cast.reviewer, at=at)
    assert {(one.lead.name, one.is_own_partner, one.wins) for one in found} == {
        ("was first", False, True),
        ("beside", True, False),
    }
    answer = page.get(f"/review/{lead.public_id}/")
    shown = text_of(answer)
    assert first.name in shown
    assert "Accepted first: it wins" in shown
    assert "too old" not in shown
    assert answer.context["completeness"].missing == ["Please say in a few sentences what it is about."]
    assert 'id="guidance"' in shown


def test_a_partner_has_no_review_queue(cast: Cast, customer: Customer, signed_in: SignIn) -> None:
    lead = waiting(customer, cast)
    for who in (cast.member, cast.chief, cast.policy_owner):
        client = signed_in(who)
        assert client.get("/review/").status_code == 404
        assert client.get(f"/review/{lead.public_id}/").status_code == 404


def test_single_keys_can_be_switched_off_and_on_again(cast: Cast, customer: Customer, page: Client) -> None:
    waiting(customer, cast)
    assert "data-keys" in text_of(page.get("/review/"))
    page.post("/review/keys/", {"uses_keys": "off", "back": "/review/"})
    assert not ReviewPreference.objects.get().uses_keys
    assert "data-keys" not in text_of(page.get("/review/"))
    page.post("/review/keys/", {"uses_keys": "on"})
    assert "data-keys" in text_of(page.get("/review/"))


def test_htmx_gets_the_part_that_it_asks_for(customer: Customer, cast: Cast, page: Client) -> None:
    lead = waiting(customer, cast)
    beside = page.get(f"/review/{lead.public_id}/", headers={"HX-Request": "true", "HX-Target": "beside"})
    assert text_of(beside).strip().startswith('<div id="beside"')
    rows = page.get("/review/", headers={"HX-Request": "true", "HX-Target": "queue"})
    assert text_of(rows).strip().startswith('<div id="queue"')


def test_markup_in_a_lead_stays_text(customer: Customer, cast: Cast, page: Client) -> None:
    markup = "<script>alert(1)</script>"
    lead = waiting(customer, cast, name=markup, notes=markup, contact_last_name=markup)
    factories.CommentFactory(referral=lead, text=markup)
    assert markup not in text_of(page.get(f"/review/{lead.public_id}/"))


def test_the_team_talk_of_a_partner_is_not_among_the_evidence(customer: Customer, cast: Cast, page: Client) -> None:
    lead = waiting(customer, cast)
    factories.CommentFactory(referral=lead, text="only for us", is_internal=True)
    factories.CommentFactory(referral=lead, text="for both sides")
    shown = text_of(page.get(f"/review/{lead.public_id}/"))
    assert "for both sides" in shown
    assert "only for us" not in shown


@pytest.mark.parametrize(("path", "german"), [("/review/", "Prüfliste"), ("/review/workload/", "Auslastung")])
def test_the_pages_are_there_in_german(path: str, german: str, customer: Customer, cast: Cast, page: Client) -> None:
    waiting(customer, cast)
    page.cookies["django_language"] = "de"
    assert german in text_of(page.get(path))


@pytest.mark.parametrize("count", [1, 30])
def test_the_database_is_asked_equally_often_for_few_and_for_many(
    count: int, customer: Customer, cast: Cast, page: Client, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        lead = waiting(customer, cast, name=str(number), asks_contact=number % 2 == 0)
    page.get(f"/review/{lead.public_id}/")
    with django_assert_num_queries(QUEUE_QUERIES):
        page.get("/review/")
    with django_assert_num_queries(LEAD_QUERIES):
        page.get(f"/review/{lead.public_id}/")


def test_claims_are_pulled_back_by_the_office_and_given_back_by_their_owner_alone(
    customer: Customer, cast: Cast, signed_in: SignIn
) -> None:
    mine, theirs = (waiting(customer, cast, State.IN_REVIEW, name=name) for name in ("mine", "theirs"))
    Referral.objects.filter(pk=theirs.pk).update(reviewer=cast.other_reviewer, reviewer_name="Olga Other")
    asked = {"lead": [str(mine.public_id), str(theirs.public_id)]}
    answer = signed_in(cast.reviewer).post("/review/workload/pull-back/", asked, follow=True)
    assert "theirs: Olga Other has this lead in review." in text_of(answer)
    states = dict(Referral.objects.values_list("name", "state"))
    assert (states["mine"], states["theirs"]) == ("submitted", "in_review")
    signed_in(cast.office).post("/review/workload/pull-back/", asked)
    assert Referral.objects.get(name="theirs").state == "submitted"


def test_the_workload_counts_what_is_assigned_held_late_and_decided(
    customer: Customer, cast: Cast, page: Client
) -> None:
    at: datetime = now()
    waiting(customer, cast, State.IN_REVIEW)
    waiting(
        customer,
        cast,
        answer_due_at=at - timedelta(hours=1),
        routed_to=cast.reviewer,
        routed_to_name=str(cast.reviewer),
    )
    lead_in(State.ACCEPTED, customer=customer, team=[], reviewer=cast.reviewer, decided_at=at)
    loads = {load.name: load for load in page.get("/review/workload/").context["loads"]}
    own = loads[str(cast.reviewer)]
    assert (own.assigned, own.claimed, own.overdue, own.decided) == (1, 1, 1, 1)
    assert str(cast.other_reviewer) in loads


def test_a_rule_is_added_previewed_and_ended_on_the_page(cast: Cast, signed_in: SignIn) -> None:
    office = signed_in(cast.office)
    typed = {"country": "DE", "solution": "Azure", "to": f"manager:{cast.reviewer.pk}"}
    assert office.post("/review/routing/add/", typed).status_code == 302
    again = office.post("/review/routing/add/", typed)
    assert again.status_code == 409
    assert f"Germany, Azure → {cast.reviewer}" in text_of(again)
    asked = {"market": "DE", "segment": "commercial", "solution": "Azure"}
    preview = office.get("/review/routing/", asked).context["preview"]
    assert preview.rule.manager == cast.reviewer
    assert office.post(f"/review/routing/{preview.rule.pk}/end/").status_code == 302
    assert office.get("/review/routing/", asked).context["preview"].rule is None
    assert "Add a rule" not in text_of(signed_in(cast.reviewer).get("/review/routing/"))


def test_a_location_is_entered_and_gets_leads_on_the_page_and_the_workload_shows_what_waits_there(
    customer: Customer, cast: Cast, signed_in: SignIn
) -> None:
    office = signed_in(cast.office)
    refused = office.post("/review/routing/locations/", {"name": "", "people": [str(cast.reviewer.pk)]})
    assert refused.status_code == 422
    assert "checked" in text_of(refused)
    assert office.post("/review/routing/locations/", {"name": "Berlin"}).status_code == 302
    place = ReviewLocation.objects.get()
    rule = {"country": "DE", "solution": "", "to": f"location:{place.pk}"}
    assert "Nobody at this location" in text_of(office.post("/review/routing/add/", rule))
    people = {"people": [str(cast.reviewer.pk), str(cast.far_reviewer.pk)]}
    assert office.post(f"/review/routing/locations/{place.pk}/", people).status_code == 302
    assert office.post("/review/routing/add/", rule).status_code == 302
    preview = office.get("/review/routing/", {"market": "DE", "segment": "commercial"}).context["preview"]
    assert (preview.rule.location, preview.people) == (place, [str(cast.reviewer)])
    waiting(customer, cast, routed_location=place, routed_to_name="Berlin", answer_due_at=now() - timedelta(hours=1))
    load = office.get("/review/workload/").context["loads"][0]
    assert (load.name, load.assigned, load.overdue) == ("Berlin", 1, 1)
    assert set(load.people) == {str(cast.reviewer), str(cast.far_reviewer)}
    reader = text_of(signed_in(cast.reviewer).get("/review/routing/"))
    assert "Berlin" in reader
    assert "Add a location" not in reader


def test_an_absence_is_entered_and_taken_back_on_the_page(cast: Cast, page: Client) -> None:
    typed = {
        "person": str(cast.reviewer.pk),
        "substitute": str(cast.other_reviewer.pk),
        "first_day": "2026-12-24",
        "last_day": "2026-12-20",
    }
    refused = page.post("/review/absences/", typed)
    assert refused.status_code == 422
    assert "The last day comes after the first." in text_of(refused)
    assert page.post("/review/absences/", {**typed, "last_day": "2026-12-31"}).status_code == 302
    (absence,) = page.get("/review/workload/").context["absences"]
    assert absence.substitute_name == str(cast.other_reviewer)
    assert page.post(f"/review/absences/{absence.pk}/end/").status_code == 302
    assert page.get("/review/workload/").context["absences"] == []
