"""Keep what was typed but not yet registered, and views of lists under a name."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Refused, Unfit
from customers.models import LONGEST_QUERY, Draft, SavedView
from customers.services.recording import partner_of
from partners.models import User

MOST_DRAFTS = 30
LONGEST_VALUE = 500
CHOSEN_FOR_ONE = frozenset({"country", "segment"})  # they stand in the form from the start


@transaction.atomic
def keep_draft(*, by: User, at: datetime, typed: Mapping[str, str], public_id: UUID | None = None) -> Draft | None:
    """Keep a registration as far as it was typed; the oldest makes room. Nothing typed keeps nothing (None)."""
    partner = partner_of(by)
    # a NUL has no place in a document of the database, and none in a name
    values = {name: value[:LONGEST_VALUE].replace("\x00", "") for name, value in typed.items() if value.strip()}
    own = Draft.objects.visible_to(by)
    public_id = public_id or uuid4()
    found = own.select_for_update().filter(public_id=public_id).first()
    if found and found.is_done:
        return None
    if not values.keys() - CHOSEN_FOR_ONE:
        own.filter(public_id=public_id).delete()
        return None
    draft, _is_new = own.update_or_create(
        partner=partner, owner=by, public_id=public_id, defaults={"typed": values, "updated_at": at}
    )
    surplus = own.order_by("-updated_at", "-pk").values_list("pk", flat=True)[MOST_DRAFTS:]
    own.filter(pk__in=list(surplus)).delete()
    return draft


@transaction.atomic
def finish_draft(*, by: User, at: datetime, public_id: UUID) -> None:
    """Close a draft of which a customer has been made; whatever of it arrives later is no draft any more."""
    Draft.objects.visible_to(by).update_or_create(
        partner=partner_of(by),
        owner=by,
        public_id=public_id,
        defaults={"typed": {}, "is_done": True, "updated_at": at},
    )


@transaction.atomic
def discard_draft(*, by: User, public_id: UUID) -> bool:
    """Throw a draft away; False when it is gone already."""
    return bool(Draft.objects.visible_to(by).filter(public_id=public_id).delete()[0])


@transaction.atomic
def save_view(*, by: User, at: datetime, list_name: str, name: str, query: str, is_shared: bool = False) -> SavedView:
    """Keep the address of a list under a name; the person's own view of that name is replaced."""
    partner = partner_of(by)
    if len(query) > LONGEST_QUERY:
        raise Unfit(_("There are too many filters to be kept."), field="name")
    view, _is_new = SavedView.objects.visible_to(by).update_or_create(
        partner=partner,
        owner=by,
        list_name=list_name,
        name=name,
        defaults={"query": query, "is_shared": is_shared, "created_at": at},
    )
    return view


@transaction.atomic
def change_view(view: SavedView, *, by: User, name: str, query: str, is_shared: bool) -> SavedView:
    """Another name, other filters; only who made it may, and no two views of a person have one name."""
    view = _own_view(view, by)
    own = SavedView.objects.visible_to(by).filter(owner=by, list_name=view.list_name, name=name)
    if own.exclude(pk=view.pk).exists():
        raise Refused(_("There is a view of this name already."))
    if len(query) > LONGEST_QUERY:
        raise Unfit(_("There are too many filters to be kept."), field="query")
    view.name, view.query, view.is_shared = name, query, is_shared
    view.save(update_fields=["name", "query", "is_shared"])
    return view


@transaction.atomic
def remove_view(view: SavedView, *, by: User) -> None:
    """Remove a view; only who made it may."""
    _own_view(view, by).delete()


def _own_view(view: SavedView, by: User) -> SavedView:
    view = SavedView.objects.visible_to(by).select_for_update(of=("self",)).get(pk=view.pk)
    if view.owner_id != by.pk:
        raise NotAllowed(_("Only who saved a view changes or removes it."))
    return view
