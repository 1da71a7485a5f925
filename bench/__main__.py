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
    "coalesce": ("bench.edits", 10_000),
    "recompute_full": ("bench.recompute", 1_000_000),
    "recompute_policy_change": ("bench.recompute", 1_000_000),
    "recompute_rates": ("bench.recompute", 1_000_000),
    "drain_stale": ("bench.recompute", 1_000_000),
    "api_list": ("bench.api", 10_000),
    "api_detail": ("bench.api", 10_000),
    "wire_list": ("bench.wire", 10_000),
    "wire_detail": ("bench.wire", 10_000),
    "hooks_deliveries": ("bench.hooks", 1_000),
    "recompute_growth": ("bench.growth", 1_000_000),
    "customer_search": ("bench.search", 1_000_000),
    "duplicate_check": ("bench.alike", 1_000_000),
    "blind_answer": ("bench.alike", 1_000_000),
    "queue_page": ("bench.queue", 500_000),
    "lead_search": ("bench.queue", 500_000),
    "queue_decisions": ("bench.queue", 500_000),
    "decide": ("bench.deciding", 100_000),
    "page_map": ("bench.maps", 100_000),
    "rollout_pages": ("bench.rollouts", 1_000_000),
    "rollout_cancel": ("bench.rollouts", 1_000_000),
}


def main() -> int:
    """Each module of benches in a scratch database and a process of its own, so that none warms another."""
    wanted = [name for name in os.environ.get("ONLY", "").split(",") if name] or list(BENCHES)
    unknown = [name for name in wanted if name not in BENCHES]
    if unknown:
        print(f"There is no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    modules = {module: scale for name in wanted for module, scale in (BENCHES[name],)}
    if len(modules) > 1:
        return max(_alone([name for name in wanted if BENCHES[name][0] == module]) for module in modules)
    [(module, scale)] = modules.items()
    with scratch_database():
        django.setup()
        try:
            call_command("migrate", database="owner", verbosity=0)
            for result in importlib.import_module(module).run(int(os.environ.get("SCALE") or scale)):
                if result.bench in wanted:
                    print(result.line(), flush=True)
        finally:
            connections.close_all()
    return 0


def _alone(names: list[str]) -> int:
    environment = {**os.environ, "ONLY": ",".join(names)}
    return subprocess.run([sys.executable, "-m", "bench"], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
