"""Rows of a file into the staging table, as a stream; then recognised, applied and kept by SQL."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from motions.imports.findings import Problem
from motions.imports.reading import Table
from motions.imports.rows import Defaults, Record, reader
from motions.sql import importing, recognising, undoing
from motions.states import RowOutcome, Source

CHUNK = 2_000

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Who:
    """On whose behalf an import writes: a person, or a command of the partner's (`user_id` None)."""

    partner_id: int
    user_id: int | None
    name: str


@dataclass
class Tally:
    """Rows by outcome; the five add up to all rows of the file."""

    counts: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(self.counts.values())


def _quoted(text: str) -> str:
    """A text as COPY reads it; a NUL byte, which PostgreSQL keeps in no text, is left out."""
    return text.replace("\x00", "").replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _text(value: str) -> str:
    return value.replace("\\", "\\\\") if "\\" in value else value


def _optional(value: object) -> str:
    return "\\N" if value is None else str(value)


def _flag(value: bool | None) -> str:
    return "\\N" if value is None else ("t" if value else "f")


def _record_line(row: Record) -> str:
    needs = "\\N" if row.needs is None else "{" + ",".join(row.needs) + "}"
    return (
        f"{row.line}\t{_text(row.name)}\t{row.country}\t{_text(row.domain)}\t{_text(row.registration_number)}"
        f"\t{_optional(row.seats)}\t{_optional(row.azure_annual)}\t{row.currency}\t{needs}"
        f"\t{_flag(row.prefers_self_service)}\t{_text(row.deal_name)}\t{_text(row.deal_key)}\t\t\t\t{{}}\n"
    )


def _problem_line(problem: Problem, *, name: str = "") -> str:
    """A refused row keeps its line, its reason, and the name that stands in it, so that people recognise it."""
    unknown = "\t".join(["\\N"] * 10)
    params = _quoted(json.dumps(problem.params).replace("\\u0000", ""))
    return f"{problem.line}\t{_quoted(name[:200])}\t{unknown}\trefused\t{_quoted(problem.column)}\t{problem.code}\t{params}\n"


def stage(table: Table, columns: Mapping[str, int], defaults: Defaults, *, progress: Progress) -> None:
    """Read, type and copy every row. A row with several problems keeps the first; none is dropped."""
    with connection.cursor() as cursor:
        cursor.execute(importing.STAGE)
        with cursor.copy(importing.COPY) as copy:
            for text, done in _chunks(table, columns, defaults):
                copy.write(text)
                progress(done)
        cursor.execute("ANALYZE staged")


def _chunks(table: Table, columns: Mapping[str, int], defaults: Defaults) -> Iterator[tuple[str, int]]:
    read, lines, done = reader(columns, defaults, table.header), [], 0
    for row in table.rows():
        if isinstance(row, Problem):
            lines.append(_problem_line(row))
        else:
            record, problems = read(*row)
            name = row[1][columns["name"]]
            lines.append(_record_line(record) if record else _problem_line(problems[0], name=name))
        if len(lines) == CHUNK:
            done += CHUNK
            yield "".join(lines), done
            lines = []
    yield "".join(lines), done + len(lines)


def stage_again(batch_id: int) -> None:
    """The kept rows of a batch as staging table, to be recognised against what stands there today."""
    with connection.cursor() as cursor:
        cursor.execute(importing.STAGE)
        cursor.execute(importing.STAGE_AGAIN, {"batch": batch_id})
        cursor.execute(importing.FORESEE_AGAIN, {"batch": batch_id})
        cursor.execute("ANALYZE staged")


def _run(statements: tuple[str, ...], parameters: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, dict(parameters))


def _repeat(statement: str, *then: str) -> None:
    """Run a statement, and `then` others, until it finds nothing more to do; each round comes closer."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        while cursor.rowcount:
            for other in then:
                cursor.execute(other)
            cursor.execute(statement)


def classify(who: Who, *, day: date) -> Tally:
    """Give every staged row its outcome, by the countries' rules of a day."""
    parameters = {"partner": who.partner_id, "day": day, **_own_names()}
    _run(recognising.TIE_SURELY, parameters)
    _repeat(recognising.SETTLE, recognising.JUMP)
    _run(recognising.TIE_BY_NAME, parameters)
    _repeat(recognising.SETTLE, recognising.JUMP)
    _run(recognising.RECOGNISE, parameters)
    _repeat(recognising.REPEAT)
    _run(recognising.CLASSIFY, parameters)
    with connection.cursor() as cursor:
        cursor.execute(recognising.COUNTS)
        found = dict(cursor.fetchall())
    return Tally({outcome.value: found.get(outcome.value, 0) for outcome in RowOutcome})


def _own_names() -> dict[str, str]:
    """How deals are called that the file gives no name; the same in every language, so that the next file finds them."""
    return {"seats_name": "Seats", "azure_name": "Azure"}


def apply(who: Who, *, at: datetime, day: date, note: Mapping[str, Any]) -> None:
    """Register and change what the staged rows say; each row remembers what stood there before."""
    _run(
        importing.APPLY,
        {
            "partner": who.partner_id,
            "by": who.user_id,
            "by_name": who.name,
            "at": at,
            "day": day,
            "source": Source.IMPORT.value,
            "note": json.dumps(note),
            **_own_names(),
        },
    )


def keep(batch_id: int, who: Who) -> None:
    """Keep the staged rows as the batch's report, in the place of former ones."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM motions_importrow WHERE batch_id = %s", [batch_id])
        cursor.execute(importing.PERSIST, {"partner": who.partner_id, "batch": batch_id})


def undo(batch_id: int, who: Who, *, at: datetime, note: Mapping[str, Any]) -> int:
    """Put back what nobody touched since; returns how many rows could not be put back."""
    parameters = {"batch": batch_id, "partner": who.partner_id, "by": who.user_id, "by_name": who.name, "at": at}
    _run(undoing.UNDO, {**parameters, "note": json.dumps(note)})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM motions_importrow WHERE batch_id = %s AND code = 'kept_since_changed'", [batch_id]
        )
        kept: int = cursor.fetchone()[0]
    return kept


def staged_customers() -> list[int]:
    """Ids of the customers that staged rows speak of."""
    with connection.cursor() as cursor:
        cursor.execute(importing.CUSTOMERS)
        return [row[0] for row in cursor.fetchall()]


def note_standings(who: Who) -> None:
    """Remember the guidance of the customers that staged rows speak of, before a preview changes it."""
    _run((importing.STOOD,), {"partner": who.partner_id})


def foreseen() -> list[tuple[int, int, str, str]]:
    """(line, customer, motion before, motion now) of every row that is taken; '' before for a new customer."""
    with connection.cursor() as cursor:
        cursor.execute(importing.FORESEEN)
        rows: list[tuple[int, int, str, str]] = cursor.fetchall()
    return rows


def foresee(rows: list[tuple[int, int, str, str]]) -> None:
    """Note with staged rows what was foreseen, once the preview is rolled back."""
    with connection.cursor() as cursor, cursor.copy(importing.FORESEE) as copy:
        for line, _customer, before, after in rows:
            copy.write_row((line, before, after))


def customers_of(batch_id: int) -> list[int]:
    """Ids of the customers that a batch speaks of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT customer_id FROM motions_importrow WHERE batch_id = %s AND customer_id IS NOT NULL ORDER BY 1",
            [batch_id],
        )
        return [row[0] for row in cursor.fetchall()]
