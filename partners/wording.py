"""What people are told of, and in which words; each room adds its own kinds when the portal starts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from partners.models import User
from partners.roles import Role

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Words:
    """A notice in the reader's language: the sentence that says it, and what else there is to know."""

    title: str
    text: str = ""


@dataclass(frozen=True)
class NoticeKind:
    """One kind of notice: its name among the preferences, who may get it, and how its parameters are worded."""

    code: str
    label: "_StrPromise"
    roles: frozenset[Role]
    word: Callable[[Mapping[str, Any]], Words]


KINDS: dict[str, NoticeKind] = {}


def register(*kinds: NoticeKind) -> None:
    """Add a room's kinds; two kinds under one code would be a mistake."""
    for kind in kinds:
        if kind.code in KINDS:
            raise ValueError(f"There are two kinds of notices called {kind.code}.")
        KINDS[kind.code] = kind


def words_of(kind: str, params: Mapping[str, Any]) -> Words:
    """A notice in the reader's language; KeyError for a kind that no room has registered."""
    return KINDS[kind].word(params)


def kinds_for(person: User) -> list[NoticeKind]:
    """What a person can be told of, in the order of registration."""
    return [kind for kind in KINDS.values() if person.role in kind.roles]


def of_parked(params: Mapping[str, Any]) -> Words:
    """A target that takes nothing."""
    title = _("Messages to %(target)s are parked") % {"target": params["target"]}
    return Words(title, _("Ten tries failed. Mend the target, then send them again."))
