"""Who has not signed, and what to do about it: the list, reminders to many, the picture, and the rules behind it."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_GET, require_POST

from agreements import panels, reports, requests, services
from agreements.forms.overview import OverviewFilter
from agreements.models import Agreement, CutOff, Link, PathRule, ProviderRequest, SigningProgramme
from agreements.policy import Rule
from agreements.scoping import GROUPS, age_in_days, group_of
from agreements.services.providers import OPEN
from agreements.services.reminding import MOST_AT_ONCE
from agreements.states import State
from common.htmx import page_or_partial
from common.paging import keyset
from customers.models import Customer
from customers.scoping import search
from partners.access import PersonRequest
from partners.models import User

PAGE_SIZE = 50


@require_GET
def overview(request: PersonRequest) -> HttpResponse:
    """Agreements that ask for something, the oldest first; filters in the URL, keyset paging."""
    form, at = OverviewFilter(request.GET), now()
    rules = panels.rules_on(localdate())
    rows = _filtered(form.chosen, rules=rules, at=at, by=request.user)
    page = keyset(
        rows,
        by=("since", "pk"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PAGE_SIZE,
    )
    query = urlencode({name: value for name, value in form.chosen.items() if value})
    told = _told(list(page.rows), request)
    context = {
        "form": form,
        "page": page,
        "rows": told,
        "query": query,
        "is_filtered": bool(query),
        "shows_partner": not request.user.is_of_partner,
        "may_write": request.user.is_of_partner,
        "may_remind": request.user.is_of_partner and any(row["link"] for row in told),
    }
    if not request.htmx:
        context["tiles"] = _tiles(request, rules=rules)
        context["progress"] = reports.progress(by=request.user, on=localdate())
    return page_or_partial(request, "agreements/overview.html", "agreements/_overview.html", context)


def _filtered(chosen: dict[str, str], *, rules: list[Rule], at: datetime, by: User) -> QuerySet[Agreement]:
    rows = Agreement.objects.visible_to(by).filter(customer__archived_at__isnull=True)
    rows = rows.filter(group_of(chosen["group"], rules=rules, at=at)).select_related("customer", "partner")
    if chosen["country"]:
        rows = rows.filter(customer__country=chosen["country"])
    if chosen["q"]:
        rows = rows.filter(customer__in=search(Customer.objects.visible_to(by), chosen["q"], by=by))
    return rows


def _told(rows: list[Agreement], request: PersonRequest) -> list[dict[str, Any]]:
    """Each row with its age, its verdict, its open link and whether the provider has it."""
    on = localdate()
    rules = panels.rules_on(on)
    links = Link.objects.visible_to(request.user).filter(agreement__in=rows, ended_at__isnull=True)
    open_links = {link.agreement_id: link for link in links}
    asked = set(
        ProviderRequest.objects.visible_to(request.user)
        .filter(agreement__in=rows, state__in=OPEN)
        .values_list("agreement_id", flat=True)
    )
    return [
        {
            "agreement": row,
            "kind": panels.KINDS[State(row.state)],
            "banner": panels.banner_of(row, rules, on=on),
            "age": age_in_days(row.since, on=on),
            "link": open_links.get(row.pk),
            "is_waiting": row.pk in asked,
        }
        for row in rows
    ]


def _tiles(request: PersonRequest, *, rules: list[Any]) -> list[dict[str, Any]]:
    """How many there are of each group, in one query."""
    counts = reports.counts(by=request.user, rules=rules, at=now())
    return [{"group": name, "label": label, "count": counts[name]} for name, label in GROUPS.items()]


@require_POST
def remind(request: PersonRequest) -> HttpResponse:
    """Remind the signatories of the chosen rows; an answer for each of them."""
    results = services.remind_now(by=request.user, at=now(), agreements=_chosen(request.POST.getlist("agreement")))
    requests.post_soon()
    context = {"results": results, "most": MOST_AT_ONCE, "back": request.POST.get("query", "")[:500]}
    return page_or_partial(request, "agreements/reminded.html", "agreements/_reminded.html", context)


def _chosen(values: list[str]) -> list[UUID]:
    """The ids among what was sent; anything else is left out."""
    found = []
    for value in values[: 2 * MOST_AT_ONCE]:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


@require_GET
def rules(request: PersonRequest) -> HttpResponse:
    """The dated rows that all this rests on."""
    context = {
        "cut_offs": list(CutOff.objects.all()),
        "paths": list(PathRule.objects.all()),
        "text_languages": reports.languages(),
        "programmes": list(SigningProgramme.objects.all()),
        "today": localdate(),
    }
    return render(request, "agreements/rules.html", context)
