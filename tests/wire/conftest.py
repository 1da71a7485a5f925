"""Clients of the wire, one for each of two partners; requests are counted by this process alone."""

from typing import Any

import pytest

from common.rest import limits
from partners.models import Partner
from tests import factories
from tests.programs import Program
from tests.wire.clients import Wire


@pytest.fixture(autouse=True)
def _nobody_counts(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """From nothing, and without the broker."""
    monkeypatch.setattr(limits, "_away_until", [float("inf")])
    monkeypatch.setattr(limits, "_own", type(limits._own)())


@pytest.fixture
def program(partner: Partner) -> Program:
    return Program(partner)


@pytest.fixture
def wire(program: Program) -> Wire:
    return Wire(program)


@pytest.fixture
def rival(db: None) -> Wire:
    return Wire(Program(factories.PartnerFactory(name="Südwind GmbH")))
