"""The list of leads in its tabs, and the same as a file."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from common.htmx import page_or_partial
from common.paging import keyset
from common.sheets import sheet
from partners.access import PersonRequest
from partners.models import User
from referrals.forms import TABS, LeadFilter
from referrals.models import Favourite, Referral
from referrals.models.leads import ReferralQuerySet
from referrals.panels import LOOKS
from referrals.states import HOLDERS, WIRE, Direction, Holder, State

PAGE_SIZE = 50
MOST_ROWS = 5000  # R45
LEAST_LETTERS = 3  # R44


@require_GET
def leads(request: PersonRequest) -> HttpResponse:
    """Leads that one may see, the newest first: tabs, search and filters in the URL."""
    form = LeadFilter(request.GET)
    chosen = form.chosen
    page = keyset(
        found(request.user, chosen).select_related("customer", "partner"),
        by=("created_at", "pk"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PAGE_SIZE,
        is_newest_first=True,
    )
    tab = chosen["tab"] or TABS[0]
    query = urlencode({name: value for name, value in chosen.items() if value and name != "tab"})
    context = {
        "form": form,
        "page": page,
        "rows": [(lead, LOOKS[State(lead.state)]) for lead in page.rows],
        "tab": tab,
        "tabs": [(name, label) for name, label in zip(TABS, tab_labels(), strict=True)],
        "query": query,
        "is_filtered": bool(query),
        "is_too_short": 0 < len(chosen["q"].strip()) < LEAST_LETTERS,
        "shows_partner": not request.user.is_of_partner,
    }
    return page_or_partial(request, "referrals/list.html", "referrals/_list.html", context)


def tab_labels() -> list[str]:
    """The tabs by name, in their order (R43)."""
    return [_("Outbound"), _("Inbound"), _("Favourites")]


def found(user: User, chosen: dict[str, str]) -> ReferralQuerySet:
    """The leads of a tab that fit search and filters, as far as the person may see them."""
    rows = Referral.objects.visible_to(user)
    tab = chosen["tab"] or TABS[0]
    if tab == "favourites":
        rows = rows.filter(pk__in=Favourite.objects.filter(user=user).values("referral"))
    else:
        rows = rows.filter(direction=Direction.INBOUND if tab == "inbound" else Direction.OUTBOUND)
    if len(chosen["q"].strip()) >= LEAST_LETTERS:
        rows = rows.matching(chosen["q"])
    if chosen["state"]:
        rows = rows.filter(state=chosen["state"])
    if chosen["holder"]:
        rows = rows.filter(state__in=[one for one, holder in HOLDERS.items() if holder == Holder(chosen["holder"])])
    return rows.filter(country=chosen["country"]) if chosen["country"] else rows


@require_GET
def leads_file(request: PersonRequest) -> StreamingHttpResponse:
    """The list as CSV, with the same tab, filters and scope, up to 5,000 rows (R45)."""
    rows = found(request.user, LeadFilter(request.GET).chosen).select_related("customer", "partner")
    response = StreamingHttpResponse(sheet(_lines(rows, request.user)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="leads-{localdate():%Y-%m-%d}.csv"'
    return response


def _lines(rows: ReferralQuerySet, by: User) -> Iterator[list[str]]:
    """Read while it is sent; one row more than may be sent says that there are more."""
    yield [
        _("Lead"), _("Own reference"), _("Customer"), _("Partner"), _("State"), "status", "substatus", _("Deal type"),
        _("Value"), _("Currency"), _("Estimated close"), _("Person at the customer"), _("E-mail address"), _("Created"),
    ]  # fmt: skip
    count = 0
    for count, lead in enumerate(rows.order_by("-created_at", "-pk")[: MOST_ROWS + 1], start=1):
        if count <= MOST_ROWS:
            yield _line(lead, by)
    if count > MOST_ROWS:
        text = _("There are more leads than these %(count)d. Narrow the filters, and load the rest as another file.")
        yield [text % {"count": MOST_ROWS}]


def _line(lead: Referral, by: User) -> list[str]:
    contact = lead.contact(by)
    cells: list[Any] = [
        lead.name, lead.external_id, lead.customer.name, lead.partner.name, lead.get_state_display(),
        *WIRE[State(lead.state)], lead.get_deal_type_display(),
        "" if lead.value is None else lead.value, lead.currency, lead.close_date or "",
        contact.name, contact.email, f"{localtime(lead.created_at):%Y-%m-%d %H:%M}",
    ]  # fmt: skip
    return list(map(str, cells))
