"""What can be wrong with a file or a row of it; the sentences stand in `wording`."""

from dataclasses import dataclass, field


@dataclass(eq=False)  # not frozen: whoever passes an exception on sets its traceback
class FileRefused(Exception):
    """The whole file cannot be read."""

    code: str
    params: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """A row that is refused: its line, the file's own name of the column ('' for the whole row), and why."""

    line: int
    column: str
    code: str
    params: dict[str, str] = field(default_factory=dict)
    cells: tuple[str, ...] = field(default=(), repr=False, compare=False)  # what the row says, for the result file
