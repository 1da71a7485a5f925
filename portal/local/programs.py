"""Programs that go on when the call that started them is over."""

import os
import subprocess
from pathlib import Path
from typing import IO, Any

# held, so that Python neither warns of a child that still runs nor forgets to collect it
_started: list[subprocess.Popen[bytes]] = []


def started(program: Path, *arguments: str, said: IO[str] | int, **as_whom: Any) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own: Ctrl-C must reach the workers first, and the servers not at all."""
    process = subprocess.Popen(
        [str(program), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=subprocess.STDOUT,
        cwd="/",
        env={**os.environ, "LC_ALL": "C"},
        start_new_session=True,
        **as_whom,
    )
    _started.append(process)
    return process


def collect() -> None:
    """Let the numbers of those that have ended go."""
    _started[:] = [process for process in _started if process.poll() is None]
