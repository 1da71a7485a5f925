"""Imports in the API: jobs that are asked for, and watched until they are done."""

import json
from typing import Any, ClassVar
from uuid import UUID

from django.core.files.storage import default_storage
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from common.money import countries, currencies
from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, etag_of, operation
from common.rest.inputs import Paged, Shape, Text
from common.rest.problems import Problem
from motions import requests
from motions.imports import steps
from motions.imports.csvfile import ENCODINGS
from motions.imports.findings import FileRefused
from motions.imports.jobs import ASKING
from motions.imports.mapping import FIELDS
from motions.imports.wording import sentence
from motions.models import ImportBatch, ImportRow
from motions.states import ImportState, RowOutcome
from partners.access import ApiView

_AS_THEY_ARE = ("file_name", "state", "mapping", "options", "counts", "done_rows", "all_rows", "at")
_ROW_NAMES = ("line", "name", "outcome", "column", "code", "params", "motion_before", "motion_after")


class ImportOut(serializers.Serializer):  # type: ignore[misc]
    """One file, as a job: `is_under_way` until it stands in a state that waits for the caller."""

    id = serializers.UUIDField()
    file_name = serializers.CharField()
    state = serializers.ChoiceField(choices=ImportState.values)
    is_under_way = serializers.BooleanField()
    mapping = serializers.DictField(child=serializers.CharField())
    options = serializers.DictField()
    counts = serializers.DictField(help_text="Rows by outcome; customers by motion before and after.")
    done_rows = serializers.IntegerField()
    all_rows = serializers.IntegerField()
    problem = serializers.DictField(allow_null=True)
    at = serializers.DateTimeField()
    by = serializers.CharField()


class RowOut(serializers.Serializer):  # type: ignore[misc]
    """What happens to a row of the file."""

    line = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    outcome = serializers.CharField(allow_blank=True)
    column = serializers.CharField(allow_blank=True)
    code = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)
    motion_before = serializers.CharField(allow_blank=True)
    motion_after = serializers.CharField(allow_blank=True)


class Reading(Shape):
    """How a file is read; what is left out is as found."""

    country = serializers.ChoiceField(choices=sorted(countries()), required=False)
    currency = serializers.ChoiceField(choices=sorted(currencies()), required=False)
    encoding = serializers.ChoiceField(choices=list(ENCODINGS), required=False)
    delimiter = serializers.CharField(required=False, max_length=1, trim_whitespace=False)
    decimal = serializers.ChoiceField(choices=["point", "comma"], required=False)


class Upload(Reading):
    """A file, and how to read it."""

    file = serializers.FileField(allow_empty_file=True)
    mapping = serializers.CharField(required=False, max_length=20_000, help_text="JSON: field to header of the file.")

    def validate_mapping(self, value: str) -> dict[str, str]:
        """A document of texts."""
        try:
            found = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise serializers.ValidationError(_("This is no JSON."), code="invalid") from error
        read = Columns(data=found)
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)


class Columns(Shape):
    """Which column is which."""

    def get_fields(self) -> Any:
        """One text for each field of an import."""
        return {name: Text(max_length=500, required=name == "name") for name in FIELDS}


class Check(Reading):
    """Columns, and how to read the file."""

    mapping = Columns()


class RowFilter(Paged):
    """Which rows."""

    outcome = serializers.ChoiceField(choices=RowOutcome.values, required=False)


def shown(batch: ImportBatch) -> dict[str, Any]:
    """An import as the API shows it."""
    problem = batch.problem
    said = {"code": problem["code"], "message": sentence(problem["code"], problem["params"])} if problem else None
    values = {name: getattr(batch, name) for name in _AS_THEY_ARE}
    is_under_way = batch.state in ASKING
    return {"id": batch.public_id, **values, "is_under_way": is_under_way, "problem": said, "by": batch.by_name}


def of_caller(request: Request, public_id: UUID) -> ImportBatch:
    """An import of whoever asks; 404 otherwise."""
    batch: ImportBatch = get_object_or_404(ImportBatch.objects.visible_to(request.user), public_id=public_id)
    return batch


def _seen(request: Request, asked: Asked, public_id: UUID) -> ImportBatch:
    """The import, if it is still as the caller saw it."""
    batch = of_caller(request, public_id)
    asked.must_match(etag_of(shown(batch)), lambda: shown(batch))
    return batch


def _refused(refused: FileRefused) -> Problem:
    error = {"field": "file", "code": refused.code, "detail": sentence(refused.code, refused.params)}
    return Problem("invalid", errors=[error])


def _under_way(batch: ImportBatch) -> Answer:
    requests.import_soon(batch_id=batch.pk, partner_id=batch.partner_id)
    batch.refresh_from_db()
    return Answer(shown(batch), headers={"Location": reverse("api:import", args=[batch.public_id])})


class Imports(ApiView):
    """All imports."""

    parser_classes: ClassVar = [MultiPartParser]

    @operation("List imports", scope="imports.read", query=Paged, answer=ImportOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """The newest first."""
        batches = ImportBatch.objects.visible_to(request.user)
        page = cut("imports", batches, ("public_id",), asked=asked.query, is_falling=True)
        found = batches.in_bulk([row[0] for row in page.rows])
        items = [shown(found[row[0]]) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})

    @operation("Upload a file", scope="imports.write", body=Upload, answer=ImportOut, status=202, is_once=True)
    def post(self, request: Request, asked: Asked) -> Answer:
        """It is checked at once where its columns are known, given or guessed; nothing is written before `commit`."""
        said = dict(asked.body)
        file, mapping = said.pop("file"), said.pop("mapping", None)
        try:
            batch = steps.upload(file, by=request.user, partner=request.user.partner, at=now())
        except FileRefused as refused:
            raise _refused(refused) from refused
        chosen = mapping or batch.mapping
        if "name" in chosen:
            try:
                steps.ask_check(batch, chosen=chosen, options=steps.Options(**{**batch.options, **said}))
            except FileRefused as refused:
                default_storage.delete(batch.stored_as)
                raise _refused(refused) from refused
        return _under_way(batch)


class ImportDetail(ApiView):
    """One import."""

    @operation("Read an import", scope="imports.read", answer=ImportOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """How far it is."""
        return Answer(shown(of_caller(request, public_id)))


class ImportCheck(ApiView):
    """Checking again, with other columns."""

    @operation(
        "Check with these columns", scope="imports.write", body=Check, answer=ImportOut, status=202,
        is_once=True, must_match=True,
    )  # fmt: skip
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """A dry run: nothing is written."""
        batch = _seen(request, asked, public_id)
        said = dict(asked.body)
        mapping = said.pop("mapping")
        try:
            steps.ask_check(batch, chosen=mapping, options=steps.Options(**said))
        except FileRefused as refused:
            raise _refused(refused) from refused
        return _under_way(batch)


class ImportCommit(ApiView):
    """Writing what was checked."""

    @operation("Write an import", scope="imports.write", answer=ImportOut, status=202, is_once=True, must_match=True)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Of the state that was seen."""
        batch = _seen(request, asked, public_id)
        steps.ask_commit(batch, by=request.user)
        return _under_way(batch)


class ImportUndo(ApiView):
    """Putting back what was written."""

    @operation("Undo an import", scope="imports.write", answer=ImportOut, status=202, is_once=True, must_match=True)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """What nobody touched since goes back; the rest is counted as `kept`."""
        batch = _seen(request, asked, public_id)
        steps.ask_undo(batch, by=request.user)
        return _under_way(batch)


class ImportRows(ApiView):
    """The rows of an import."""

    @operation("List the rows of an import", scope="imports.read", query=RowFilter, answer=RowOut, is_list=True)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """With what happens, or happened, to each."""
        rows = ImportRow.objects.visible_to(request.user).filter(batch=of_caller(request, public_id))
        if "outcome" in asked.query:
            rows = rows.filter(outcome=asked.query["outcome"])
        page = cut("rows", rows, _ROW_NAMES, asked=asked.query)
        items = [_row(dict(zip(_ROW_NAMES, row[1:], strict=True))) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})


def _row(row: dict[str, Any]) -> dict[str, Any]:
    params = row.pop("params")
    return {**row, "message": sentence(row["code"], params) if row["code"] else ""}
