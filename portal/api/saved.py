"""Saved views in the API: filters of the lists of several rooms, kept under a name."""

from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from common.lists import ListForm
from common.refusals import Refused
from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, etag_of, operation
from common.rest.inputs import Paged, Shape, Text, YesNo
from common.rest.problems import Problem
from customers import services
from customers.models import LONGEST_QUERY, SavedView
from partners.access import ApiView
from partners.models import User
from portal.forms.lists import CustomerFilter
from referrals.forms import LeadFilter

# which filters a list has, and where its page is
LISTS: dict[str, tuple[Any, str]] = {
    "customers": (CustomerFilter, "customers"),
    "leads": (LeadFilter, "referrals:list"),
}


class ViewOut(serializers.Serializer):  # type: ignore[misc]
    """Filters and columns of a list under a name; one's own, or one that a colleague shares."""

    id = serializers.UUIDField()
    list = serializers.ChoiceField(choices=list(LISTS))
    name = serializers.CharField()
    query = serializers.CharField(allow_blank=True, help_text="As it stands in the address of the page.")
    is_shared = serializers.BooleanField(help_text="Whether the whole partner sees it.")
    is_own = serializers.BooleanField()
    by = serializers.CharField()
    page = serializers.CharField(help_text="Where people look at it.")
    at = serializers.DateTimeField()


class ViewFacts(Shape):
    """What to keep."""

    name = Text(max_length=60)
    query = Text(max_length=LONGEST_QUERY, allow_blank=True)
    is_shared = YesNo(required=False)


class ViewBody(ViewFacts):
    """What to keep, and of which list."""

    list = serializers.ChoiceField(choices=list(LISTS))


class ViewPatch(ViewFacts):
    """What to change; what is left out stays."""

    name = Text(max_length=60, required=False)
    query = Text(max_length=LONGEST_QUERY, allow_blank=True, required=False)


class ViewFilter(Paged):
    """Of which list."""

    list = serializers.ChoiceField(choices=list(LISTS), required=False)


_COLUMNS = ("public_id", "list_name", "name", "query", "is_shared", "owner_id", "owner__name", "created_at")


def _shown(row: tuple[Any, ...], by: User) -> dict[str, Any]:
    public_id, list_name, name, query, is_shared, owner_id, owner, at = row
    page = f"{reverse(LISTS[list_name][1])}?{query}"
    about = {"is_shared": is_shared, "is_own": owner_id == by.pk, "by": owner, "page": page, "at": at}
    return {"id": public_id, "list": list_name, "name": name, "query": query, **about}


def _view(request: Request, public_id: UUID) -> SavedView:
    rows = SavedView.objects.visible_to(request.user).select_related("owner")
    found: SavedView = get_object_or_404(rows, public_id=public_id)
    return found


def _whole(view: SavedView, by: User) -> dict[str, Any]:
    return _shown(
        (view.public_id, view.list_name, view.name, view.query, view.is_shared, view.owner_id, view.owner.name,
         view.created_at), by,
    )  # fmt: skip


def _kept(list_name: str, query: str, by: User) -> str:
    """The filters as they are kept; a problem for one that the list does not have, or that does not fit."""
    typed = QueryDict(query)
    form: ListForm = LISTS[list_name][0](typed, user=by)
    for name in sorted(set(typed) - set(form.fields)):
        raise _misfit("unknown", _("There is no filter “%(name)s” here.") % {"name": name[:100]})
    if not form.is_valid():
        name, found = next(iter(form.errors.items()))
        raise _misfit("unfit", f"{name}: {found[0]}")
    return form.query


def _misfit(code: str, sentence: str) -> Problem:
    return Problem("invalid", errors=[{"field": "query", "code": code, "detail": sentence}])


class SavedViews(ApiView):
    """All saved views."""

    @operation("List saved views", scope="views.read", query=ViewFilter, answer=ViewOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """One's own, and what colleagues share."""
        rows = SavedView.objects.visible_to(request.user)
        rows = rows.filter(list_name=asked.query["list"]) if "list" in asked.query else rows
        page = cut("views", rows, _COLUMNS, asked=asked.query)
        items = [_shown(row[1:], request.user) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})

    @operation("Save a view", scope="views.write", body=ViewBody, answer=ViewOut, status=201, is_once=True)
    def post(self, request: Request, asked: Asked) -> Answer:
        """409 when the program has a view of this name already."""
        said, by = dict(asked.body), request.user
        list_name, query = said["list"], _kept(said["list"], said["query"], by)
        name = " ".join(said["name"].split())
        if SavedView.objects.visible_to(by).filter(owner=by, list_name=list_name, name=name).exists():
            raise Refused(_("There is a view of this name already."))
        shared = said.get("is_shared", False)
        view = services.save_view(by=by, at=now(), list_name=list_name, name=name, query=query, is_shared=shared)
        return Answer(_whole(view, by), headers={"Location": reverse("api:saved_view", args=[view.public_id])})


class SavedViewDetail(ApiView):
    """One saved view."""

    @operation("Read a saved view", scope="views.read", answer=ViewOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Its filters."""
        return Answer(_whole(_view(request, public_id), request.user))

    @operation("Change a saved view", scope="views.write", body=ViewPatch, answer=ViewOut, must_match=True)
    def patch(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """One's own alone."""
        view = self._seen(request, asked, public_id)
        said = {"name": view.name, "query": view.query, "is_shared": view.is_shared, **asked.body}
        said["name"] = " ".join(said["name"].split())
        said["query"] = _kept(view.list_name, said["query"], request.user)
        services.change_view(view, by=request.user, **said)
        return Answer(_whole(_view(request, public_id), request.user))

    @operation("Remove a saved view", scope="views.write", answer=None, status=204, must_match=True)
    def delete(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """One's own alone."""
        services.remove_view(self._seen(request, asked, public_id), by=request.user)
        return Answer()

    def _seen(self, request: Request, asked: Asked, public_id: UUID) -> SavedView:
        """The view, if it is still as the caller saw it."""
        view = _view(request, public_id)
        asked.must_match(etag_of(_whole(view, request.user)), lambda: _whole(view, request.user))
        return view
