"""Two neighbours for every test of this room, furnished once; each test has them as they were."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.neighbours import Household, furnish, judged, standing


@pytest.fixture(scope="package")
def furnished(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Household, Household]]:
    """Both of them, judged, for all tests of the room."""
    with standing(django_db_blocker, tmp_path_factory.mktemp("neighbours")):
        both = furnish("amarant"), furnish("zinnober", country="AT", segment="public_sector")
        judged(*both)
        yield both


@pytest.fixture
def neighbours(furnished: tuple[Household, Household], db: None) -> tuple[Household, Household]:
    """Both of them, for one test."""
    return deepcopy(furnished)


@pytest.fixture
def ours(neighbours: tuple[Household, Household]) -> Household:
    """The partner in whose name a test acts."""
    return neighbours[0]


@pytest.fixture
def theirs(neighbours: tuple[Household, Household]) -> Household:
    """The neighbour."""
    return neighbours[1]
