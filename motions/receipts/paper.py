"""A receipt on paper: a PDF that says the same whenever it is asked for, byte by byte."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from common.templatetags.figures import day
from motions.ledger import Verdict
from motions.receipts.content import Input, Receipt

_MARGIN = 18
_LABEL = 47  # mm
_LINE = 5.2
_INK, _GREY, _BRAND, _BAD = (36, 36, 36), (97, 97, 97), (15, 108, 189), (188, 47, 50)


class _Sheet(FPDF):
    """An A4 page with the fonts of the house; the foot carries hash and page."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(format="A4")
        self.receipt = receipt
        self.add_font("Inter", "", settings.RECEIPT_FONTS / "regular.ttf")
        self.add_font("Inter", "B", settings.RECEIPT_FONTS / "bold.ttf")
        self.set_margins(_MARGIN, _MARGIN, _MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN + 4)
        title = {"customer": receipt.customer, "at": receipt.given_at}
        self.set_title(_("Receipt: %(customer)s, %(at)s") % title)
        self.set_lang(receipt.language)
        self.set_author("Wegweiser")
        self.set_creation_date(receipt.entry.at)
        self.alias_nb_pages()

    def footer(self) -> None:
        """Fingerprint and page; called by the library at the end of each page."""
        self.set_y(-_MARGIN + 2)
        self.write_as(8, _GREY)
        page = _("Page %(page)s of %(pages)s") % {"page": self.page_no(), "pages": "{nb}"}
        self.cell(0, 4, f"SHA-256 {self.receipt.hash[:12]} · {page}", align="R")

    def write_as(self, size: float, ink: tuple[int, int, int] = _INK, style: str = "") -> None:
        """Size, colour and weight of what follows."""
        self.set_font("Inter", style, size)
        self.set_text_color(*ink)

    def paragraph(self, text: str, *, height: float = _LINE, link: str = "") -> None:
        """Text over the rest of the line and below it."""
        self.multi_cell(0, height, text, align="L", link=link, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def fact(self, label: str, value: str, *, link: str = "") -> None:
        """A term and its value beside it."""
        self.write_as(9, _GREY)
        self.cell(_LABEL, _LINE, label)
        self.write_as(9, _BRAND if link else _INK)
        self.paragraph(value, link=link)

    @contextmanager
    def part(self, title: str) -> Iterator[None]:
        """A part of the receipt under its title."""
        self.ln(3.5)
        self.write_as(11, style="B")
        self.start_section(title)
        self.paragraph(title, height=6)
        yield


def paper_of(receipt: Receipt) -> bytes:
    """The receipt as a PDF with title and language; the same entry read the same way gives the same bytes."""
    sheet = _Sheet(receipt)
    sheet.add_page()
    _head(sheet, receipt)
    _grounds(sheet, receipt)
    if receipt.reasons:
        with sheet.part(_("Why")):
            _reasons(sheet, receipt)
    if receipt.verdict is Verdict.HOLDS:
        with sheet.part(_("The deals behind it")):
            _inputs(sheet, receipt)
    with sheet.part(_("Proof")):
        _proof(sheet, receipt)
    return bytes(sheet.output())


def _head(sheet: _Sheet, receipt: Receipt) -> None:
    sheet.write_as(9, _GREY)
    sheet.paragraph(_("Wegweiser · Receipt of purchasing guidance"))
    sheet.ln(2)
    sheet.write_as(18, style="B")
    sheet.paragraph(receipt.customer, height=8)
    sheet.write_as(13, _BRAND, "B")
    sheet.paragraph(receipt.motion, height=7)
    sheet.write_as(10)
    sheet.paragraph(receipt.headline)
    sheet.write_as(9, _GREY)
    if receipt.is_provisional:
        sheet.paragraph(_("Provisional: a fact is still unknown that could change the answer. See “Why”."))
    sheet.paragraph(_("Guidance is advice. The customer decides."))
    if receipt.verdict is not Verdict.HOLDS:
        sheet.write_as(10, _BAD, "B")
        sheet.paragraph(receipt.verdict_text)


def _grounds(sheet: _Sheet, receipt: Receipt) -> None:
    policy = receipt.entry.policy
    sheet.ln(3)
    sheet.fact(_("Given"), f"{receipt.given_at} ({settings.TIME_ZONE})")
    sheet.fact(_("Answer no."), str(receipt.number))
    edition = _("edition %(number)s of the rules") % {"number": receipt.edition}
    sheet.fact(_("Policy version"), f"{receipt.policy} ({policy.code}), {receipt.valid}, {edition}")
    if policy.source_url:
        sheet.fact(_("Source"), policy.source_url, link=policy.source_url)
    if receipt.verdict is Verdict.HOLDS:
        sheet.fact(_("Exchange rate"), receipt.rates_text)


def _reasons(sheet: _Sheet, receipt: Receipt) -> None:
    words = {True: _("Applies"), False: _("Does not apply"), None: _("Unknown")}
    for rule in receipt.reasons:
        sheet.fact(words[rule.outcome], _marked(rule.text) if rule.decides else rule.text)


def _marked(text: str) -> str:
    return _("%(text)s (decides)") % {"text": text}


def _inputs(sheet: _Sheet, receipt: Receipt) -> None:
    if not receipt.inputs:
        sheet.write_as(9)
        sheet.paragraph(_("There was no open deal."))
    for one in receipt.inputs:
        sheet.fact(_("Deal"), _marked(one.deal) if one.decides else one.deal)
        sheet.fact(_("Size"), _size(one))
        sheet.fact(_("Contract needs"), one.needs)
        sheet.fact(_("Prefers self-service"), one.prefers_self_service)
        sheet.ln(1.5)


def _size(one: Input) -> str:
    size = f"{one.size} ({one.converted})" if one.converted else one.size
    values = {"size": f"{size}, {one.basis}" if one.basis else size, "day": day(one.as_of), "source": one.source}
    return _("%(size)s, as of %(day)s, %(source)s") % values


def _proof(sheet: _Sheet, receipt: Receipt) -> None:
    sheet.write_as(9)
    if receipt.verdict is Verdict.HOLDS:
        sheet.paragraph(receipt.verdict_text)
    sheet.fact("SHA-256", receipt.hash)
    sheet.fact(_("Verify at"), receipt.verify_at, link=receipt.verify_at)
    sheet.write_as(8, _GREY)
    sheet.paragraph(
        _("The same receipt as JSON carries the facts whose SHA-256 this is, so that anybody can compute it.")
    )
