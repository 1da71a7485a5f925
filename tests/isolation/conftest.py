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
def neighbours(db: None) -> tuple[Household, Household]:
    """Both of them, judged."""
    both = furnish("amarant"), furnish("zinnober", country="AT", segment="public_sector")
    judged(*both)
    return both


@pytest.fixture
def ours(neighbours: tuple[Household, Household]) -> Household:
    """The partner in whose name a test acts."""
    return neighbours[0]


@pytest.fixture
def theirs(neighbours: tuple[Household, Household]) -> Household:
    """The neighbour."""
    return neighbours[1]
