"""Every kind of dated rows that the office edits, of every room: one line each. What is edited is seen and taken back."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agreements.forms.rules import TABLES as OF_AGREEMENTS
from customers.forms.rules import TABLES as OF_CUSTOMERS
from partners.forms.dated import DatedTable
from partners.states import PostKind
from portal.forms.data import NewsForm, PostForm, ProgrammeForm


def _posts(code: str, kind: PostKind, title: Promise, lead: Promise, form: type[PostForm] = PostForm) -> DatedTable:
    columns, days = ("title", "shown_from", "shown_to"), ("shown_from", "shown_to")
    return DatedTable(code, title, lead, form, columns, days, {"kind": kind}, ("-shown_from", "-pk"))


_PROGRAMMES = DatedTable(
    "programmes",
    _("Programmes"),
    _("Until when which leads are taken, what they must say, how soon they are answered; holidays."),
    ProgrammeForm,
    ("name", "direction", "valid_from", "valid_to"),
    order=("-valid_from", "code"),
)
_NEWS = _("For readers in the portal, and for those who want the newsletter.")

TABLES: dict[str, DatedTable] = {
    table.code: table
    for table in (
        _PROGRAMMES,
        *OF_CUSTOMERS,
        *OF_AGREEMENTS,
        _posts("news", PostKind.NEWS, _("News"), _NEWS, NewsForm),
        _posts("banners", PostKind.BANNER, _("Banners"), _("One sentence above every page.")),
        _posts("help", PostKind.HELP, _("Help"), _("Texts of the help page.")),
        _posts("glossary", PostKind.TERM, _("Glossary"), _("Terms of the help page and what they mean.")),
    )
}
