"""`manage.py import_portfolio FILE --partner ID`: check a partner's file, commit it when asked; prints a JSON object."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils.timezone import now

from common.isolation import Side, acting
from motions import bulk, requests
from motions.imports import mapping, previews, staging, steps
from motions.imports.findings import FileRefused
from motions.imports.wording import sentence
from motions.models import ImportBatch, ImportRow, Standing
from motions.states import ImportState, RowOutcome
from partners.models import Partner

NAME = "import_portfolio"
MOST_ERRORS = 1_000


class Command(BaseCommand):
    """Import a portfolio; a dry run unless --commit is given."""

    help = "Check a file of customers and deals, and commit it with --commit. Prints one JSON object."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, whose it is, how to read it, and whether to write."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--partner", required=True, help="database id, public id or PartnerID")
        parser.add_argument("--map", nargs="+", action="extend", default=[], metavar="FIELD=COLUMN")
        parser.add_argument("--country", default="", help="for rows without one; default: the partner's own")
        parser.add_argument("--currency", default="", help="for amounts without one")
        parser.add_argument("--decimal", choices=["point", "comma"], default="", help="if the numbers do not tell")
        parser.add_argument("--encoding", default="")
        parser.add_argument("--delimiter", default="")
        parser.add_argument("--commit", action="store_true", help="write; without it nothing is changed")
        parser.add_argument("--wait", action="store_true", help="come back when all guidance of the file is fresh")

    def handle(self, *args: Any, **options: Any) -> None:
        """Act as the partner; a file that is refused is told as JSON and exit status 1."""
        partner = _partner(options["partner"])
        try:
            with acting(Side.PARTNER, partner_id=partner.pk):
                batch = self._imported(partner, options)
                if options["commit"]:
                    requests.recompute_many_soon()
            report = _report(batch, partner)
        except FileRefused as refused:
            error = {"code": refused.code, "message": sentence(refused.code, refused.params)}
            self.stdout.write(json.dumps({"error": error}, ensure_ascii=False))
            raise SystemExit(1) from refused
        if options["commit"] and options["wait"]:
            report["motions"] = _fresh_motions(batch)
        self.stdout.write(json.dumps(report, ensure_ascii=False))

    def _imported(self, partner: Partner, options: dict[str, Any]) -> ImportBatch:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        mapped = _mapped(options["map"])
        with path.open("rb") as source:
            batch = steps.upload(File(source, name=path.name), by=None, partner=partner, at=now(), by_name=NAME)
        chosen = dict(batch.mapping) | mapped
        said = steps.Options(
            country=(options["country"] or partner.country).upper(),
            currency=options["currency"].upper(),
            encoding=options["encoding"],
            delimiter=options["delimiter"].replace("\\t", "\t"),
            decimal=options["decimal"],
        )
        who = staging.Who(partner.pk, None, NAME)
        return steps.check_and_commit(
            batch, chosen=chosen, options=said, who=who, at=now(), is_commit=options["commit"]
        )


def _partner(given: str) -> Partner:
    """By PartnerID, database id or public id."""
    found = Q(partner_number=given)
    if given.isdecimal():
        found |= Q(pk=int(given)) if int(given) < 2**63 else Q(pk__in=[])
    else:
        with suppress(ValueError):
            found |= Q(public_id=UUID(given))
    with acting(Side.OFFICE):
        partner = Partner.objects.filter(found, is_active=True).order_by("pk").first()
    if partner is None:
        raise CommandError(f"There is no active partner {given}.")
    return partner


def _mapped(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, is_pair, column = pair.partition("=")
        if not is_pair or name not in mapping.FIELDS:
            known = ", ".join(mapping.FIELDS)
            raise CommandError(f"--map {pair}: write FIELD=COLUMN with one of the fields {known}.")
        found[name] = column
    return found


def _report(batch: ImportBatch, partner: Partner) -> dict[str, Any]:
    with acting(Side.PARTNER, partner_id=partner.pk):
        told = ImportRow.objects.filter(batch=batch, outcome__in=[RowOutcome.REFUSED, RowOutcome.DUPLICATE]).order_by(
            "line"
        )
        errors = [
            {"line": row.line, "column": row.column, "code": row.code, "message": sentence(row.code, row.params)}
            for row in told[:MOST_ERRORS]
        ]
        more = max(0, told.count() - MOST_ERRORS)
    counts = {outcome.value: batch.counts.get(outcome.value, 0) for outcome in RowOutcome}
    return {
        "rows": sum(counts.values()),
        **counts,
        "encoding": batch.encoding,
        "delimiter": batch.delimiter,
        "mapping": batch.mapping,
        "country": batch.options.get("country", ""),
        "committed": batch.state == ImportState.COMMITTED,
        "errors": errors,
        "errors_left_out": more,
    }


def _fresh_motions(batch: ImportBatch) -> dict[str, int]:
    """Judge what is marked, here and now, and count the file's customers by motion."""
    for is_bulk in (False, True):
        bulk.drain(clock=now, is_bulk=is_bulk)
    with acting(Side.PARTNER, partner_id=batch.partner_id):
        customers = staging.customers_of(batch.pk)
    with acting(Side.WORKER):
        # whoever holds a customer's standing is judging it: wait for it, then judge what is still not fresh
        bulk.judge_stale(customers, clock=now)
        motions = Standing.objects.filter(customer_id__in=customers).values_list("motion", flat=True)
        return previews.count_motions(motions)
