"""The filter language: what is understood, what is refused by its name, and what a filter lets through."""

import contextlib
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.refusals import Unfit
from customers.models import Customer
from partners.models import User
from referrals.models import Referral
from referrals.wire.fields import chosen, condition, order_of
from referrals.wire.odata import DEEPEST, LONGEST, AnyOf, Compare, Joined, moment, parse
from tests import factories
from tests.factories import NOON

A = Compare(("a",), "eq", "1")
B = Compare(("b",), "eq", "2")
C = Compare(("c",), "eq", "3")
MAIL = Compare(("email",), "eq", "r2d2@contoso.com")

UNDERSTOOD = [
    ("a eq '1'", A),
    ("  a\teq\n'1'  ", A),
    ("(a eq '1')", A),
    ("((a eq '1'))", A),
    ("a eq '1' and b eq '2'", Joined("and", A, B)),
    ("(a eq '1' and b eq '2')", Joined("and", A, B)),
    ("a eq '1' or b eq '2' and c eq '3'", Joined("or", A, Joined("and", B, C))),
    ("(a eq '1' or b eq '2') and c eq '3'", Joined("and", Joined("or", A, B), C)),
    ("a eq '1' and b eq '2' and c eq '3'", Joined("and", Joined("and", A, B), C)),
    ("a/b/c eq 'x'", Compare(("a", "b", "c"), "eq", "x")),
    ("a eq 'it''s'", Compare(("a",), "eq", "it's")),
    ("a eq ''", Compare(("a",), "eq", "")),
    ("a eq '('", Compare(("a",), "eq", "(")),
    ("a eq 'and'", Compare(("a",), "eq", "and")),
    ("a ne null", Compare(("a",), "ne", None)),
    ("a eq true", Compare(("a",), "eq", True)),
    ("a eq false", Compare(("a",), "eq", False)),
    ("a gt 1.50", Compare(("a",), "gt", Decimal("1.50"))),
    ("a le -3", Compare(("a",), "le", Decimal(-3))),
    ("a ge 2020-10-30", Compare(("a",), "ge", datetime(2020, 10, 30, tzinfo=UTC))),
    ("a lt 2020-10-30T21:03:00.1234567Z", Compare(("a",), "lt", datetime(2020, 10, 30, 21, 3, 0, 123456, UTC))),
    ("a eq 2020-10-30T21:03:00+02:00", Compare(("a",), "eq", datetime(2020, 10, 30, 19, 3, tzinfo=UTC))),
    (
        "a eq 37ef26aa-1d15-4533-9f93-a69bd33ab1e5",
        Compare(("a",), "eq", UUID("37ef26aa-1d15-4533-9f93-a69bd33ab1e5")),
    ),
    ("team/any(t:t/email eq 'r2d2@contoso.com')", AnyOf(("team",), MAIL)),
    ("team/any(t: t/email eq 'r2d2@contoso.com')", AnyOf(("team",), MAIL)),
    ("a/team/any( x : x/email eq 'r2d2@contoso.com' )", AnyOf(("a", "team"), MAIL)),
    ("team/any(t: t/a eq '1' and (t/b eq '2' or t/c eq '3'))", AnyOf(("team",), Joined("and", A, Joined("or", B, C)))),
    ("any eq '1'", Compare(("any",), "eq", "1")),
]


@pytest.mark.parametrize(("text", "expression"), UNDERSTOOD)
def test_a_filter_is_understood(text: str, expression: object) -> None:
    assert parse(text) == expression


REFUSED = [
    ("", "the end"),
    ("a", "the end"),
    ("a eq", "the end"),
    ("a eq b", "“b”"),
    ("a = '1'", "="),
    ("a eq '1", "'1"),
    ('a eq "1"', '"1"'),
    ("a eq '1' b eq '2'", "“b”"),
    ("a eq '1' and", "the end"),
    ("and a eq '1'", "“a”"),
    ("(a eq '1'", "“)”"),
    ("a eq '1')", "“)”"),
    ("a/ eq '1'", "“'1'”"),
    ("a eq 2020-13-45", "2020-13-45"),
    ("not a eq '1'", "“not”"),
    ("a has '1'", "“has”"),
    ("a add 1 eq 2", "“add”"),
    ("a in ('1')", "“in”"),
    ("contains(a,'1')", "“contains”"),
    ("startswith(a, 'x') eq true", "“startswith”"),
    ("team/all(t: t/email eq 'x')", "“all”"),
    ("any(t: t/email eq 'x')", "“any”"),
    ("team/any()", "“)”"),
    ("team/any(t/email eq 'x')", "“:”"),
    ("team/any(t: email eq 'x')", "“email”"),
    ("team/any(t: u/email eq 'x')", "“u/email”"),
    ("team/any(t: t eq 'x')", "“t”"),
    ("a eq 'x\0'", "cannot be stored"),
    ("a eq '" + "x" * LONGEST + "'", str(LONGEST)),
    ("(" * (DEEPEST + 1) + "a eq '1'" + ")" * (DEEPEST + 1), str(DEEPEST)),
    ("; DROP TABLE referrals_referral", "; DROP"),
    ("1 eq 1", "“1”"),
]


@pytest.mark.parametrize(("text", "named"), REFUSED)
def test_what_is_not_understood_is_named(text: str, named: str) -> None:
    with pytest.raises(Unfit) as refusal:
        parse(text)
    assert named in str(refusal.value)
    assert refusal.value.field == "$filter"


@given(st.text("aet:/()'. 0-9eqandorteam/any\0é", max_size=60))
def test_any_text_is_understood_or_refused(text: str) -> None:
    with contextlib.suppress(Unfit):
        condition(parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "colour eq 'red'",
        "customerProfile/address/planet eq 'Mars'",
        "team/email eq 'x'",
        "tags/any(t: t/email eq 'x')",
        "team/any(t: t/title eq 'x')",
        "team/any(t: t/email ne 'x')",
        "team/any(t: t/email eq 5)",
        "team/any(t: t/team/any(u: u/email eq 'x'))",
        "type gt 'Shared'",
        "status lt 'New'",
        "createdDateTime eq 'soon'",
        "details/dealValue eq 'much'",
        "team/any(t: " + " or ".join(f"t/email eq '{one}'" for one in range(20)) + ")",
    ],
)
def test_a_field_that_cannot_be_asked_for_so_is_refused(text: str) -> None:
    with pytest.raises(Unfit):
        condition(parse(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),
        ("2026-03-02T12:00", datetime(2026, 3, 2, 12, tzinfo=UTC)),
        ("2026-03-02T12:00:00.123456789", datetime(2026, 3, 2, 12, 0, 0, 123456, UTC)),
        ("2026-03-02T12:00:00+0200", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("2026-03-02 12:00:00z", datetime(2026, 3, 2, 12, tzinfo=UTC)),
        ("0001-01-01T00:00:00+23:59", None),
        ("2026-02-30", None),
        ("02.03.2026", None),
        ("", None),
    ],
)
def test_a_moment_is_read_in_every_form_that_clients_send(text: str, found: datetime | None) -> None:
    assert moment(text) == found


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("createdDateTime", ("created_at", False)),
        ("createdDateTime desc", ("created_at", True)),
        ("updatedDateTime asc", ("updated_at", False)),
    ],
)
def test_the_order_is_that_of_two_fields(text: str, order: tuple[str, bool]) -> None:
    assert order_of(text) == order


@pytest.mark.parametrize("text", ["name", "createdDateTime up", "createdDateTime desc, name", " "])
def test_another_order_is_refused(text: str) -> None:
    with pytest.raises(Unfit):
        order_of(text)


@pytest.fixture
def leads(customer: Customer, seller: User) -> dict[str, Referral]:
    """One of our own pages, one that came over the wire, one of a customer elsewhere."""
    ours = factories.ReferralFactory(customer=customer, submitted=True, team=[seller], name="ours", external_id="CRM-1")
    wired = factories.ReferralFactory(
        customer=customer,
        state="accepted",
        decided_at=NOON,
        deal_type="private",
        name="wired",
        updated_at=NOON.replace(year=2027),
        extra={
            "type": "Shared",
            "qualification": "SalesQualified",
            "team": [{"email": "r2d2@contoso.com", "lastName": "Detoo"}, {"email": "c3po@contoso.com"}],
        },
    )
    abroad = factories.CustomerFactory(partner=customer.partner, country="AT")
    far = factories.ReferralFactory(
        customer=abroad, submitted=True, name="far", direction="inbound", value=None, currency=""
    )
    return {lead.name: lead for lead in (ours, wired, far)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("status eq 'New'", "ours far"),
        ("status eq 'new'", ""),
        ("status ne 'New'", "wired"),
        ("direction eq 'Incoming' and substatus eq 'Pending'", "far"),
        ("status eq 'Active' and type eq 'Shared'", "wired"),
        ("type eq 'Shared' and direction eq 'Outgoing'", "ours wired"),
        ("qualification eq 'SalesQualified' or direction eq 'Incoming'", "wired far"),
        ("qualification ne 'SalesQualified'", "ours far"),
        ("customerProfile/address/country eq 'AT'", "far"),
        ("CustomerProfile/Address/Country eq 'AT'", "far"),
        ("team/any(t:t/email eq 'r2d2@contoso.com')", "wired"),
        ("team/any(t: t/email eq 'r2d2@contoso.com' and t/lastName eq 'Detoo')", "wired"),
        ("team/any(t: t/email eq 'c3po@contoso.com' and t/lastName eq 'Detoo')", ""),
        ("team/any(t: t/email eq 'a' and t/email eq 'b')", ""),
        ("team/any(t: t/email eq '{seller}' or t/email eq 'c3po@contoso.com')", "ours wired"),
        ("updatedDateTime gt 2026-12-31", "wired"),
        ("updatedDateTime le 2026-12-31T00:00:00Z", "ours far"),
        ("details/dealValue ge 50000", "ours wired"),
        ("externalReferenceId eq 'CRM-1'", "ours"),
        ("externalReferenceId eq null", "wired far"),
        ("engagementId eq '{engagement}'", "ours"),
        ("engagementId eq {engagement}", "ours"),
        ("engagementId eq 'nonsense'", ""),
        ("name eq 'ours'' OR 1=1'", ""),
    ],
)
def test_a_filter_lets_through_what_it_says(text: str, names: str, leads: dict[str, Referral], seller: User) -> None:
    asked = text.format(seller=seller.email, engagement=leads["ours"].engagement_id)
    rows = chosen(Referral.objects.all(), asked)
    assert sorted(lead.name for lead in rows) == sorted(names.split())
