"""The audit as somebody reads it: who changed what, before and after, in words."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.templatetags.figures import moment
from customers.models import Customer
from partners.models import Action, AuditEntry, Sighting, User
from portal.names import NAMES

# what each audited table holds one of; a test asks for a name of every one
SUBJECTS: dict[str, Promise] = {
    "partners_partner": _("partner"),
    "partners_user": _("person"),
    "partners_channelscope": _("channel scope"),
    "partners_apiclient": _("API client"),
    "partners_pause": _("pause of an intake"),
    "partners_invitation": _("invitation"),
    "partners_location": _("location"),
    "partners_post": _("news, banner, help or term"),
    "partners_viewing": _("look at what another sees"),
    "partners_subscription": _("webhook"),
    "customers_customer": _("customer"),
    "customers_contact": _("contact"),
    "customers_tag": _("tag"),
    "customers_relation": _("reseller relationship"),
    "customers_conflictcase": _("conflict"),
    "customers_conflictside": _("side of a conflict"),
    "customers_conflictdecision": _("decision about a conflict"),
    "customers_merge": _("merge of customers"),
    "customers_countryrule": _("rule of a country"),
    "agreements_agreement": _("agreement"),
    "agreements_acceptance": _("acceptance of an agreement"),
    "agreements_link": _("link for signing"),
    "agreements_providerlink": _("indirect provider of a reseller"),
    "agreements_providerrequest": _("request to the provider"),
    "agreements_providertask": _("task of the provider"),
    "agreements_directanswer": _("answer about a direct acceptance"),
    "agreements_agreementfile": _("file of an agreement"),
    "agreements_cutoff": _("cut-off"),
    "agreements_pathrule": _("way to accept"),
    "agreements_templateversion": _("text of the agreement"),
    "agreements_templatelanguage": _("language of the agreement"),
    "agreements_signingprogramme": _("signing programme"),
    "motions_deal": _("deal"),
    "motions_choice": _("choice of the customer"),
    "motions_contract": _("end of an Enterprise Agreement"),
    "motions_importbatch": _("import"),
    "motions_policyversion": _("policy version"),
    "motions_policyannouncement": _("announcement"),
    "motions_preview": _("preview of a version"),
    "motions_rateset": _("exchange rates of a day"),
    "motions_heldrates": _("exchange rates held for confirmation"),
    "motions_fanout": _("roll-out"),
    "referrals_referral": _("lead"),
    "referrals_teammember": _("member of a lead's team"),
    "referrals_consent": _("consent to a lead"),
    "referrals_comment": _("comment on a lead"),
    "referrals_commentfile": _("file of a comment"),
    "referrals_leadimport": _("import of leads"),
    "referrals_programme": _("programme"),
    "referrals_routingrule": _("routing rule"),
    "referrals_absence": _("absence"),
    "referrals_reviewlocation": _("location of the channel side"),
    "referrals_locationmember": _("channel manager at a location"),
    "referrals_registration": _("deal registration"),
}
# who it was where no person was signed in
SIDES: dict[str, Promise] = {
    "worker": _("Background job"),
    "signer": _("Signatory with a link"),
    "visitor": _("Nobody signed in"),
    "partner": _("Import or program of the partner"),
    "office": _("Command of the office"),
    "none": _("Maintenance of the database"),
}
# of a row that comes or goes, these stand beside its fields already
BESIDE = frozenset({"id", "public_id", "partner_id", "customer_id"})


@dataclass(frozen=True)
class Line:
    """One field, before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Row:
    """One entry in words."""

    entry: AuditEntry
    subject: str
    who: str
    customer: Customer | None
    lines: list[Line]


def told(entries: Sequence[AuditEntry]) -> list[Row]:
    """Entries in the reader's language; people and customers are looked up once for all of them."""
    people = User.objects.in_bulk({entry.actor for entry in entries if entry.actor})
    customers = Customer.objects.in_bulk({entry.of_customer for entry in entries if entry.of_customer})
    return [
        Row(
            entry=entry,
            subject=subject_name(entry.subject),
            who=who(entry, people),
            customer=customers.get(entry.of_customer or 0),
            lines=list(lines(entry)),
        )
        for entry in entries
    ]


def told_sightings(rows: Sequence[Sighting]) -> list[tuple[datetime, str, str]]:
    """(hour, person, customer) of each; people and customers are looked up once for all of them."""
    people = User.objects.in_bulk({row.user_id for row in rows}) if rows else {}
    customers = Customer.objects.in_bulk({row.of_customer for row in rows}) if rows else {}
    return [
        (row.hour_at, str(people.get(row.user_id, row.user_id)), str(customers.get(row.of_customer, row.of_customer)))
        for row in rows
    ]


def subject_name(subject: str) -> str:
    """What the entry is about; a table without a name goes by its own."""
    return str(SUBJECTS.get(subject, subject))


def who(entry: AuditEntry, people: dict[int, User]) -> str:
    """The person's name, or by which way the change came."""
    if entry.actor:
        person = people.get(entry.actor)
        return str(person) if person else gettext("Person %(id)s") % {"id": entry.actor}
    return str(SIDES.get(entry.side, entry.side))


def lines(entry: AuditEntry) -> Iterable[Line]:
    """Each field of an entry with its name and its values."""
    fields = _fields(entry.subject)
    for column, (before, after) in sorted({**(entry.changes or {}), **(entry.personal or {})}.items()):
        if column in BESIDE and entry.action != Action.CHANGED:
            continue
        field = fields.get(column)
        yield Line(_label(column, field), _value(before, field), _value(after, field))


@lru_cache(maxsize=128)
def _fields(subject: str) -> dict[str, models.Field[Any, Any]]:
    described = (model._meta for model in apps.get_models())
    return next(
        ({str(field.column): field for field in one.concrete_fields} for one in described if one.db_table == subject),
        {},
    )


def _label(column: str, field: models.Field[Any, Any] | None) -> str:
    """The field's own name where it has one in both languages, else what the audit calls the column."""
    named = getattr(field, "_verbose_name", None)
    return str(named if isinstance(named, Promise) else NAMES.get(column, column))


def _value(value: Any, field: models.Field[Any, Any] | None) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return ", ".join(_value(one, getattr(field, "base_field", None)) for one in value) or "–"
    if isinstance(field, models.DateTimeField) and (at := parse_datetime(str(value))):
        return moment(at)
    choices = dict(getattr(field, "flatchoices", None) or [])
    return str(choices.get(value, value))
