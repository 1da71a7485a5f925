"""The short form of `make drill`: faults at random, and nothing lost, doubled, or shown as current when it is not."""

import json
import subprocess
import sys

import pytest

from tests.migrated import HOUSE

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("drill")]


def test_random_faults_lose_nothing_and_never_make_an_old_answer_look_current() -> None:
    command = [sys.executable, "-m", "tests.journeys.drill", "--seconds", "6", "--seed", "3", "--every", "1"]
    command += ["--within", "25"]  # other tests have the machine as well; `make drill` demands 10
    done = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert (told["lost"], told["doubled"], told["stale_as_fresh"]) == (0, 0, 0)
    assert min(told["changes"], told["faults"], told["snapshots"]) > 2, "or the drill would prove nothing"
