"""The list of leads in its tabs, and the same as a file."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate, localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.htmx import page_or_partial
from common.paging import keyset
from common.refusals import Refused
from common.sheets import sheet
from common.templatetags.figures import number
from customers.forms.views import SaveViewForm
from customers.models import SavedView
from customers.services import save_view as keep_view
from partners.access import PersonRequest
from partners.models import User
from referrals.forms import TABS, LeadFilter
from referrals.models import Favourite, Referral
from referrals.models.leads import ReferralQuerySet
from referrals.panels import LOOKS, texts
from referrals.scoping import meant
from referrals.states import HOLDERS, WIRE, Direction, Holder, State

PAGE_SIZE = 50
MOST_ROWS = 5000  # R45
LEAST_LETTERS = 3  # R44
MOST_COUNTED = 1000
LIST = "leads"


@require_GET
def leads(request: PersonRequest) -> HttpResponse:
    """Leads that one may see, the newest first: tabs, search, filters and columns in the URL."""
    return _list(request, request.GET)


def _list(
    request: PersonRequest, query: QueryDict, *, status: int = 200, saving: SaveViewForm | None = None
) -> HttpResponse:
    form, by = LeadFilter(query, user=request.user), request.user
    means = _means(form.chosen, by)
    page = keyset(
        found(by, form.chosen, means).select_related("customer", "partner"),
        by=("created_at", "pk"),
        after=query.get("after", ""),
        before=query.get("before", ""),
        size=PAGE_SIZE,
        is_newest_first=True,
    )
    columns = form.shown
    context = {
        "form": form,
        "page": page,
        "columns": columns,
        "rows": [(lead, LOOKS[State(lead.state)], texts(lead, columns)) for lead in page.rows],
        "tab": form.shown_tab,
        "tabs": _tabs(form, by, means),
        "query": form.query,
        "is_filtered": form.is_narrowed,
        "is_too_short": 0 < len(form.chosen["q"].strip()) < LEAST_LETTERS,
        "shows_partner": not by.is_of_partner,
        "saved_views": SavedView.objects.visible_to(by).as_shown(LIST, by=by, query=form.query),
        "saving": saving or SaveViewForm(initial={"query": form.query}, prefix="view"),
    }
    return page_or_partial(request, "referrals/list.html", "referrals/_list.html", context, status=status)


def _tabs(form: LeadFilter, by: User, means: Q | None) -> list[dict[str, Any]]:
    """Each tab with its address and how many leads it has, counted up to a thousand (R44)."""
    chosen = form.chosen
    shown = []
    for name, label in zip(TABS, tab_labels(), strict=True):
        count = found(by, {**chosen, "tab": name}, means).values("pk")[: MOST_COUNTED + 1].count()
        query = QueryDict(form.query, mutable=True)
        query["tab"] = name
        shown.append({"name": name, "label": label, "query": query.urlencode(), "count": _bounded(count)})
    return shown


def _bounded(count: int) -> str:
    return f"{number(MOST_COUNTED)}+" if count > MOST_COUNTED else number(count)


@require_POST
def save_view(request: PersonRequest) -> HttpResponse:
    """Keep the list as it stands under a name."""
    form = SaveViewForm(request.POST, prefix="view")
    query = QueryDict(request.POST.get("view-query", ""))
    # what is kept is what the filter understands, and nothing else that stood in the address
    kept = LeadFilter(query, user=request.user).query
    if not form.is_valid():
        return _list(request, query, status=422, saving=form)
    name, is_shared = " ".join(form.cleaned_data["name"].split()), form.cleaned_data["is_shared"]
    try:
        view = keep_view(by=request.user, at=now(), list_name=LIST, name=name, query=kept, is_shared=is_shared)
    except Refused as refusal:
        form.add_error("name", str(refusal.sentence))
        return _list(request, query, status=refusal.status, saving=form)
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return redirect(f"{reverse('referrals:list')}?{view.query}")


def tab_labels() -> list[str]:
    """The tabs by name, in their order (R43)."""
    return [_("Outbound"), _("Inbound"), _("Favourites")]


def _means(chosen: dict[str, str], by: User) -> Q | None:
    """What the words of the search mean; None for too few letters."""
    return meant(chosen["q"], by=by) if len(chosen["q"].strip()) >= LEAST_LETTERS else None


def found(user: User, chosen: dict[str, str], means: Q | None) -> ReferralQuerySet:
    """The leads of a tab that fit search and filters, as far as the person may see them."""
    rows = Referral.objects.visible_to(user)
    tab = chosen["tab"] or TABS[0]
    if tab == "favourites":
        rows = rows.filter(pk__in=Favourite.objects.filter(user=user).values("referral"))
    else:
        rows = rows.filter(direction=Direction.INBOUND if tab == "inbound" else Direction.OUTBOUND)
    if means is not None:
        rows = rows.filter(means)
    if chosen["state"]:
        rows = rows.filter(state=chosen["state"])
    if chosen["holder"]:
        rows = rows.filter(state__in=[one for one, holder in HOLDERS.items() if holder == Holder(chosen["holder"])])
    return rows.filter(country=chosen["country"]) if chosen["country"] else rows


@require_GET
def leads_file(request: PersonRequest) -> StreamingHttpResponse:
    """The list as CSV, with the same tab, filters and scope, up to 5,000 rows (R45)."""
    by, chosen = request.user, LeadFilter(request.GET, user=request.user).chosen
    rows = found(by, chosen, _means(chosen, by)).select_related("customer", "partner")
    response = StreamingHttpResponse(sheet(_lines(rows, by)), content_type="text/csv; charset=utf-8")
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
