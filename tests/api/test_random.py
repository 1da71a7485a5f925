"""Random requests from the document: no fault of ours, and no answer that it does not name. `make fuzz` is longer."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from partners.models import Partner
from tests import factories
from tests.programs import Program

EXAMPLES = os.environ.get("API_EXAMPLES", "")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.mark.skipif(not EXAMPLES, reason="takes minutes: make fuzz")
@pytest.mark.django_db(transaction=True)
def test_requests_at_random_find_no_fault_and_no_answer_that_the_document_does_not_name(
    live_server: Any, partner: Partner, settings: Any, tmp_path: Path
) -> None:
    settings.API_REQUESTS_A_MINUTE = 10**9
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path, "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "default": place}
    program = Program(partner)
    (tmp_path / "schema.json").write_bytes(Client().get("/api/v1/schema/").content)
    factories.DealFactory(customer__partner=partner)
    words = [
        *(str(Path(sys.executable).parent / "schemathesis"), "run", "schema.json", "--url", live_server.url),
        *("--header", f"Authorization: Bearer {program.token}", "--checks", CHECKS),
        *(
            "--max-examples",
            EXAMPLES,
            "--seed",
            "1",
            "--workers",
            "1",
            "--no-color",
            "--phases",
            "examples,coverage,fuzzing",
        ),
    ]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=170 * int(EXAMPLES))
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-1000:]
