"""Statements whose plan the database keeps: where little is to be done, planning would be the larger part of it."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import psycopg
from django.db import connection


def rows(
    text: str, values: Mapping[str, Any] | Sequence[Any], *, is_kept: bool, before: tuple[str, list[Any]] | None = None
) -> list[tuple[Any, ...]]:
    """Run one statement, its plan kept or made anew; `before` runs first, on the same way to the database."""
    connection.ensure_connection()
    door = connection.connection
    way = door.pipeline() if before else nullcontext()
    with connection.wrap_database_errors, way, psycopg.Cursor(door) as cursor:
        if before:
            cursor.execute(*before)
        door.prepare_threshold = 0 if is_kept else None
        try:
            return cursor.execute(text, values).fetchall()
        finally:
            door.prepare_threshold = None
