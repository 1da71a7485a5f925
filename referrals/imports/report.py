"""A file of leads as it is told: each row with what became of it and why, on the page and as the result file (R45)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.sheets import sheet
from motions.imports.wording import sentence as sentence_of_file
from referrals.imports.columns import CONTACT
from referrals.imports.jobs import cells_of
from referrals.models import LeadImport, LeadImportRow
from referrals.states import LeadRowOutcome, State

LOOKS = {
    "": "wait",
    LeadRowOutcome.NEW: "good",
    LeadRowOutcome.KNOWN: "off",
    LeadRowOutcome.REFUSED: "bad",
    LeadRowOutcome.UNDONE: "off",
    LeadRowOutcome.KEPT: "warn",
}


@dataclass(frozen=True)
class Line:
    """One row ready to be shown: (column, code, sentence) for each thing that is wrong."""

    row: LeadImportRow
    look: str
    customer: str
    name: str
    reasons: list[tuple[str, str, str]]


def told(row: LeadImportRow, batch: LeadImport) -> Line:
    """A row in the reader's language."""
    cells = cells_of(row, batch)
    customer = cells.get("customer") or cells.get("customer_key", "")
    reasons = [_reason(batch, *problem) for problem in row.problems]
    return Line(row, LOOKS[row.outcome], customer, cells.get("name", ""), reasons)


def _reason(batch: LeadImport, field: str, code: str, params: dict[str, Any]) -> tuple[str, str, str]:
    number = batch.mapping.get(field)
    column = batch.header[number] if number is not None else field if field in batch.header else ""
    return column, code, sentence(code, params)


def sentence(code: str, params: dict[str, Any]) -> str:
    """What is wrong, and the cure."""
    if code == "said":
        return str(params.get(get_language() or "", next(iter(params.values()))))
    own = _of_cells()
    return own[code] % params if code in own else sentence_of_file(code, params)


def _of_cells() -> dict[str, str]:
    return {**_of_texts(), **_of_places()}


def _of_texts() -> dict[str, str]:
    return {
        "too_long": _("This is too long; at most %(most)s characters fit."),
        "email_unfit": _("“%(value)s” is no e-mail address."),
        "choice_unknown": _("“%(value)s” is not known here. Possible are: %(known)s."),
        "too_many_solutions": _("These are %(found)s solutions; a lead has at most %(most)s."),
        "date_unfit": _("“%(value)s” is no date. Please write 2027-01-30, 30.01.2027 or 1/30/2027."),
        "flag_unfit": _("Please write yes or no."),
        "value_unfit": _("“%(value)s” is no amount, or can mean two. Please write it with two decimals: 1234.50."),
        "value_out_of_range": _("“%(value)s” is out of range; amounts go from 0 to %(most)s."),
        "currency_unknown": _("“%(value)s” is no currency in use. Please give its three letters, such as EUR."),
        "currency_missing": _("Please give the currency of the value, such as EUR."),
    }


def _of_places() -> dict[str, str]:
    return {
        "consent_refused": _("The customer has not agreed, so this lead is not taken. Ask the customer first."),
        "customer_missing": _("Please name the customer."),
        "customer_unknown": _("“%(value)s” is none of your customers. Please register or import the customer first."),
        "customer_ambiguous": _(
            "“%(value)s” are several of your customers. Please give the registration number or the domain."
        ),
        "programme_missing": _("Please name the programme. Possible are: %(known)s."),
        "programme_unknown": _("“%(value)s” is no programme for leads. Possible are: %(known)s."),
    }


def lines(batch: LeadImport) -> Iterator[bytes]:
    """The result file: all columns again, with the outcome and everything that is wrong at the end of each row (R45)."""
    return sheet(_lines(batch))


def _lines(batch: LeadImport) -> Iterator[list[str]]:
    yield [*batch.header, _("Line"), _("Outcome"), _("Code"), _("Reason"), _("Lead")]
    width = len(batch.header)
    hidden = {number for name, number in batch.mapping.items() if name in CONTACT}
    found = LeadImportRow.objects.filter(batch=batch).select_related("referral").order_by("line", "pk")
    for row in found.iterator(chunk_size=200):
        line = told(row, batch)
        # of an expired lead nobody sees the person at the customer (R22)
        is_expired = row.referral is not None and row.referral.state == State.EXPIRED
        cells = ["" if is_expired and number in hidden else cell for number, cell in enumerate(row.cells)]
        reasons = "; ".join(f"{column}: {text}" if column else text for column, _code, text in line.reasons)
        codes = "; ".join(code for _column, code, _text in line.reasons)
        link = str(row.referral.public_id) if row.referral else ""
        own = [*cells[:width], *[""] * (width - len(cells))]
        yield [*own, str(row.line), str(row.get_outcome_display()), codes, reasons, link, *cells[width:]]
