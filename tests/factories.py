"""One factory for each model; traits for situations; nothing random in what is asserted."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from agreements.models import (
    Acceptance,
    Agreement,
    AgreementEvent,
    AgreementFile,
    DirectAnswer,
    Link,
    Mail,
    ProviderLink,
    ProviderRequest,
    ProviderTask,
)
from agreements.policy import signatory_key
from agreements.services.links import hash_of, token_of
from agreements.states import FileKind, MailKind, Path, State, Step
from customers.models import (
    ConflictCase,
    ConflictDecision,
    ConflictEvent,
    ConflictSide,
    Contact,
    Customer,
    CustomerEvent,
    Draft,
    EventKind,
    Merge,
    Relation,
    SavedView,
    Tag,
)
from motions.models import (
    Alert,
    Backtest,
    Choice,
    Contract,
    Deal,
    DealEvent,
    DealEventKind,
    Export,
    Fanout,
    FanoutCause,
    ImportBatch,
    ImportMapping,
    ImportRow,
    Mark,
    PolicyAnnouncement,
    PolicyVersion,
    Rate,
    RateSet,
    SetAside,
)
from motions.states import Announcement, Kind, Motion, Reason, Source
from partners.models import (
    ChannelScope,
    Delivery,
    Invitation,
    Location,
    Notice,
    Partner,
    Subscription,
    TeamEvent,
    User,
)
from partners.roles import CspType, Role
from referrals.models import (
    Absence,
    Comment,
    CommentFile,
    Consent,
    Favourite,
    LeadImport,
    LeadImportRow,
    LocationMember,
    Programme,
    Referral,
    ReferralEvent,
    Registration,
    ReviewLocation,
    RoutingRule,
    Snooze,
    TeamMember,
)

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
TODAY = date(2026, 3, 3)
PASSWORD = "a long password for tests"


class PartnerFactory(DjangoModelFactory):
    class Meta:
        model = Partner

    name = factory.Sequence(lambda n: f"Partner {n} GmbH")
    partner_number = factory.Sequence(lambda n: f"{1000000 + n}")
    country = "DE"
    csp_type = CspType.DIRECT_BILL


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    role = Role.PARTNER_STAFF
    partner = factory.SubFactory(PartnerFactory)

    class Params:
        channel_manager = factory.Trait(role=Role.CHANNEL_MANAGER, partner=None)
        policy_owner = factory.Trait(role=Role.POLICY_OWNER, partner=None)
        administrator = factory.Trait(role=Role.ADMINISTRATOR, partner=None)
        auditor = factory.Trait(role=Role.AUDITOR, partner=None)

    @factory.post_generation
    def password(self, create: bool, extracted: str | None, **_: object) -> None:
        self.set_password(extracted or PASSWORD)
        if create:
            self.save(update_fields=["password"])


class ChannelScopeFactory(DjangoModelFactory):
    class Meta:
        model = ChannelScope

    user = factory.SubFactory(UserFactory, channel_manager=True)
    country = "DE"
    segment = "commercial"


class LocationFactory(DjangoModelFactory):
    class Meta:
        model = Location

    partner = factory.SubFactory(PartnerFactory)
    name = factory.Sequence(lambda n: f"Location {n}")
    partner_number = factory.Sequence(lambda n: f"{2000000 + n}")
    country = "DE"


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = Invitation

    partner = factory.SubFactory(PartnerFactory)
    email = factory.Sequence(lambda n: f"guest{n}@example.com")
    name = factory.Sequence(lambda n: f"Guest {n}")
    role = Role.PARTNER_STAFF
    made_at = NOON
    by_name = "Cora Chief"
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=72))


class TeamEventFactory(DjangoModelFactory):
    class Meta:
        model = TeamEvent

    person = factory.SubFactory(UserFactory)
    partner = factory.SelfAttribute("person.partner")
    kind = "changed"
    about = "Selma Seller"
    at = NOON
    by_name = "Cora Chief"


class NoticeFactory(DjangoModelFactory):
    class Meta:
        model = Notice

    user = factory.SubFactory(UserFactory)
    partner = factory.SelfAttribute("user.partner")
    kind = "tests.told"
    params = {"word": "something"}
    link = "/customers/"
    key = factory.Sequence(lambda n: f"tests:{n}")
    made_at = NOON


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer

    partner = factory.SubFactory(PartnerFactory)
    name = factory.Sequence(lambda n: f"Customer {n} GmbH")
    country = "DE"
    created_at = NOON
    updated_at = NOON


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    first_name = "Paula"
    last_name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"paula{n}@customer.example")
    created_at = NOON
    updated_at = NOON


class TagFactory(DjangoModelFactory):
    class Meta:
        model = Tag

    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    name = factory.Sequence(lambda n: f"tag {n}")


class RelationFactory(DjangoModelFactory):
    class Meta:
        model = Relation

    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    state = "requested"
    own_tenant = UUID("11111111-1111-4111-8111-111111111111")
    link = "https://admin.microsoft.com/?invType=ResellerRelationship"
    requested_at = NOON
    expires_at = NOON + timedelta(days=30)
    by_name = "Selma Seller"


class DraftFactory(DjangoModelFactory):
    class Meta:
        model = Draft

    owner = factory.SubFactory(UserFactory)
    partner = factory.SelfAttribute("owner.partner")
    typed = {"name": "Half a name"}
    updated_at = NOON


class SavedViewFactory(DjangoModelFactory):
    class Meta:
        model = SavedView

    owner = factory.SubFactory(UserFactory)
    partner = factory.SelfAttribute("owner.partner")
    list_name = "customers"
    name = factory.Sequence(lambda n: f"View {n}")
    query = "country=DE"
    created_at = NOON


class MergeFactory(DjangoModelFactory):
    class Meta:
        model = Merge

    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    duplicate = factory.SubFactory(
        CustomerFactory, partner=factory.SelfAttribute("..customer.partner"), archived_at=NOON
    )
    moved = factory.LazyFunction(dict)
    at = NOON
    by_name = "Selma Seller"


def conflict_of(customer: Customer, other: Customer, *, opened_at: datetime = NOON) -> ConflictSide:
    """A case of two customers that waits for its answer; returns the side of the first one."""
    low, high = sorted((customer.pk, other.pk))
    case = ConflictCase.objects.create(low_id=low, high_id=high, reasons=["domain"], opened_at=opened_at)
    own, _their = (
        ConflictSide.objects.create(partner_id=one.partner_id, customer=one, case=case, opened_at=opened_at)
        for one in (customer, other)
    )
    return own


def answered(side: ConflictSide, *, stands: bool) -> ConflictSide:
    """The case of a side with an answer of today."""
    at = timezone.now()
    outcome = "both" if stands else "second"
    ConflictDecision.objects.create(case=side.case, outcome=outcome, ground="other", text="so", at=at, by_name="Rita")
    ConflictCase.objects.filter(pk=side.case_id).update(outcome=outcome, answered_at=at, version=2)
    ConflictSide.objects.filter(case=side.case_id).update(stands=True, answered_at=at)
    ConflictSide.objects.filter(pk=side.pk).update(stands=stands)
    side.refresh_from_db()
    return side


class ConflictEventFactory(DjangoModelFactory):
    class Meta:
        model = ConflictEvent

    side = factory.LazyFunction(lambda: None)
    partner_id = factory.SelfAttribute("side.partner_id")
    kind = "opened"
    at = NOON


class CustomerEventFactory(DjangoModelFactory):
    class Meta:
        model = CustomerEvent

    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    kind = EventKind.REGISTERED
    at = NOON
    by_name = "Selma Seller"


class DealFactory(DjangoModelFactory):
    class Meta:
        model = Deal

    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    name = factory.Sequence(lambda n: f"Deal {n}")
    kind = Kind.SEATS
    seats = 100
    size_date = TODAY
    source = Source.FORM
    created_at = NOON
    updated_at = NOON

    class Params:
        azure = factory.Trait(
            kind=Kind.AZURE, seats=None, amount=Decimal("100000.00"), currency="USD", basis="forecast"
        )


class DealEventFactory(DjangoModelFactory):
    class Meta:
        model = DealEvent

    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    deal_id = 1
    deal_name = "M365"
    kind = DealEventKind.ADDED
    at = NOON
    by_name = "Selma Seller"
    source = Source.FORM


class ChoiceFactory(DjangoModelFactory):
    class Meta:
        model = Choice

    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    motion = Motion.BREADTH
    reason = Reason.PRICE
    guided_motion = Motion.ENTERPRISE
    at = NOON
    by_name = "Selma Seller"


class ContractFactory(DjangoModelFactory):
    class Meta:
        model = Contract

    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    ea_end_date = date(2026, 9, 30)
    at = NOON
    by_name = "Selma Seller"


class AlertFactory(DjangoModelFactory):
    class Meta:
        model = Alert

    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    kind = "near"
    key = factory.Sequence(lambda n: f"{n}:seats")
    params = {"measure": "seats", "size": "2399", "before": "100", "limit": "2400", "currency": "USD"}
    made_at = NOON


class BacktestFactory(DjangoModelFactory):
    class Meta:
        model = Backtest

    measure = "seats"
    at = NOON
    histories = 12
    held_out = 30
    trend_error = Decimal("0.0123")
    last_error = Decimal("0.0456")


class MarkFactory(DjangoModelFactory):
    class Meta:
        model = Mark

    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    made_at = NOON


class SetAsideFactory(DjangoModelFactory):
    class Meta:
        model = SetAside

    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    failures = 3
    error = "numeric field overflow"
    last_at = NOON


class FanoutFactory(DjangoModelFactory):
    class Meta:
        model = Fanout

    cause = FanoutCause.POLICY
    made_at = NOON


class ExportFactory(DjangoModelFactory):
    class Meta:
        model = Export

    partner = factory.SubFactory(PartnerFactory)
    kind = "csv"
    at = NOON
    by_name = "Selma Seller"


class ImportBatchFactory(DjangoModelFactory):
    class Meta:
        model = ImportBatch

    partner = factory.SubFactory(PartnerFactory)
    by_name = "Selma Seller"
    at = NOON
    file_name = "portfolio.csv"
    stored_as = "imports/portfolio"
    sha256 = "0" * 64


class ImportRowFactory(DjangoModelFactory):
    class Meta:
        model = ImportRow

    batch = factory.SubFactory(ImportBatchFactory)
    partner = factory.SelfAttribute("batch.partner")
    line = factory.Sequence(lambda n: n + 2)


class ImportMappingFactory(DjangoModelFactory):
    class Meta:
        model = ImportMapping

    partner = factory.SubFactory(PartnerFactory)
    header_hash = "0" * 64
    mapping = {"name": "Firma"}
    used_at = NOON


class ProgrammeFactory(DjangoModelFactory):
    """Open since long, asks for nothing."""

    class Meta:
        model = Programme

    code = factory.Sequence(lambda n: f"PROGRAMME_{n}")
    name_en = "A programme"
    name_de = "Ein Programm"
    direction = "outbound"
    valid_from = date(2020, 1, 1)


class ReferralFactory(DjangoModelFactory):
    """A draft; `submitted` and `team` put it where tests want it."""

    class Meta:
        model = Referral
        skip_postgeneration_save = True

    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    programme = factory.LazyFunction(lambda: Programme.objects.get(code="QRP"))
    direction = "outbound"
    country = factory.SelfAttribute("customer.country")
    segment = factory.SelfAttribute("customer.segment")
    name = factory.Sequence(lambda n: f"Lead {n}")
    value = Decimal("50000.00")
    currency = "EUR"
    close_date = date(2026, 9, 30)
    notes = "Wants to move its servers."
    solutions = ["azure"]
    contact_first_name = "Karla"
    contact_last_name = "Kunde"
    contact_email = "karla@kunde.example"
    created_at = NOON
    updated_at = NOON
    created_by_name = "Selma Seller"

    class Params:
        submitted = factory.Trait(
            state="submitted",
            submitted_at=NOON,
            answer_due_at=NOON + timedelta(days=2),
            expires_at=NOON + timedelta(days=14),
        )

    @factory.post_generation
    def team(self, create: bool, extracted: list[User] | None, **_: object) -> None:
        for user in extracted or []:
            TeamMemberFactory(referral=self, user=user)


class TeamMemberFactory(DjangoModelFactory):
    class Meta:
        model = TeamMember

    referral = factory.SubFactory(ReferralFactory)
    partner = factory.SelfAttribute("referral.partner")
    added_at = NOON
    added_by_name = "Selma Seller"


class ConsentFactory(DjangoModelFactory):
    class Meta:
        model = Consent

    referral = factory.SubFactory(ReferralFactory)
    partner = factory.SelfAttribute("referral.partner")
    kind = "contact"
    given_by = "Karla Kunde"
    sentence = "The customer agrees."
    at = NOON
    by_name = "Selma Seller"


class CommentFactory(DjangoModelFactory):
    class Meta:
        model = Comment

    referral = factory.SubFactory(ReferralFactory)
    partner = factory.SelfAttribute("referral.partner")
    text = "A comment."
    at = NOON
    by_name = "Selma Seller"
    side = "partner"


class CommentFileFactory(DjangoModelFactory):
    class Meta:
        model = CommentFile

    comment = factory.SubFactory(CommentFactory)
    referral = factory.SelfAttribute("comment.referral")
    partner = factory.SelfAttribute("comment.partner")
    file_name = "plan.pdf"
    stored_as = "referrals/plan.pdf"
    media_type = "application/pdf"
    size = 10
    sha256 = "0" * 64


class FavouriteFactory(DjangoModelFactory):
    class Meta:
        model = Favourite

    referral = factory.SubFactory(ReferralFactory)
    partner = factory.SelfAttribute("referral.partner")


class LeadImportFactory(DjangoModelFactory):
    """A checked file of leads."""

    class Meta:
        model = LeadImport

    by = factory.SubFactory(UserFactory)
    partner = factory.SelfAttribute("by.partner")
    by_name = factory.LazyAttribute(lambda batch: str(batch.by))
    at = NOON
    file_name = "leads.csv"
    sha256 = "0" * 64
    header = ["Customer", "Lead"]
    mapping = {"customer": 0, "name": 1}
    submits = True
    state = "checked"


class LeadImportRowFactory(DjangoModelFactory):
    class Meta:
        model = LeadImportRow

    batch = factory.SubFactory(LeadImportFactory)
    partner = factory.SelfAttribute("batch.partner")
    line = 2
    cells = ["Contoso GmbH", "A lead"]
    outcome = "new"


class SnoozeFactory(DjangoModelFactory):
    class Meta:
        model = Snooze

    lead = UUID("22222222-2222-4222-8222-222222222222")
    user = factory.SubFactory(UserFactory, channel_manager=True)
    until = NOON + timedelta(days=1)


class RoutingRuleFactory(DjangoModelFactory):
    """Everything from everywhere goes to a manager."""

    class Meta:
        model = RoutingRule

    manager = factory.SubFactory(UserFactory, channel_manager=True)
    manager_name = factory.LazyAttribute(lambda rule: str(rule.manager))
    starts_at = NOON - timedelta(days=30)
    created_at = NOON - timedelta(days=30)
    by_name = "Alex Winter"


class ReviewLocationFactory(DjangoModelFactory):
    """A location with the people who work there."""

    class Meta:
        model = ReviewLocation
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Location {n}")
    created_at = NOON - timedelta(days=30)
    by_name = "Alex Winter"

    @factory.post_generation
    def people(self, create: bool, extracted: list[User] | None, **_: object) -> None:
        LocationMember.objects.bulk_create(LocationMember(location=self, user=user) for user in extracted or [])


class RegistrationFactory(DjangoModelFactory):
    """A deal that was registered and approved."""

    class Meta:
        model = Registration

    referral = factory.SubFactory(ReferralFactory)
    partner = factory.SelfAttribute("referral.partner")
    state = "approved"
    annual_value = Decimal("30000.00")
    currency = "USD"
    sign_date = TODAY
    start_date = TODAY
    is_pay_as_you_go = False
    has_other_partners = False
    registered_at = NOON
    by_name = "Selma Seller"


class AbsenceFactory(DjangoModelFactory):
    class Meta:
        model = Absence

    user = factory.SubFactory(UserFactory, channel_manager=True)
    user_name = factory.LazyAttribute(lambda absence: str(absence.user))
    substitute = factory.SubFactory(UserFactory, channel_manager=True)
    substitute_name = factory.LazyAttribute(lambda absence: str(absence.substitute))
    first_day = TODAY
    last_day = TODAY


class ReferralEventFactory(DjangoModelFactory):
    class Meta:
        model = ReferralEvent

    referral = factory.SubFactory(ReferralFactory)
    partner = factory.SelfAttribute("referral.partner")
    kind = "submit"
    at = NOON
    by_name = "Selma Seller"
    side = "partner"
    from_state = "draft"
    to_state = "submitted"


class PolicyVersionFactory(DjangoModelFactory):
    """A draft with the usual limits."""

    class Meta:
        model = PolicyVersion

    code = factory.Sequence(lambda n: f"DRAFT_{n}")
    title_en = "A draft"
    title_de = "Ein Entwurf"
    edition = 1
    market = ""
    valid_from = date(2026, 1, 1)
    seat_limit = 2400
    azure_limit = Decimal("1000000.00")
    comparator = "at_least"
    aggregation = "largest"


class PolicyAnnouncementFactory(DjangoModelFactory):
    class Meta:
        model = PolicyAnnouncement

    policy = factory.SubFactory(PolicyVersionFactory)
    date = TODAY
    state = Announcement.ANNOUNCED
    text_en = "Announced"
    text_de = "Angekündigt"


class RateFactory(DjangoModelFactory):
    class Meta:
        model = Rate

    rate_set = factory.SubFactory("tests.factories.RateSetFactory")
    currency = "SEK"
    per_euro = Decimal("11.50")


class RateSetFactory(DjangoModelFactory):
    """One euro buys 1.25 dollars and one Swiss franc; other currencies have no rate."""

    class Meta:
        model = RateSet
        skip_postgeneration_save = True

    date = date(2026, 3, 2)
    source = "ECB"
    loaded_at = NOON

    @factory.post_generation
    def rates(self, create: bool, extracted: dict[str, str] | None, **_: object) -> None:
        if not create:
            return
        for currency, value in (extracted or {"EUR": "1", "USD": "1.25", "CHF": "1"}).items():
            Rate.objects.create(rate_set=self, currency=currency, per_euro=Decimal(value))


class AgreementEventFactory(DjangoModelFactory):
    class Meta:
        model = AgreementEvent

    agreement = factory.LazyAttribute(lambda event: Agreement.objects.get(customer=event.customer))
    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    step = Step.INVITE
    before = State.NOT_STARTED
    after = State.DIRECT_INVITED
    at = NOON
    by_name = "Selma Seller"


class SignatoryFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    first_name = "Sina"
    last_name = "Signer"
    email = "sina@contoso.example"


class AcceptanceFactory(SignatoryFactory):
    class Meta:
        model = Acceptance

    agreement = factory.LazyAttribute(lambda row: Agreement.objects.get(customer=row.customer))
    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    path = Path.ATTESTATION
    accepted_on = date(2024, 5, 6)
    signatory_key = factory.LazyAttribute(
        lambda row: signatory_key(first_name=row.first_name, last_name=row.last_name, email=row.email, phone="")
    )
    at = NOON
    by_name = "Selma Seller"


class LinkFactory(SignatoryFactory):
    """An open link for three weeks from NOON, with the agreement in its state."""

    class Meta:
        model = Link

    agreement = factory.LazyAttribute(lambda row: in_state(row.customer, State.LINK_SENT))
    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    public_id = factory.LazyFunction(uuid4)
    template_id = "117a77b0-9360-443b-8795-c6dedc750cf9"
    template_language = "de-DE"
    document_link = "https://aka.ms/customeragreement"
    company_name = factory.SelfAttribute("customer.name")
    partner_name = factory.SelfAttribute("partner.name")
    country = "DE"
    language = "de"
    reminder_days = [3, 7, 14]
    sent_at = NOON
    sent_by_name = "Selma Seller"
    expires_at = factory.LazyAttribute(lambda row: row.sent_at + timedelta(days=21))
    token_hash = factory.LazyAttribute(lambda row: hash_of(token_of(row.public_id, row.expires_at)))


class MailFactory(SignatoryFactory):
    class Meta:
        model = Mail

    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    kind = MailKind.DIRECT
    company_name = factory.SelfAttribute("customer.name")
    partner_name = factory.SelfAttribute("partner.name")
    language = "de"
    made_at = NOON


class ProviderLinkFactory(DjangoModelFactory):
    class Meta:
        model = ProviderLink

    partner = factory.SubFactory(PartnerFactory, csp_type=CspType.INDIRECT_RESELLER)
    provider = factory.SubFactory(PartnerFactory, csp_type=CspType.INDIRECT_PROVIDER)
    provider_name = factory.SelfAttribute("provider.name")
    valid_from = date(2020, 1, 1)


class ProviderRequestFactory(SignatoryFactory):
    class Meta:
        model = ProviderRequest

    agreement = factory.LazyAttribute(lambda row: Agreement.objects.get(customer=row.customer))
    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    provider_link = factory.SubFactory(ProviderLinkFactory, partner=factory.SelfAttribute("..partner"))
    at = NOON
    by_name = "Selma Seller"


class ProviderTaskFactory(SignatoryFactory):
    class Meta:
        model = ProviderTask

    partner = factory.SubFactory(PartnerFactory, csp_type=CspType.INDIRECT_PROVIDER)
    request_number = factory.Sequence(lambda n: 1_000_000 + n)
    reseller_name = "Reseller GmbH"
    company_name = "Contoso GmbH"
    country = "DE"
    language = "de"
    agreement_state = State.NOT_STARTED
    at = NOON


class DirectAnswerFactory(DjangoModelFactory):
    class Meta:
        model = DirectAnswer

    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    is_signed = True
    at = NOON
    by_name = "Alex Winter"


class AgreementFileFactory(DjangoModelFactory):
    class Meta:
        model = AgreementFile

    agreement = factory.LazyAttribute(lambda row: Agreement.objects.get(customer=row.customer))
    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    kind = FileKind.EVIDENCE
    file_name = "evidence.pdf"
    stored_as = "agreements/evidence.pdf"
    media_type = "application/pdf"
    size = 10
    sha256 = "0" * 64
    at = NOON
    by_name = "Selma Seller"


SETTLED = {
    State.TO_FINALISE: {"path": Path.ENHANCED, "accepted_on": TODAY},
    State.ATTESTED: {"path": Path.ATTESTATION, "accepted_on": date(2024, 5, 6)},
    State.DIRECT_ACCEPTED: {"path": Path.DIRECT},
    State.REACCEPT: {"path": Path.ATTESTATION, "accepted_on": date(2022, 5, 6)},
    State.REVOKED: {"path": Path.ATTESTATION, "accepted_on": date(2024, 5, 6)},
}


def in_state(customer: Customer, state: State, **facts: object) -> Agreement:
    """The customer's agreement, put into a state with what the database asks of it."""
    agreement = Agreement.objects.select_related("customer", "partner").get(customer=customer)
    values = {"state": state, "path": "", "accepted_on": None, **SETTLED.get(state, {}), **facts}
    for name, value in values.items():
        setattr(agreement, name, value)
    agreement.save()
    return agreement


class SubscriptionFactory(DjangoModelFactory[Subscription]):
    """Of a program, to a target that nobody asks; from the beginning of the feed."""

    class Meta:
        model = Subscription

    partner = factory.SelfAttribute("client.partner")
    url = "https://crm.example/hook"
    events = ["guidance.changed", "referral.created", "referral.changed"]
    salt = "5" * 32
    created_at = NOON
    created_by_name = "Cora Chief"
    updated_at = NOON
    xact = 0


class DeliveryFactory(DjangoModelFactory[Delivery]):
    """A message that waits for its first try."""

    class Meta:
        model = Delivery

    partner = factory.SelfAttribute("subscription.partner")
    event_id = factory.LazyFunction(uuid4)
    number = factory.Sequence(lambda number: number + 1_000)  # the subscription goes on from 1
    event = "guidance.changed"
    kind = "guidance.moved"
    subject = "guidance"
    subject_id = factory.LazyFunction(uuid4)
    at = NOON
    made_at = NOON
    since_at = NOON
    next_at = NOON
