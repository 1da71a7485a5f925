"""The policy desk as pages: versions, drafts and their changes, preview, approval, publishing, roll-outs."""

import html
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.timezone import localdate, now

from common.isolation import Side, acting
from motions import bulk, services
from motions.forms.policies import DraftForm, initial_of
from motions.models import Fanout, PolicyVersion, Preview, Standing
from motions.services.previews import current_preview
from motions.states import Motion
from partners.models import User
from tests import factories

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
Drain = Callable[[], bulk.Counts]
HTMX = {"HX-Request": "true"}
QUERIES = {"/policy/": 11, "/policy/NEXT/": 15, "/policy/NEXT/preview/": 11, "/policy/roll-outs/": 12}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def second_owner(db: None) -> User:
    return factories.UserFactory(policy_owner=True, name="Otto Owner")


@pytest.fixture
def draft(policy_owner: User) -> PolicyVersion:
    based_on = PolicyVersion.objects.get(code="GUIDANCE_2023_10")
    return services.draft(
        based_on=based_on, by=policy_owner, at=now(), code="NEXT", valid_from=localdate(), seat_limit=3000
    )


def typed(policy: PolicyVersion, **changed: Any) -> dict[str, Any]:
    """What the form of a draft sends, with some of it changed."""
    with translation.override("en"):
        form = DraftForm(initial=initial_of(policy))
        sent = {field.name: form[field.name].value() for field in form}
    return {**{name: "" if value is None else value for name, value in sent.items()}, **changed}


def test_drafts_are_on_the_desk_of_the_office_and_on_nobody_elses(
    draft: PolicyVersion, signed_in: SignIn, policy_owner: User, administrator: User, seller: User, reviewer: User
) -> None:
    for user, sees in ((policy_owner, True), (administrator, True), (seller, False), (reviewer, False)):
        client = signed_in(user)
        assert ("NEXT" in text_of(client.get("/policy/"))) is sees
        assert client.get("/policy/NEXT/").status_code == (200 if sees else 404)
        assert client.get("/policy/NEXT/compare/").status_code == (200 if sees else 404)
        assert client.get("/policy/GUIDANCE_2021/compare/?with=NEXT").status_code == (200 if sees else 404)


def test_the_database_keeps_drafts_and_previews_from_partners_and_channel_managers(
    draft: PolicyVersion, policy_owner: User, seller: User, reviewer: User, as_person: Callable[[User], Any]
) -> None:
    services.preview(draft, by=policy_owner, at=now())
    services.announce(draft, by=policy_owner, at=now(), state="announced", day=localdate(), text_en="x", text_de="x")
    for user in (seller, reviewer):
        with as_person(user):
            assert not PolicyVersion.objects.filter(code="NEXT").exists()
            assert not draft.announcements.exists()
            assert PolicyVersion.objects.count() == 2
        with pytest.raises(Exception, match="permission denied"), as_person(user):
            Preview.objects.exists()
    with acting(Side.OFFICE):
        assert Preview.objects.exists()


def test_every_version_stands_on_the_axis_and_in_the_table(
    draft: PolicyVersion, signed_in: SignIn, policy_owner: User
) -> None:
    answer = signed_in(policy_owner).get("/policy/")
    lines = {line.policy.code: line for line in answer.context["versions"]}
    assert set(lines) == {"GUIDANCE_2021", "GUIDANCE_2023_10", "NEXT"}
    first, second = lines["GUIDANCE_2021"], lines["GUIDANCE_2023_10"]
    end_of_first = float(first.start) + float(first.width)
    assert end_of_first == pytest.approx(float(second.start), abs=0.02), "one begins where the other ends"
    for line in lines.values():
        assert 0 <= float(line.start) <= float(line.start) + float(line.width) <= 100.01
    page = text_of(answer)
    assert page.count("axis-bar") == 3
    assert "in force" in page
    assert "withdrawn" in page


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_version_says_everything_in_both_languages(language: str, signed_in: SignIn, seller: User) -> None:
    client = signed_in(seller)
    client.cookies["django_language"] = language
    page = text_of(client.get("/policy/GUIDANCE_2021/"))
    assert {"Purchasing guidance of 2021", "Purchasing Guidance von 2021"} <= {
        value for _label, value in client.get("/policy/GUIDANCE_2021/").context["fields"]
    }
    assert ("Vertragsbedarf" in page) is (language == "de")
    assert ("2.400 Seats oder mehr" in page) is (language == "de")
    assert "/policy/GUIDANCE_2021/draft/" not in page


def test_a_draft_is_made_from_any_version_and_changed(signed_in: SignIn, policy_owner: User) -> None:
    client = signed_in(policy_owner)
    answer = client.post("/policy/GUIDANCE_2021/draft/")
    made = PolicyVersion.objects.get(published_at=None)
    assert answer.headers["Location"] == f"/policy/{made.code}/edit/"
    sent = typed(made, seat_limit="3,000", azure_limit="2,000,000.50", source_url_de="https://example.org/de")
    assert client.post(f"/policy/{made.code}/edit/", sent).headers["Location"] == f"/policy/{made.code}/"
    made.refresh_from_db()
    assert (made.seat_limit, made.azure_limit, made.revision) == (3000, Decimal("2000000.50"), 2)
    with translation.override("de"):
        assert made.source == "https://example.org/de"
    with translation.override("en"):
        assert made.source == made.source_url


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"seat_limit": "0"}, "seat_limit"),
        ({"seat_limit": "9" * 20}, "seat_limit"),
        ({"seat_limit": "many"}, "seat_limit"),
        ({"azure_limit": "0"}, "azure_limit"),
        ({"azure_limit": "9" * 20}, "azure_limit"),
        ({"near_share": "2"}, "near_share"),
        ({"title_de": ""}, "title_de"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"valid_from": "2023-10-01"}, "valid_from"),  # overlaps with the version in force
        ({"valid_to": "2099-01-01"}, "valid_to"),  # a gap after it
        ({"valid_from": "2030-01-02", "valid_to": "2030-01-01"}, "valid_to"),
        ({"valid_from": ""}, "valid_from"),
        ({"edition": "7"}, "edition"),
    ],
)
def test_bad_input_is_said_at_its_field_and_nothing_typed_is_lost(
    language: str, changed: dict[str, str], field: str, draft: PolicyVersion, signed_in: SignIn, policy_owner: User
) -> None:
    client = signed_in(policy_owner)
    client.cookies["django_language"] = language
    before = PolicyVersion.objects.values().get(pk=draft.pk)
    sent = typed(draft, seat_limit="2500", azure_limit="500", near_share="0", note_en="kept <as> typed")
    sent["near_share"] = "0.8" if language == "en" else "0,8"
    answer = client.post("/policy/NEXT/edit/", {**sent, **changed})
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (422, [field])
    assert form["note_en"].value() == "kept <as> typed"
    assert form[field].value() == changed[field]
    with translation.override(language):
        said = str(form.errors[field][0])
    with translation.override("en" if language == "de" else "de"):
        otherwise = str(DraftForm({**sent, **changed}).errors.get(field, [""])[0])
    assert said in html.unescape(text_of(answer))
    assert said != otherwise
    assert PolicyVersion.objects.values().get(pk=draft.pk) == before


def test_of_two_who_change_a_draft_the_later_one_is_told_and_loses_nothing(
    draft: PolicyVersion, signed_in: SignIn, policy_owner: User
) -> None:
    client = signed_in(policy_owner)
    late = typed(draft, seat_limit="2700")
    client.post("/policy/NEXT/edit/", typed(draft, seat_limit="2600"))
    answer = client.post("/policy/NEXT/edit/", late)
    assert answer.status_code == 412
    assert [str(value) for _label, value in answer.context["differing"]] == ["2600"]
    assert answer.context["form"]["seat_limit"].value() == "2700"
    again = {**late, "revision": answer.context["form"]["revision"].value()}
    assert client.post("/policy/NEXT/edit/", again).status_code == 302
    assert PolicyVersion.objects.get(code="NEXT").seat_limit == 2700


def test_a_published_version_is_not_edited(signed_in: SignIn, policy_owner: User) -> None:
    client = signed_in(policy_owner)
    for method in (client.get, client.post):
        assert method("/policy/GUIDANCE_2023_10/edit/").status_code == 409


def test_two_versions_are_compared_field_by_field_and_test_by_test(
    draft: PolicyVersion, signed_in: SignIn, policy_owner: User
) -> None:
    answer = signed_in(policy_owner).get("/policy/NEXT/compare/")
    assert answer.context["other"].code == "GUIDANCE_2023_10"
    differing = {label for label, _mine, _theirs, differs in answer.context["fields"] if differs}
    assert differing == {"Valid", "Seat limit"}
    rules = [(mine, theirs) for _place, mine, theirs, differs in answer.context["rules"] if differs]
    assert rules == [("3,000 seats or more", "2,400 seats or more")]
    assert answer.context["changes"] == 3


def test_a_word_about_a_version_is_added_or_refused_at_its_field(
    draft: PolicyVersion, signed_in: SignIn, policy_owner: User
) -> None:
    client = signed_in(policy_owner)
    words = {"state": "earliest", "day": "2026-01-02", "text_en": "Not before July", "text_de": "Frühestens im Juli"}
    answer = client.post("/policy/NEXT/announce/", words)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["effective"])
    assert answer.context["form"]["text_de"].value() == "Frühestens im Juli"
    assert client.post("/policy/NEXT/announce/", {**words, "effective": "2026-07-01"}).status_code == 302
    assert "Not before July" in text_of(client.get("/policy/NEXT/"))
    late = client.post("/policy/NEXT/announce/", {**words, "effective": "2026-07-01", "day": "2026-01-01"})
    assert list(late.context["form"].errors) == ["day"]
    assert draft.announcements.count() == 1


# from a draft to a version in force


@pytest.fixture
def moved(drain: Drain) -> list[Any]:
    """Customers whom a limit of 3,000 seats takes from Enterprise to Breadth, and one whom it leaves alone."""
    deals = [factories.DealFactory(seats=seats, customer__name=f"Kunde {seats}") for seats in (2500, 2600)]
    factories.DealFactory(seats=100)
    drain()
    return deals


def test_the_preview_counts_by_everything_and_names_customers_only_to_whom_they_are_meant(
    draft: PolicyVersion, moved: list[Any], signed_in: SignIn, policy_owner: User, administrator: User
) -> None:
    client = signed_in(policy_owner)
    assert client.get("/policy/NEXT/preview/").context["made"] is None
    assert client.post("/policy/NEXT/preview/make/").headers["Location"] == "/policy/NEXT/preview/"
    answer = client.get("/policy/NEXT/preview/")
    made = answer.context["made"]
    assert made["moved"] == 2
    assert [(path["before"], path["after"], path["count"]) for path in made["paths"]] == [("enterprise", "breadth", 2)]
    assert {line.label for line in made["by_partner"]} == {deal.partner.name for deal in moved}
    assert [(line.label, line.count) for line in made["by_country"]] == [("Germany", 2)]
    assert [(str(line.label), line.count) for line in made["by_band"]] == [("from half of the limit", 2)]
    assert made["customers"] == []
    assert "Kunde" not in text_of(answer)
    page = text_of(signed_in(administrator).get("/policy/NEXT/preview/"))
    assert "Kunde 2500" in page
    assert "/policy/NEXT/preview/make/" not in page


def test_nobody_approves_or_publishes_alone_and_a_sentence_says_so(
    draft: PolicyVersion, signed_in: SignIn, policy_owner: User, second_owner: User
) -> None:
    client = signed_in(policy_owner)
    client.post("/policy/NEXT/preview/make/")
    own = client.post("/policy/NEXT/approve/")
    assert own.status_code == 403
    assert "ask another policy owner" in text_of(own)
    early = client.post("/policy/NEXT/publish/")
    assert early.status_code == 409
    assert "approve this version first" in text_of(early)
    assert signed_in(second_owner).post("/policy/NEXT/approve/").status_code == 302
    draft.refresh_from_db()
    assert (draft.approved_by, draft.published_at) == (second_owner, None)


def test_an_approver_who_was_deactivated_meanwhile_approves_nothing(
    draft: PolicyVersion, signed_in: SignIn, policy_owner: User, second_owner: User
) -> None:
    signed_in(policy_owner).post("/policy/NEXT/preview/make/")
    client = signed_in(second_owner)
    User.objects.filter(pk=second_owner.pk).update(is_active=False)
    assert client.post("/policy/NEXT/approve/").status_code == 302
    draft.refresh_from_db()
    assert draft.approved_at is None


def approved(draft: PolicyVersion, by: User, other: User) -> Preview:
    made = services.preview(draft, by=by, at=now())
    services.approve(draft, by=other, at=now())
    return made


def test_what_is_published_moves_exactly_whom_its_preview_names(
    draft: PolicyVersion, moved: list[Any], signed_in: SignIn, policy_owner: User, second_owner: User
) -> None:
    preview = approved(draft, policy_owner, second_owner)
    before = dict(Standing.objects.values_list("customer_id", "motion"))
    answer = signed_in(policy_owner).post("/policy/NEXT/publish/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/policy/roll-outs/")
    assert bulk.roll_out(clock=now).moved == preview.document["moved"] == 2
    after = dict(Standing.objects.values_list("customer_id", "motion"))
    told = {pk: (one["before"], one["after"]) for one in preview.document["groups"] for pk in one["customers"]}
    assert {pk: (before[pk], after[pk]) for pk in before if before[pk] != after[pk]} == told
    assert Preview.objects.count() == 1


def test_where_the_data_changed_since_the_preview_the_difference_is_listed_and_asked(
    draft: PolicyVersion,
    moved: list[Any],
    drain: Drain,
    signed_in: SignIn,
    policy_owner: User,
    second_owner: User,
) -> None:
    approved(draft, policy_owner, second_owner)
    late = factories.DealFactory(seats=2900, customer__country="AT")
    drain()
    client = signed_in(policy_owner)
    refused = client.post("/policy/NEXT/publish/")
    assert refused.status_code == 412
    changes = [(one["country"], one["change"].count, one["change"].later_count) for one in refused.context["differing"]]
    assert changes == [("AT", 0, 1)]
    assert late.partner.name in text_of(refused)
    draft.refresh_from_db()
    assert draft.published_at is None
    seen = client.get("/policy/NEXT/publish/").context["seen"]
    assert client.post("/policy/NEXT/publish/", {"seen": "0" * 64}).status_code == 412
    assert client.post("/policy/NEXT/publish/", {"seen": seen}).status_code == 302
    assert bulk.roll_out(clock=now).moved == 3
    newest = current_preview(draft)
    assert newest
    assert newest.document["moved"] == 3
    assert Preview.objects.count() == 2, "both are kept"


def test_customers_who_change_places_are_a_difference_although_the_number_is_the_same(
    draft: PolicyVersion, moved: list[Any], drain: Drain, policy_owner: User, second_owner: User, signed_in: SignIn
) -> None:
    partner = moved[0].partner
    draft_preview = approved(draft, policy_owner, second_owner)
    moved[0].seats = 10
    moved[0].save()
    factories.DealFactory(seats=2550, customer__partner=partner)
    drain()
    answer = signed_in(policy_owner).post("/policy/NEXT/publish/")
    assert (answer.status_code, answer.context["newer"].document["moved"]) == (412, draft_preview.document["moved"])
    assert len(answer.context["differing"]) == 1


def test_a_version_of_a_later_day_is_scheduled_and_moves_nobody_before(
    moved: list[Any], policy_owner: User, second_owner: User, signed_in: SignIn
) -> None:
    based_on = PolicyVersion.objects.get(code="GUIDANCE_2023_10")
    ahead = services.draft(
        based_on=based_on, by=policy_owner, at=now(), code="AHEAD", valid_from=localdate() + timedelta(days=30),
        seat_limit=3000,
    )  # fmt: skip
    approved(ahead, policy_owner, second_owner)
    client = signed_in(policy_owner)
    assert client.post("/policy/AHEAD/publish/").headers["Location"] == "/policy/"
    assert "scheduled" in text_of(client.get("/policy/AHEAD/"))
    assert bulk.roll_out(clock=now).moved == 0
    assert Standing.objects.filter(motion=Motion.ENTERPRISE).count() == 2


# roll-outs


def test_a_roll_out_is_watched_paused_resumed_and_cancelled_from_its_page(
    moved: list[Any], signed_in: SignIn, administrator: User
) -> None:
    client = signed_in(administrator)
    assert client.post("/policy/roll-outs/start/").headers["Location"] == "/policy/roll-outs/"
    fanout = Fanout.objects.get(ended_at=None)
    steps = iter([True])
    bulk.roll_out(clock=now, size=1, go_on=lambda: next(steps, False))
    page = client.get("/policy/roll-outs/", headers=HTMX)
    assert "1 of 3 slices" in text_of(page)
    assert 'hx-trigger="load delay:1s"' in text_of(page)
    paused = client.post(f"/policy/roll-outs/{fanout.pk}/pause/", headers=HTMX)
    assert 'hx-trigger="load delay:1s"' not in text_of(paused), "nothing moves, so nobody asks"
    assert client.post(f"/policy/roll-outs/{fanout.pk}/pause/").status_code == 409
    assert bulk.roll_out(clock=now).computed == 0
    assert client.post(f"/policy/roll-outs/{fanout.pk}/resume/").status_code == 302
    assert "cancelled" in text_of(client.post(f"/policy/roll-outs/{fanout.pk}/cancel/", headers=HTMX))
    assert bulk.roll_out(clock=now).computed == 0
    assert client.post(f"/policy/roll-outs/{fanout.pk}/resume/").status_code == 409


def test_the_roll_out_of_a_policy_has_no_button_to_cancel_it_and_is_not_cancelled(
    signed_in: SignIn, administrator: User
) -> None:
    fanout = factories.FanoutFactory()
    client = signed_in(administrator)
    assert f"/policy/roll-outs/{fanout.pk}/cancel/" not in text_of(client.get("/policy/roll-outs/"))
    assert client.post(f"/policy/roll-outs/{fanout.pk}/cancel/").status_code == 409
    fanout.refresh_from_db()
    assert fanout.ended_at is None


@pytest.mark.parametrize("count", [1, 12])
def test_the_pages_ask_the_database_equally_often_for_few_and_for_many(
    count: int,
    draft: PolicyVersion,
    drain: Drain,
    signed_in: SignIn,
    policy_owner: User,
) -> None:
    for number in range(count):
        factories.DealFactory(seats=2500 + number)
        factories.PolicyVersionFactory(valid_from=date(2030 + number, 1, 1), drafted_by=policy_owner)
        factories.FanoutFactory(ended_at=now(), end="done")
        services.announce(
            draft, by=policy_owner, at=now(), state="announced", day=localdate(), text_en="x", text_de="x"
        )
    drain()
    services.preview(draft, by=policy_owner, at=now())
    client = signed_in(policy_owner)
    asked = {}
    for path in QUERIES:
        client.get(path)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        asked[path] = len(caught)
    assert asked == QUERIES
