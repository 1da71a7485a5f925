"""The customer list: searched, filtered, kept under a name, taken away as a file, tagged."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from agreements import panels as agreement_panels
from common.htmx import page_or_partial
from common.paging import keyset
from common.refusals import Refused
from common.sheets import sheet, workbook
from customers import services
from customers.forms.views import SaveViewForm
from customers.models import Customer, CustomerQuerySet, SavedView
from customers.scoping import search
from motions.scoping import near_limit, share_of_limit, with_freshness
from motions.sql.freshness import InForce, in_force
from partners.access import PersonRequest
from partners.models import User
from portal.columns import tags_of
from portal.forms.lists import CustomerFilter, TagForm
from referrals.views.lists import LIST as LEADS

PAGE_SIZE = 50
CHUNK = 1000
LIST = "customers"
# where the list is of which views are kept
PLACES = {LIST: "customers", LEADS: "referrals:list"}
KINDS = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@require_GET
def customers(request: PersonRequest) -> HttpResponse:
    """The customer list: search, filters in the URL, keyset paging."""
    return _list(request, request.GET)


def _list(
    request: PersonRequest,
    query: QueryDict,
    *,
    status: int = 200,
    saving: SaveViewForm | None = None,
    tagging: TagForm | None = None,
) -> HttpResponse:
    current = in_force(localdate())
    form = CustomerFilter(query, user=request.user)
    page = keyset(
        _rows(form, current, by=request.user),
        by=("sort_name", "pk"),
        after=query.get("after", ""),
        before=query.get("before", ""),
        size=PAGE_SIZE,
    )
    _complete(page.rows, form, current, by=request.user)
    kept = {"query": form.query}
    context = {
        "form": form,
        "page": page,
        "columns": form.shown,
        "query": form.query,
        "is_filtered": form.is_narrowed,
        "may_write": request.user.is_of_partner,
        "saved_views": SavedView.objects.visible_to(request.user).as_shown(LIST, by=request.user, query=form.query),
        "saving": saving or SaveViewForm(initial=kept, prefix="view"),
        "tagging": tagging or TagForm(initial=kept, prefix="many"),
    }
    return page_or_partial(request, "portal/customers.html", "portal/_customers.html", context, status=status)


def _rows(form: CustomerFilter, current: InForce, *, by: User) -> CustomerQuerySet:
    """The customers that somebody may see and the filter lets through, with their standing, and their tags if shown."""
    seen = Customer.objects.visible_to(by)
    seen = seen.filter(archived_at__isnull=False) if form.chosen["state"] == "archived" else seen.current()
    rows = _filtered(with_freshness(seen.select_related("partner"), current), form.chosen, current, by=by)
    return rows.prefetch_related("tags") if any(column.name == "tags" for column in form.shown) else rows


def _filtered(rows: CustomerQuerySet, chosen: dict[str, str], current: InForce, *, by: User) -> CustomerQuerySet:
    if words := chosen["q"]:
        rows = search(rows, words, by=by)
    for name, path in (("motion", "standing__motion"), ("country", "country"), ("segment", "segment")):
        if chosen[name]:
            rows = rows.filter(**{path: chosen[name]})
    if tag := chosen.get("tag"):
        rows = rows.tagged(tag)
    if chosen["state"] == "near":
        rows = rows.filter(near_limit(current))
    if chosen["state"] == "stale":
        rows = rows.filter(Q(is_fresh=False))
    return rows


def _complete(rows: Sequence[Any], form: CustomerFilter, current: InForce, *, by: User) -> Sequence[Any]:
    """Each row with its share of the limit, its tags in order, and whether the customer may order, as far as shown."""
    if any(column.name == "ordering" for column in form.shown):
        agreement_panels.add_banners(rows, by=by, on=localdate())
    for row in rows:
        vars(row)["share_of_limit"] = share_of_limit(row.standing, current.policy_of(row.country))
        if "tags" in getattr(row, "_prefetched_objects_cache", {}):
            vars(row)["tag_names"] = tags_of(row)
    return rows


@require_GET
def customer_file(request: PersonRequest, kind: str) -> StreamingHttpResponse:
    """The list as a file, with the filters and columns of the address."""
    form = CustomerFilter(request.GET, user=request.user)
    lines = _lines(form, by=request.user)
    body = workbook(lines, title=_("Customers")) if kind == "xlsx" else sheet(lines)
    response = StreamingHttpResponse(body, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="customers.{kind}"'
    return response


def _lines(form: CustomerFilter, *, by: User) -> Iterator[list[str]]:
    """A heading and a line for each customer, read in chunks."""
    current, columns = in_force(localdate()), form.shown
    yield [_("Customer"), *(str(column.label) for column in columns), "ID"]
    rows = _rows(form, current, by=by).order_by("sort_name", "pk")
    found = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        for row in _complete(chunk, form, current, by=by):
            yield [row.name, *(column.text(row) for column in columns), str(row.public_id)]


@require_POST
def tag_customers(request: PersonRequest) -> HttpResponse:
    """Put a word on the selected customers, or take it off."""
    form = TagForm(request.POST, prefix="many")
    query = QueryDict(request.POST.get("many-query", ""))
    if not form.is_valid():
        return _list(request, query, status=422, tagging=form)
    try:
        chosen = _selected(request)
        count = services.tag_many(
            chosen, by=request.user, at=now(), name=form.cleaned_data["tag"], is_removal="remove" in request.POST
        )
    except Refused as refusal:
        form.add_error("tag", str(refusal.sentence))
        return _list(request, query, status=refusal.status, tagging=form)
    told = ngettext("%(count)s customer has been changed.", "%(count)s customers have been changed.", count)
    messages.success(request, told % {"count": count})
    return redirect(f"{reverse('customers')}?{query.urlencode()}")


def _selected(request: PersonRequest) -> list[int]:
    """The selected customers as far as the person may see them."""
    ids = []
    for value in request.POST.getlist("customer"):
        try:
            ids.append(UUID(value))
        except ValueError:
            continue
    found = list(Customer.objects.visible_to(request.user).filter(public_id__in=ids).values_list("pk", flat=True))
    if not found:
        raise Refused(_("Please select customers in the list first."))
    return found


@require_POST
def save_view(request: PersonRequest) -> HttpResponse:
    """Keep the list as it stands under a name."""
    form = SaveViewForm(request.POST, prefix="view")
    query = QueryDict(request.POST.get("view-query", ""))
    # what is kept is what the filter understands, and nothing else that stood in the address
    kept = CustomerFilter(query, user=request.user).query
    if not form.is_valid():
        return _list(request, query, status=422, saving=form)
    try:
        view = services.save_view(
            by=request.user,
            at=now(),
            list_name=LIST,
            name=" ".join(form.cleaned_data["name"].split()),
            query=kept,
            is_shared=form.cleaned_data["is_shared"],
        )
    except Refused as refusal:
        form.add_error("name", str(refusal.sentence))
        return _list(request, query, status=refusal.status, saving=form)
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return redirect(f"{reverse('customers')}?{view.query}")


@require_POST
def remove_view(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Remove a view that one has saved."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user), public_id=public_id)
    place = PLACES[view.list_name]
    services.remove_view(view, by=request.user)
    return redirect(place)
