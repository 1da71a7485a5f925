"""`make bench [ONLY=name,...] [SCALE=N]`: run the benches and print a JSON line each."""

import importlib
import os
import subprocess
import sys

import django
from django.core.management import call_command
from django.db import connections

from bench.harness import scratch_database

BENCHES = {
    "import_rows": ("bench.imports", 100_000),
    "edit_to_fresh": ("bench.edits", 10_000),
    "recompute_full": ("bench.recompute", 100_000),
    "decide": ("bench.deciding", 100_000),
}


def main() -> int:
    """Every bench in a scratch database of its own, in a process of its own, so that none warms another."""
    wanted = [name for name in os.environ.get("ONLY", "").split(",") if name] or list(BENCHES)
    unknown = [name for name in wanted if name not in BENCHES]
    if unknown:
        print(f"There is no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    if len(wanted) > 1:
        return max(_alone(name) for name in wanted)
    module, scale = BENCHES[wanted[0]]
    with scratch_database():
        django.setup()
        try:
            call_command("migrate", database="owner", verbosity=0)
            print(importlib.import_module(module).run(int(os.environ.get("SCALE") or scale)).line(), flush=True)
        finally:
            connections.close_all()
    return 0


def _alone(name: str) -> int:
    return subprocess.run([sys.executable, "-m", "bench"], env={**os.environ, "ONLY": name}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
