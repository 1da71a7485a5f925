"""The inbox of a program in the API: what people of its partner are told, and whether the program has read it."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.request import Request

from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, etag_of, operation
from common.rest.inputs import Paged, Shape, YesNo
from partners import services
from partners.access import ApiView
from partners.models import Notice
from partners.wording import words_of

_COLUMNS = ("public_id", "kind", "params", "link", "made_at", "read_at")


class NoticeOut(serializers.Serializer):  # type: ignore[misc]
    """A notice, worded in the language of the request."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    link = serializers.CharField(allow_blank=True, help_text="The page that it is about.")
    at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class NoticeFilter(Paged):
    """Which notices."""

    unread = serializers.BooleanField(required=False, default=False, help_text="Those alone that were not read.")


class NoticeReading(Shape):
    """Whether it was read."""

    is_read = YesNo()


class ReadUntil(Shape):
    """Up to which moment everything was read."""

    until = serializers.DateTimeField()


class ReadOut(serializers.Serializer):  # type: ignore[misc]
    """How many notices were marked."""

    marked = serializers.IntegerField()


def _shown(values: tuple[Any, ...]) -> dict[str, Any]:
    public_id, kind, params, link, made_at, read_at = values
    words = words_of(kind, params)
    told = {"title": words.title, "text": words.text, "link": link}
    return {"id": public_id, "kind": kind, **told, "at": made_at, "read_at": read_at}


def _own(request: Request, public_id: UUID) -> Notice:
    found: Notice = get_object_or_404(Notice.objects.visible_to(request.user), public_id=public_id)
    return found


def _whole(notice: Notice) -> dict[str, Any]:
    return _shown(tuple(getattr(notice, column) for column in _COLUMNS))


class Notices(ApiView):
    """The inbox."""

    @operation("List notices", scope="notices.read", query=NoticeFilter, answer=NoticeOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """The newest first."""
        rows = Notice.objects.visible_to(request.user)
        rows = rows.unread() if asked.query["unread"] else rows
        page = cut("notices", rows, _COLUMNS, asked=asked.query, is_falling=True)
        return Answer({"items": [_shown(row[1:]) for row in page.rows], "next": next_address(request, page.after)})


class NoticesRead(ApiView):
    """Marking many as read."""

    @operation("Mark notices as read", scope="notices.write", body=ReadUntil, answer=ReadOut, is_once=True)
    def post(self, request: Request, asked: Asked) -> Answer:
        """Those that were there until a moment, so that nothing is marked that nobody has seen."""
        marked = services.mark_all_read(by=request.user, at=now(), until=asked.body["until"])
        return Answer({"marked": marked})


class NoticeDetail(ApiView):
    """One notice."""

    @operation("Read a notice", scope="notices.read", answer=NoticeOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """To look at it here marks nothing."""
        return Answer(_whole(_own(request, public_id)))

    @operation("Mark a notice", scope="notices.write", body=NoticeReading, answer=NoticeOut, must_match=True)
    def patch(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """As read, or as unread again."""
        notice = _own(request, public_id)
        asked.must_match(etag_of(_whole(notice)), lambda: _whole(_own(request, public_id)))
        if asked.body["is_read"]:
            services.mark_read(notice, by=request.user, at=now())
        else:
            services.mark_unread(notice, by=request.user)
        return Answer(_whole(_own(request, public_id)))
