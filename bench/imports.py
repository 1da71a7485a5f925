"""import_rows: a file of customers and deals to committed rows, against COPY and set-based SQL that checks the same."""

import csv
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import connection
from django.utils.timezone import localdate, now

from bench import portfolio
from bench.harness import Result, in_pairs
from common import money
from common.isolation import Side, acting
from motions.imports import staging, steps
from motions.imports.mapping import FIELDS
from motions.imports.places import countries
from motions.imports.staging import Who
from motions.models import ImportBatch
from motions.sql import importing
from partners.models import Partner

_RAW = """
DROP TABLE IF EXISTS pg_temp.raw, pg_temp.country, pg_temp.currency_code;
CREATE TEMPORARY TABLE raw (line serial, name text, country text, domain text, registration_number text, seats text,
    azure_annual text, currency text, needs text, prefers_self_service text, deal_name text, deal_key text) ON COMMIT DROP;
CREATE TEMPORARY TABLE country (named text PRIMARY KEY, code text) ON COMMIT DROP;
CREATE TEMPORARY TABLE currency_code (code text PRIMARY KEY) ON COMMIT DROP
"""

_COPY_RAW = f"COPY raw ({', '.join(FIELDS)}) FROM STDIN (FORMAT csv, DELIMITER ';', HEADER)"

# the same rules as motions.imports.rows, for a file with decimal commas, as one statement
_CHECK = r"""
INSERT INTO staged (line, name, country, domain, registration_number, seats, azure_annual, currency, needs,
                    prefers_self_service, deal_name, deal_key, outcome, "column", code, params)
SELECT line + 1, name, code, domain, registration_number,
       CASE WHEN refused IS NULL THEN nullif(replace(seats, '.', ''), '')::int END,
       CASE WHEN refused IS NULL THEN nullif(replace(replace(azure_annual, '.', ''), ',', '.'), '')::numeric(15,2) END,
       CASE WHEN azure_annual <> '' THEN currency ELSE '' END,
       CASE WHEN needs = '' THEN NULL WHEN needs IN ('keine', 'none') THEN ARRAY[]::varchar[]
            ELSE string_to_array(replace(lower(needs), '-', '_'), ',')::varchar[] END,
       CASE WHEN prefers_self_service IN ('ja', 'yes') THEN true WHEN prefers_self_service IN ('nein', 'no') THEN false END,
       deal_name, deal_key, CASE WHEN refused IS NULL THEN '' ELSE 'refused' END, '', coalesce(refused, ''), '{}'
FROM (
    SELECT raw.line, normalize(btrim(regexp_replace(raw.name, '\s+', ' ', 'g')), NFC) AS name, known.code,
           regexp_replace(lower(raw.domain), '^(https?://)?(www\.)?([^/:?]*).*$', '\3') AS domain,
           btrim(raw.registration_number) AS registration_number, raw.seats, raw.azure_annual, raw.currency, raw.needs,
           raw.prefers_self_service, btrim(raw.deal_name) AS deal_name, btrim(raw.deal_key) AS deal_key,
           CASE WHEN raw.name ~ '[\u0001-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e]' THEN 'control_character'
                WHEN raw.name ~ '^[=@]' OR raw.name ~ '^[+-][A-Za-z(]' THEN 'formula'
                WHEN length(btrim(raw.name)) < 2 OR length(raw.name) > 200 OR raw.name !~ '[[:alnum:]]'
                    THEN 'name_too_short'
                WHEN length(raw.name) < 20 AND raw.name ~* '^(gmbh|ag|kg|co|ohg|ug|se|[&\s.,])+$' THEN 'name_legal_form'
                WHEN known.code IS NULL THEN 'country_unknown'
                WHEN raw.domain <> '' AND raw.domain !~*
                     '^(https?://)?([[:alnum:]]([[:alnum:]_-]{0,61}[[:alnum:]])?\.)+[[:alpha:]]{2,63}' THEN 'domain_unfit'
                WHEN raw.seats <> '' AND raw.seats !~ '^(\d{1,8}|\d{1,3}(\.\d{3})+)$' THEN 'number_unfit'
                WHEN raw.azure_annual <> '' AND raw.azure_annual !~ '^(\d{1,13}|\d{1,3}(\.\d{3})*)(,\d{1,2})?$'
                    THEN 'number_unfit'
                WHEN raw.azure_annual <> '' AND money.code IS NULL THEN 'currency_unknown'
                WHEN raw.needs !~* '^(keine|none|(dual-use|multi-tenant|multi-affiliate|special approval)(,.*)?)?$'
                    THEN 'need_unknown'
                WHEN raw.prefers_self_service !~* '^(ja|nein|yes|no)?$' THEN 'flag_unfit' END AS refused
    FROM raw LEFT JOIN country AS known ON known.named = lower(raw.country)
    LEFT JOIN currency_code AS money ON money.code = raw.currency
) AS typed
"""


def write(path: Path, rows: int) -> None:
    """A file as a German spreadsheet writes it: every row a customer with two deals, now and then a repeat or a bad cell."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(FIELDS)
        for n in range(rows):
            name = f"Müller Kunde {n if n % 500 else n // 2} GmbH"
            seats = "-5" if n % 997 == 0 else str(n * 7 % 2700)
            azure = f"{n * 13 % 1_200_000},{n % 100:02}"
            needs = "multi-tenant" if n % 11 == 0 else ("keine" if n % 3 else "")
            prefers = "ja" if n % 13 == 0 else ""
            writer.writerow(
                [name, "Deutschland", f"kunde{n}.example", f"HRB {n}", seats, azure, "EUR", needs, prefers, "", f"D{n}"]
            )


class Bench:
    """One fresh partner for each run, so that every run registers everything anew."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.number = 0
        self.partner = Partner()
        self.counts: dict[str, dict[str, int]] = {}

    def reset(self) -> None:
        """A new partner; tables in the state in which autovacuum would leave them."""
        self.number += 1
        self.partner = Partner.objects.using("owner").create(
            name=f"Run {self.number}", partner_number=str(8_000_000 + self.number), country="DE", csp_type="direct_bill"
        )
        portfolio.execute("DELETE FROM motions_mark")
        portfolio.execute("VACUUM ANALYZE")

    def _batch(self) -> ImportBatch:
        with self.path.open("rb") as source:
            return steps.upload(
                File(source, name="bench.csv"), by=None, partner=self.partner, at=now(), by_name="bench"
            )

    def ours(self) -> None:
        """The product: detection, typed reading, staging, recognition, commit, report."""
        who = Who(self.partner.pk, None, "bench")
        with acting(Side.PARTNER, partner_id=self.partner.pk):
            batch = self._batch()
            options = steps.Options(country="DE")
            steps.check_and_commit(batch, chosen=batch.mapping, options=options, who=who, at=now(), is_commit=True)
        self.counts["ours"] = {key: batch.counts[key] for key in ("new", "duplicate", "refused")}

    def theirs(self) -> None:
        """COPY of the raw text, one statement of checks, then the same set-based statements."""
        who = Who(self.partner.pk, None, "bench")
        with acting(Side.PARTNER, partner_id=self.partner.pk):
            batch = self._batch()
            with connection.cursor() as cursor:
                cursor.execute(importing.STAGE)
                cursor.execute(_RAW)
                known = sorted({name.lower(): code for name, code in countries().items()}.items())
                cursor.executemany("INSERT INTO country VALUES (%s, %s)", known)
                cursor.executemany("INSERT INTO currency_code VALUES (%s)", [(code,) for code in money.currencies()])
                with self.path.open("rb") as source, cursor.copy(_COPY_RAW) as copy:
                    while chunk := source.read(2**18):
                        copy.write(chunk)
                cursor.execute(_CHECK)
                cursor.execute("ANALYZE staged")
            tally = staging.classify(who, day=localdate())
            staging.apply(who, at=now(), day=localdate(), note=json.loads("{}"))
            staging.keep(batch.pk, who)
        self.counts["theirs"] = {key: tally.counts[key] for key in ("new", "duplicate", "refused")}


def run(scale: int) -> list[Result]:
    """Both from a fresh partner; a run whose outcomes differ stops the bench."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.csv"
        write(path, scale)
        bench = Bench(path)

        def checked(run: Callable[[], Any]) -> Callable[[], None]:
            def once() -> None:
                run()
                if len(bench.counts) == 2 and bench.counts["ours"] != bench.counts["theirs"]:
                    raise AssertionError(f"the outcomes differ: {bench.counts}")

            return once

        reference = "COPY of the raw text, the same checks as one SQL statement, then the same set-based statements"
        result = Result("import_rows", scale, reference)
        in_pairs(result, checked(bench.ours), checked(bench.theirs), reset=bench.reset)
        result.more = {
            "rows_per_second": round(scale / sorted(result.ours)[len(result.ours) // 2]),
            **bench.counts["ours"],
        }
        return [result]
