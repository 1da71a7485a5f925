"""What of this room is somebody's own, and goes to a colleague when they leave (see `partners.services.leaving`)."""

from datetime import datetime

from django.utils.translation import ngettext

from customers.models import Draft, SavedView
from customers.models.drafts import DraftQuerySet, SavedViewQuerySet
from partners.models import User


class Drafts:
    """Registrations that are not finished."""

    name = "drafts"

    def label(self, count: int) -> str:
        """'2 drafts'."""
        return ngettext("%(count)s draft", "%(count)s drafts", count) % {"count": count}

    def _of(self, person: User) -> DraftQuerySet:
        return Draft.objects.visible_to(person).open()

    def count(self, person: User, *, by: User) -> int:
        """How many the person has begun."""
        return self._of(person).count()

    def pass_on(self, person: User, *, to: User, by: User, at: datetime) -> int:
        """Give them to a colleague."""
        return self._of(person).update(owner=to, updated_at=at)


class Views:
    """Saved views that colleagues use."""

    name = "views"

    def label(self, count: int) -> str:
        """'2 shared views'."""
        return ngettext("%(count)s shared view", "%(count)s shared views", count) % {"count": count}

    def _of(self, person: User) -> SavedViewQuerySet:
        return SavedView.objects.visible_to(person).filter(owner=person, is_shared=True)

    def count(self, person: User, *, by: User) -> int:
        """How many the person shares."""
        return self._of(person).count()

    def pass_on(self, person: User, *, to: User, by: User, at: datetime) -> int:
        """Give them to a colleague; a name that the colleague has already is told apart by whose the view was."""
        views, moved = list(self._of(person).select_for_update(of=("self",)).order_by("pk")), 0
        # whoever is of no partner has none, and the database would not even let the office look
        taken = set(SavedView.objects.filter(owner=to).values_list("list_name", "name")) if views else set()
        for view in views:
            name = f"{view.name[:40]} ({person})"[:60] if (view.list_name, view.name) in taken else view.name
            if (view.list_name, name) in taken:
                continue  # the colleague has even that one
            SavedView.objects.filter(pk=view.pk).update(owner=to, name=name)
            taken.add((view.list_name, name))
            moved += 1
        return moved
