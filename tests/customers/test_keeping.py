"""Archive and restore, tags, vetting, drafts, saved views, and whether a domain is free."""

from datetime import timedelta
from typing import Any

import pytest

from common.refusals import NotAllowed, Refused, Stale, Unfit
from customers import services
from customers.models import Customer, CustomerEvent, Draft, SavedView, Tag
from customers.services import Availability, availability
from customers.services.drafts import MOST_DRAFTS
from customers.states import BLOCKING, Vetting
from partners.models import User
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def kinds() -> list[str]:
    return list(CustomerEvent.objects.order_by("pk").values_list("kind", flat=True))


def names(customer: Customer) -> list[str]:
    return list(Tag.objects.filter(customer=customer).order_by("key").values_list("name", flat=True))


def test_a_customer_is_archived_with_a_reason_and_restored(seller: User, customer: Customer) -> None:
    put_aside = services.archive(customer, by=seller, at=NOON, version=1, reason=" Dissolved ")
    assert (put_aside.archived_at, put_aside.archive_reason, put_aside.version) == (NOON, "Dissolved", 2)
    back = services.restore(customer, by=seller, at=LATER, version=2)
    assert (back.archived_at, back.archive_reason, back.version) == (None, "", 3)
    assert kinds() == ["archived", "restored"]
    assert CustomerEvent.objects.get(kind="archived").changes == {"reason": ["", "Dissolved"]}


def test_an_archived_customer_takes_no_writes(seller: User, customer: Customer) -> None:
    services.archive(customer, by=seller, at=NOON, version=1, reason="Dissolved")
    with pytest.raises(Customer.DoesNotExist):
        services.correct(customer, by=seller, at=NOON, version=2, facts={"name": "Fabrikam"})
    for write in (
        lambda: services.set_tags(customer, by=seller, at=NOON, names=["a"]),
        lambda: services.note_vetting(customer, by=seller, at=NOON, vetting="allowed"),
        lambda: services.archive(customer, by=seller, at=NOON, version=2, reason="Again"),
    ):
        with pytest.raises(Refused):
            write()
    assert services.tag_many([customer.pk], by=seller, at=NOON, name="a") == 0


def test_archiving_asks_for_a_reason_and_the_newest_version(seller: User, customer: Customer) -> None:
    with pytest.raises(Unfit) as refusal:
        services.archive(customer, by=seller, at=NOON, version=1, reason="  ")
    assert refusal.value.field == "reason"
    with pytest.raises(Stale):
        services.archive(customer, by=seller, at=NOON, version=7, reason="Dissolved")
    with pytest.raises(Refused):
        services.restore(customer, by=seller, at=NOON, version=1)


@pytest.mark.parametrize("who", ["reviewer", "policy_owner", "administrator"])
def test_only_the_partner_itself_keeps(who: str, request: pytest.FixtureRequest, customer: Customer) -> None:
    by: User = request.getfixturevalue(who)
    writes: list[Any] = [
        lambda: services.archive(customer, by=by, at=NOON, version=1, reason="x"),
        lambda: services.restore(customer, by=by, at=NOON, version=1),
        lambda: services.set_tags(customer, by=by, at=NOON, names=["x"]),
        lambda: services.tag_many([customer.pk], by=by, at=NOON, name="x"),
        lambda: services.note_vetting(customer, by=by, at=NOON, vetting="allowed"),
        lambda: services.keep_draft(by=by, at=NOON, typed={"name": "x"}),
        lambda: services.save_view(by=by, at=NOON, list_name="customers", name="x", query=""),
    ]
    for write in writes:
        with pytest.raises(NotAllowed):
            write()
    assert kinds() == []


def test_tags_are_set_each_once_and_the_event_says_what_was_there(seller: User, customer: Customer) -> None:
    assert services.set_tags(customer, by=seller, at=NOON, names=["Key", " key ", "Süd", ""]) == ["key", "Süd"]
    services.set_tags(customer, by=seller, at=LATER, names=["Süd", "Nord"])
    assert names(customer) == ["Nord", "Süd"]
    assert CustomerEvent.objects.latest("pk").changes == {"tags": ["key, Süd", "Nord, Süd"]}
    services.set_tags(customer, by=seller, at=LATER, names=["Nord", "Süd"])
    assert kinds() == ["tagged", "tagged"], "nothing changed, nothing told"


def test_a_tag_has_fifty_characters_and_a_customer_a_hundred_and_fifty_tags(seller: User, customer: Customer) -> None:
    services.set_tags(customer, by=seller, at=NOON, names=["x" * 50])
    with pytest.raises(Unfit):
        services.set_tags(customer, by=seller, at=NOON, names=["x" * 51])
    full = [f"tag {number}" for number in range(150)]
    assert len(services.set_tags(customer, by=seller, at=NOON, names=full)) == 150
    with pytest.raises(Unfit):
        services.set_tags(customer, by=seller, at=NOON, names=[*full, "one more"])
    with pytest.raises(Refused) as refusal:
        services.tag_many([customer.pk], by=seller, at=NOON, name="one more")
    assert (refusal.value.field, customer.name in str(refusal.value.sentence)) == ("tag", True)
    assert len(names(customer)) == 150


def test_many_are_tagged_at_once_and_only_ones_own(seller: User, customer: Customer) -> None:
    other = factories.CustomerFactory(partner=seller.partner)
    foreign = factories.CustomerFactory()
    services.set_tags(other, by=seller, at=NOON, names=["KEY"])
    ids = [customer.pk, other.pk, foreign.pk]
    assert services.tag_many(ids, by=seller, at=NOON, name="key") == 1
    assert (names(customer), names(other), names(foreign)) == (["key"], ["KEY"], [])
    assert services.tag_many(ids, by=seller, at=NOON, name="Key", is_removal=True) == 2
    assert not Tag.objects.exists()
    assert CustomerEvent.objects.filter(customer=customer).latest("pk").changes == {"tags": ["Key", ""]}
    with pytest.raises(Unfit):
        services.tag_many(ids, by=seller, at=NOON, name="  ")


def test_the_vetting_status_says_whether_purchases_are_blocked(seller: User, customer: Customer) -> None:
    assert not customer.may_purchase
    assert {Vetting.UNKNOWN, Vetting.UNDER_REVIEW, Vetting.NOT_ALLOWED} == BLOCKING
    assert services.note_vetting(customer, by=seller, at=NOON, vetting="allowed").may_purchase
    services.note_vetting(customer, by=seller, at=NOON, vetting="allowed")
    assert CustomerEvent.objects.get().changes == {"vetting": ["unknown", "allowed"]}


def test_a_draft_is_kept_word_for_word_and_is_ones_own(seller: User, chief: User) -> None:
    draft = services.keep_draft(by=seller, at=NOON, typed={"name": "  Müller\x00 ", "domain": "", "city": "Ulm"})
    assert draft
    assert (draft.typed, str(draft)) == ({"name": "  Müller ", "city": "Ulm"}, "  Müller ")
    again = services.keep_draft(by=seller, at=LATER, typed={"domain": "m.de"}, public_id=draft.public_id)
    assert again
    assert (Draft.objects.get().typed, again.pk) == ({"domain": "m.de"}, draft.pk)
    assert not Draft.objects.visible_to(chief).exists()
    theirs = services.keep_draft(by=chief, at=NOON, typed={"name": "Mine"}, public_id=draft.public_id)
    assert theirs
    assert theirs.pk != draft.pk
    assert services.discard_draft(by=chief, public_id=draft.public_id), "the chief's own of that name"
    assert list(Draft.objects.all()) == [draft]
    assert services.discard_draft(by=seller, public_id=draft.public_id)


def test_nothing_typed_keeps_nothing_and_the_oldest_draft_makes_room(seller: User) -> None:
    assert services.keep_draft(by=seller, at=NOON, typed={"name": " ", "country": "DE", "segment": "education"}) is None
    for number in range(MOST_DRAFTS + 2):
        services.keep_draft(by=seller, at=NOON + timedelta(minutes=number), typed={"name": str(number)})
    kept = [draft.typed["name"] for draft in Draft.objects.order_by("updated_at")]
    assert kept == [str(number) for number in range(2, MOST_DRAFTS + 2)]


def test_a_view_is_saved_for_oneself_or_shared_with_colleagues(seller: User, chief: User, rival: User) -> None:
    def save(**more: Any) -> SavedView:
        told = {"by": seller, "at": NOON, "list_name": "customers", "query": "country=DE", **more}
        return services.save_view(**told)

    mine, shared = save(name="Mine"), save(name="Ours", is_shared=True)
    assert list(SavedView.objects.visible_to(seller)) == [mine, shared]
    assert list(SavedView.objects.visible_to(chief)) == [shared]
    assert not SavedView.objects.visible_to(rival).exists()
    assert save(name="Mine", query="country=AT").pk == mine.pk
    with pytest.raises(NotAllowed):
        services.remove_view(shared, by=chief)
    services.remove_view(shared, by=seller)
    assert SavedView.objects.get().query == "country=AT"
    with pytest.raises(Unfit):
        save(name="Long", query="q=" + "x" * 2000)


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, Availability.TAKEN),
        (404, Availability.FREE),
        (500, Availability.UNKNOWN),
        (429, Availability.UNKNOWN),
        (None, Availability.UNKNOWN),
    ],
)
def test_the_answer_about_a_domain_is_the_other_way_round_than_one_expects(
    status: int | None, answer: Availability, settings: Any
) -> None:
    settings.DOMAIN_CLIENT = "customers.services.availability.Table"
    settings.DOMAIN_ANSWERS = {"contoso.onmicrosoft.com": status} if status else {}
    assert availability("Contoso") is answer


def test_without_a_connection_nobody_knows_whether_a_domain_is_free() -> None:
    assert availability("contoso") is Availability.UNKNOWN
