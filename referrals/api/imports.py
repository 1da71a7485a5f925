"""Files of leads in the API: jobs that are asked for, and watched until they are done."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, etag_of, operation
from common.rest.inputs import Paged, Shape
from motions.states import ImportState
from partners.access import ApiView
from referrals import requests
from referrals.imports import report, steps
from referrals.imports.jobs import ASKING
from referrals.models import LeadImport, LeadImportRow
from referrals.states import LeadRowOutcome


class LeadImportOut(serializers.Serializer):  # type: ignore[misc]
    """One file of leads, as a job: `is_under_way` until it stands in a state that waits for the caller."""

    id = serializers.UUIDField()
    file_name = serializers.CharField()
    state = serializers.ChoiceField(choices=ImportState.values)
    is_under_way = serializers.BooleanField()
    submits = serializers.BooleanField(help_text="Whether the leads are submitted; else they stay drafts.")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Rows by outcome.")
    done_rows = serializers.IntegerField()
    all_rows = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField()


class ProblemOut(serializers.Serializer):  # type: ignore[misc]
    """What is wrong with a row."""

    column = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    message = serializers.CharField()


class LeadRowOut(serializers.Serializer):  # type: ignore[misc]
    """What happens to a row of the file."""

    line = serializers.IntegerField()
    customer = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    outcome = serializers.CharField(allow_blank=True, help_text="Empty while it is still to be looked at.")
    referral = serializers.UUIDField(allow_null=True)
    problems = ProblemOut(many=True)


class LeadUpload(Shape):
    """A file, and what becomes of its leads."""

    file = serializers.FileField(allow_empty_file=True)
    submits = serializers.BooleanField(default=False)


class LeadRowFilter(Paged):
    """Which rows."""

    outcome = serializers.ChoiceField(choices=LeadRowOutcome.values, required=False)


def shown(batch: LeadImport, counted: Mapping[str, int] | None = None) -> dict[str, Any]:
    """An import as the API shows it, with its rows by outcome where they have been counted."""
    counted = steps.counts(batch) if counted is None else counted
    done = {outcome: count for outcome, count in counted.items() if outcome}
    return {
        "id": batch.public_id,
        "file_name": batch.file_name,
        "state": batch.state,
        "is_under_way": batch.state in ASKING,
        "submits": batch.submits,
        "counts": done,
        "done_rows": sum(done.values()),
        "all_rows": sum(counted.values()),
        "at": batch.at,
        "by": batch.by_name,
    }


def _of_caller(request: Request, public_id: UUID) -> LeadImport:
    found: LeadImport = get_object_or_404(LeadImport.objects.visible_to(request.user), public_id=public_id)
    return found


def _seen(request: Request, asked: Asked, public_id: UUID) -> LeadImport:
    """The import, if it is still as the caller saw it."""
    batch = _of_caller(request, public_id)
    asked.must_match(etag_of(shown(batch)), lambda: shown(batch))
    return batch


def _under_way(batch: LeadImport) -> Answer:
    if batch.state in ASKING and batch.by_id:
        requests.import_soon(batch_id=batch.pk, partner_id=batch.partner_id, user_id=batch.by_id)
    return Answer(shown(batch), headers={"Location": reverse("api:referral_import", args=[batch.public_id])})


class LeadImports(ApiView):
    """All files of leads of the program."""

    parser_classes: ClassVar = [MultiPartParser]

    @operation("List referral imports", scope="referrals.read", query=Paged, answer=LeadImportOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """The newest first."""
        batches = LeadImport.objects.visible_to(request.user)
        page = cut("referral imports", batches, ("public_id",), asked=asked.query, is_falling=True)
        found = batches.in_bulk([row[0] for row in page.rows])
        counted = steps.counts_of(found.values())
        items = [shown(found[row[0]], counted[row[0]]) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})

    @operation(
        "Upload a file of referrals", scope="referrals.write", body=LeadUpload, answer=LeadImportOut, status=202,
        is_once=True,
    )  # fmt: skip
    def post(self, request: Request, asked: Asked) -> Answer:
        """It is checked at once; nothing is written before `commit`. The same file again is the import that there is."""
        said = asked.body
        return _under_way(steps.upload(said["file"], by=request.user, at=now(), submits=said["submits"]))


class LeadImportDetail(ApiView):
    """One file of leads."""

    @operation("Read a referral import", scope="referrals.read", answer=LeadImportOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """How far it is."""
        return Answer(shown(_of_caller(request, public_id)))


class LeadImportCommit(ApiView):
    """Writing what was checked."""

    @operation(
        "Write a referral import", scope="referrals.write", answer=LeadImportOut, status=202, is_once=True,
        must_match=True,
    )  # fmt: skip
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Of the state that was seen."""
        batch = _seen(request, asked, public_id)
        steps.ask_commit(batch, by=request.user)
        return _under_way(batch)


class LeadImportUndo(ApiView):
    """Taking back what was written."""

    @operation(
        "Undo a referral import", scope="referrals.write", answer=LeadImportOut, status=202, is_once=True,
        must_match=True,
    )  # fmt: skip
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Leads that nobody touched since; the rest is counted as `kept`."""
        batch = _seen(request, asked, public_id)
        steps.ask_undo(batch, by=request.user)
        return _under_way(batch)


class LeadImportRows(ApiView):
    """The rows of a file."""

    @operation(
        "List the rows of a referral import", scope="referrals.read", query=LeadRowFilter, answer=LeadRowOut,
        is_list=True,
    )  # fmt: skip
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """With what happens, or happened, to each."""
        batch = _of_caller(request, public_id)
        rows = LeadImportRow.objects.filter(batch=batch)
        rows = rows.filter(outcome=asked.query["outcome"]) if "outcome" in asked.query else rows
        page = cut("referral rows", rows, ("line",), asked=asked.query)
        found = rows.select_related("referral").in_bulk([row[0] for row in page.rows])
        items = [_row(found[row[0]], batch) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})


def _row(row: LeadImportRow, batch: LeadImport) -> dict[str, Any]:
    line = report.told(row, batch)
    return {
        "line": row.line,
        "customer": line.customer,
        "name": line.name,
        "outcome": row.outcome,
        "referral": row.referral.public_id if row.referral else None,
        "problems": [{"column": column, "code": code, "message": told} for column, code, told in line.reasons],
    }
