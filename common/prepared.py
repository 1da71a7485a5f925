"""Queries that are put together once. For a small answer that costs more than the question itself, and only values differ."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)


class Prepared(Generic[Row]):
    """A query of the ORM as a statement, asked with other values each time.

    `make` builds it from marks, one in place of each value; what else is in the query stays as it was built. A mark is of
    the value's type, passes through the ORM unchanged, and equals nothing else in the query.
    """

    def __init__(self, make: Callable[..., QuerySet[Row, Any]], *marks: Any) -> None:
        rows = make(*marks)
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self._sql, bound = compiler.as_sql()
        places = [marks.index(one) if one in marks else None for one in bound]
        if unused := set(range(len(marks))) - set(places):
            raise ValueError(f"The query leaves out the values {sorted(unused)}.")
        self._bound = [(place, one) for place, one in zip(places, bound, strict=True)]
        self._converters = compiler.get_converters([column[0] for column in compiler.select])
        self._model = rows.model
        self._names = [field.attname for field in self._model._meta.concrete_fields]
        beside = (compiler.klass_info or {}, compiler.select, DEFAULT_DB_ALIAS)
        self._related = get_related_populators(*beside)  # type: ignore[call-arg]  # the stubs speak of Django 6

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """The rows, their values as the ORM gives them."""
        asked = [one if place is None else values[place] for place, one in self._bound]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, asked)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return [self._converted(row) for row in found] if self._converters else found

    def objects(self, *values: Any) -> list[Row]:
        """The rows of a query of whole objects, with those that it selects beside them."""
        return [self._object(row) for row in self.rows(*values)]

    def _object(self, row: tuple[Any, ...]) -> Row:
        found = self._model.from_db(connection.alias, self._names, row[: len(self._names)])
        for populator in self._related:
            populator.populate(row, found)
        return found

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        found = list(row)
        for place, (converters, expression) in self._converters.items():
            for convert in converters:
                found[place] = convert(found[place], expression, connection)
        return tuple(found)
