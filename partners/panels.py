"""What the shell and the inbox show of notices."""

from dataclasses import dataclass

from partners.models import Notice, User
from partners.wording import Words, words_of


@dataclass(frozen=True)
class Entry:
    """A notice with its words."""

    notice: Notice
    words: Words


def entries(notices: list[Notice]) -> list[Entry]:
    """Notices in the reader's language."""
    return [Entry(notice, words_of(notice.kind, notice.params)) for notice in notices]


def unread(person: User) -> int:
    """How many notices wait to be read."""
    return Notice.objects.visible_to(person).unread().count()
