"""How the numbers of a file are written, found out only when one of them can mean two."""

from collections.abc import Callable, Mapping
from functools import cache

from motions.imports import numbers
from motions.imports.findings import FileRefused
from motions.imports.reading import Table


def styles_of(table: Table, columns: Mapping[str, int], *, decimal: str) -> Callable[[str], str]:
    """How a field's numbers are written; asks (`numbers_ambiguous`) when neither file nor partner tells."""

    @cache
    def found() -> numbers.Survey:
        return numbers.survey(table, columns)

    def style(name: str) -> str:
        if name in found().styles or decimal:
            return found().styles.get(name) or decimal
        line, text = found().ambiguous[name][0]
        raise FileRefused("numbers_ambiguous", {"line": line, "column": table.header[columns[name]], "value": text})

    return style
