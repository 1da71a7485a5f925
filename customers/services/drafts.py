"""Keep what was typed but not yet registered, and views of lists under a name."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Unfit
from customers.models import LONGEST_QUERY, Draft, SavedView
from customers.services.recording import partner_of
from partners.models import User

MOST_DRAFTS = 30
LONGEST_VALUE = 500


@transaction.atomic
def keep_draft(*, by: User, at: datetime, typed: Mapping[str, str], public_id: UUID | None = None) -> Draft | None:
    """Keep a registration as far as it was typed; the oldest makes room. Nothing typed keeps nothing (None)."""
    partner = partner_of(by)
    # a NUL has no place in a document of the database, and none in a name
    values = {name: value[:LONGEST_VALUE].replace("\x00", "") for name, value in typed.items() if value.strip()}
    own = Draft.objects.visible_to(by)
    if not values:
        own.filter(public_id=public_id).delete()
        return None
    found = own.select_for_update().filter(public_id=public_id).first() if public_id else None
    draft = found or Draft(partner=partner, owner=by)
    draft.typed, draft.updated_at = values, at
    draft.save()
    surplus = own.order_by("-updated_at", "-pk").values_list("pk", flat=True)[MOST_DRAFTS:]
    own.filter(pk__in=list(surplus)).delete()
    return draft


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
def remove_view(view: SavedView, *, by: User) -> None:
    """Remove a view; only who made it may."""
    view = SavedView.objects.visible_to(by).select_for_update(of=("self",)).get(pk=view.pk)
    if view.owner_id != by.pk:
        raise NotAllowed(_("Only who saved a view removes it."))
    view.delete()
