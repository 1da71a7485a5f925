"""Dated rows that the office edits, of every room: one line for each kind. What is edited can be seen and taken back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from common.templatetags.figures import day
from partners.models import Post, Revision, User
from partners.services.revising import field_of
from partners.states import PostKind
from portal.forms.data import NewsForm, PostForm, ProgrammeForm
from referrals.models import Programme


@dataclass(frozen=True)
class Kind:
    """One kind of rows: how it is called, what its rows are, what edits them, from when until when a row counts."""

    code: str
    label: Promise
    hint: Promise
    form: type[Any]
    rows: Callable[[], QuerySet[Any]]
    span: Callable[[Any], tuple[date, date | None]]
    new: Callable[[], Model]


def _posts(code: str, kind: PostKind, label: Promise, hint: Promise, form: type[Any] = PostForm) -> Kind:
    return Kind(
        code,
        label,
        hint,
        form,
        lambda: Post.objects.filter(kind=kind).order_by("-shown_from", "-pk"),
        lambda post: (post.shown_from, post.shown_to),
        lambda: Post(kind=kind),
    )


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            "programmes",
            _("Programmes"),
            _("Until when which leads are taken, what they must say, how soon they are answered; holidays."),
            ProgrammeForm,
            lambda: Programme.objects.order_by("-valid_from", "code"),
            lambda programme: (programme.valid_from, programme.valid_to),
            Programme,
        ),
        _posts(
            "news",
            PostKind.NEWS,
            _("News"),
            _("For readers in the portal, and for those who want the newsletter."),
            NewsForm,
        ),
        _posts("banners", PostKind.BANNER, _("Banners"), _("One sentence above every page.")),
        _posts("help", PostKind.HELP, _("Help"), _("Texts of the help page.")),
        _posts("glossary", PostKind.TERM, _("Glossary"), _("Terms of the help page and what they mean.")),
    )
}


@dataclass(frozen=True)
class Change:
    """One change of a row, field by field with before and after."""

    revision: Revision
    fields: list[tuple[str, Any, Any]]
    may_undo: bool


def history(row: Model, *, by: User) -> list[Change]:
    """What was changed, the newest first; only what nothing has undone can be undone."""
    found = list(Revision.objects.visible_to(by).of(row).select_related("undoes")[:50])
    undone = {one.undoes_id for one in found}
    return [Change(one, _fields(row, one), not one.is_first and one.pk not in undone) for one in found]


def _fields(row: Model, revision: Revision) -> list[tuple[str, Any, Any]]:
    return [
        (capfirst(getattr(field_of(row, name), "verbose_name", name)), before, after)
        for name, (before, after) in revision.changes.items()
    ]


def span_of(begin: date, end: date | None) -> str:
    """'3 Mar 2026 – 5 Apr 2026', the end open where there is none."""
    return f"{day(begin)} – {day(end)}"
