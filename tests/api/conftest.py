"""A program for each of two partners."""

from typing import Any

import pytest

from common.rest import limits
from partners.models import Partner
from tests import factories
from tests.programs import Program


@pytest.fixture(autouse=True)
def _nobody_counts(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Requests are counted by this process alone, from nothing."""
    monkeypatch.setattr(limits, "_away_until", [float("inf")])
    monkeypatch.setattr(limits, "_own", type(limits._own)())
    monkeypatch.setattr(limits, "_taken", {})


@pytest.fixture
def program(partner: Partner) -> Program:
    return Program(partner)


@pytest.fixture
def rival(db: None) -> Program:
    return Program(factories.PartnerFactory(name="Südwind GmbH"))
