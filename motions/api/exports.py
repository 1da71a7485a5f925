"""Exports in the API: jobs that are asked for, watched until they are done, and taken away as files."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from common import files
from common.money import countries
from common.refusals import Refused
from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, operation
from common.rest.inputs import Paged, Shape, Text
from customers.models import LONGEST_TAG
from motions import requests, services
from motions.models import Export
from motions.states import ExportKind, ExportState, Motion
from partners.access import ApiView
from partners.roles import Segment

MEDIA = {
    ExportKind.CSV: "text/csv",
    ExportKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_NAMES = ("id", "kind", "filters", "state", "rows", "done_rows", "all_rows", "at", "ended_at", "by")
_COLUMNS = ("public_id", *_NAMES[1:-1], "by_name")


class ExportOut(serializers.Serializer):  # type: ignore[misc]
    """One file, as a job; it is kept for seven days."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in ExportKind])
    filters = serializers.DictField(child=serializers.CharField())
    state = serializers.ChoiceField(choices=ExportState.values)
    is_under_way = serializers.BooleanField()
    rows = serializers.IntegerField(allow_null=True, help_text="How many there are in the file; null before its end.")
    done_rows = serializers.IntegerField(help_text="How far it is, while it is made.")
    all_rows = serializers.IntegerField(help_text="Of how many; 0 before it has begun.")
    at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    by = serializers.CharField()


class ExportBody(Shape):
    """Which customers, and as what."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in ExportKind])
    q = Text(max_length=200, required=False)
    country = serializers.ChoiceField(choices=sorted(countries()), required=False)
    segment = serializers.ChoiceField(choices=Segment.values, required=False)
    motion = serializers.ChoiceField(choices=Motion.values, required=False)
    tag = Text(max_length=LONGEST_TAG, required=False)


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "is_under_way": values["state"] == ExportState.WAITING}


def _own(request: Request, public_id: UUID) -> Export:
    export: Export = get_object_or_404(Export.objects.visible_to(request.user), public_id=public_id)
    return export


def _whole(export: Export) -> dict[str, Any]:
    return _shown({name: getattr(export, column) for name, column in zip(_NAMES, _COLUMNS, strict=True)})


class Exports(ApiView):
    """All exports of the last seven days."""

    @operation("List exports", scope="exports.read", query=Paged, answer=ExportOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """The newest first."""
        page = cut("exports", Export.objects.visible_to(request.user), _COLUMNS, asked=asked.query, is_falling=True)
        items = [_shown(dict(zip(_NAMES, row[1:], strict=True))) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})

    @operation("Export customers", scope="exports.write", body=ExportBody, answer=ExportOut, status=202, is_once=True)
    def post(self, request: Request, asked: Asked) -> Answer:
        """Customers with what their guidance says, as they are when the file is made."""
        said = dict(asked.body)
        export = services.ask_export(by=request.user, at=now(), kind=ExportKind(said.pop("kind")), filters=said)
        requests.export_soon(export_id=export.pk, partner_id=export.partner_id)
        return Answer(_whole(export), headers={"Location": reverse("api:export", args=[export.public_id])})


class ExportDetail(ApiView):
    """One export."""

    @operation("Read an export", scope="exports.read", answer=ExportOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Ask again until `is_under_way` is false."""
        return Answer(_whole(_own(request, public_id)))


class ExportFile(ApiView):
    """The file of an export."""

    @operation("Download an export", scope="exports.read", answer=None, media=tuple(MEDIA.values()))
    def get(self, request: Request, asked: Asked, public_id: UUID) -> HttpResponseBase:
        """As an attachment; 409 while there is none."""
        export = _own(request, public_id)
        if export.state != ExportState.DONE:
            raise Refused(_("There is no file of this export."))
        name = f"customers.{export.kind}"
        return files.answer(export.stored_as, file_name=name, media_type=MEDIA[ExportKind(export.kind)])
