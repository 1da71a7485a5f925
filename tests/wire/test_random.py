"""Random requests from the published contracts: no fault of ours, and no answer that it does not name (`make fuzz`)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import factories
from tests.wire.clients import Wire
from tests.wire.shared import contract

EXAMPLES = os.environ.get("API_EXAMPLES", "")
CHECKS = "not_a_server_error,status_code_conformance,response_schema_conformance"


@pytest.mark.parametrize("name", ["customers", "referrals", "webhooks"])
@pytest.mark.skipif(not EXAMPLES, reason="takes minutes: make fuzz")
@pytest.mark.django_db(transaction=True)
def test_requests_at_random_find_no_fault_and_no_answer_that_the_contract_does_not_name(
    name: str, live_server: Any, wire: Wire, settings: Any, tmp_path: Path
) -> None:
    settings.API_REQUESTS_A_MINUTE = 10**9
    factories.ReferralFactory(customer__partner=wire.program.partner, team=[wire.program.row.user])
    document = contract(name)
    (tmp_path / "contract.json").write_text(json.dumps(document))
    url = live_server.url + document.get("basePath", "").rstrip("/")
    words = [
        *(str(Path(sys.executable).parent / "schemathesis"), "run", "contract.json", "--url", url),
        *("--header", f"Authorization: Bearer {wire.program.token}", "--checks", CHECKS, "--seed", "1"),
        *("--max-examples", EXAMPLES, "--workers", "1", "--no-color", "--phases", "examples,coverage,fuzzing"),
    ]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=170 * int(EXAMPLES))
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-1000:]
