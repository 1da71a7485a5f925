"""Two neighbours for every test of this room, and their files in a place of the test's own."""

from pathlib import Path
from typing import Any

import pytest

from tests.neighbours import Household, furnish, judged


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": backend, "OPTIONS": {"location": tmp_path, "base_url": None}},
    }


@pytest.fixture
def ours(db: None) -> Household:
    """The partner in whose name a test acts."""
    household = furnish("amarant")
    judged(household)
    return household


@pytest.fixture
def theirs(db: None) -> Household:
    """The neighbour."""
    household = furnish("zinnober", country="AT", segment="public_sector")
    judged(household)
    return household
