"""The table of an agreement's life (M13): each step, from each state, by each actor, as the table says and no other way."""

from datetime import date
from itertools import product
from pathlib import Path as Place

import pytest
from django.db import IntegrityError, transaction

from agreements.management.commands.draw_agreement_states import drawn
from agreements.models import Agreement, AgreementEvent
from agreements.services import steps
from agreements.services.steps import Doer
from agreements.states import STEPS, Actor, Path, State, Step, allowed
from common.refusals import NotAllowed, Refused
from tests.factories import NOON, in_state

FACTS = {
    State.TO_FINALISE: {"path": Path.ENHANCED, "accepted_on": date(2026, 3, 3)},
    State.ATTESTED: {"path": Path.ATTESTATION, "accepted_on": date(2024, 3, 3)},
    State.DIRECT_ACCEPTED: {"path": Path.DIRECT},
}


@pytest.mark.django_db
@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", State)
def test_a_step_is_taken_exactly_where_the_table_has_it(step: Step, state: State, agreement: Agreement) -> None:
    rule = STEPS[step]
    for actor in Actor:
        row = in_state(agreement.customer, state)
        before, events = row.version, AgreementEvent.objects.count()
        is_right = actor in rule.actors and state in rule.sources
        facts = FACTS.get(rule.to, {}) if step not in (Step.ASK_AGAIN, Step.REVOKE) else {}
        if is_right and step is Step.ASK_AGAIN and row.accepted_on is None:
            row = in_state(agreement.customer, state, accepted_on=date(2022, 1, 1))
        if is_right:
            event = steps.take(row, step, doer=Doer(actor, "Somebody"), at=NOON, **facts)
            row.refresh_from_db()
            assert (row.state, row.since, row.version) == (rule.to, NOON, before + 1)
            assert (event.before, event.after, event.step, event.notified_at) == (state, rule.to, step, None)
        else:
            refusal = NotAllowed if actor not in rule.actors else Refused
            with pytest.raises(refusal):
                steps.take(row, step, doer=Doer(actor, "Somebody"), at=NOON, **facts)
            row.refresh_from_db()
            assert (row.state, row.version) == (state, before)
            assert AgreementEvent.objects.count() == events


@pytest.mark.parametrize(("state", "actor"), list(product(State, Actor)))
def test_buttons_are_the_steps_of_the_table(state: State, actor: Actor) -> None:
    by_table = [step for step, rule in STEPS.items() if state in rule.sources and actor in rule.actors]
    assert list(allowed(state, actor)) == by_table


def test_every_state_can_be_reached_and_left() -> None:
    targets = {rule.to for rule in STEPS.values()} | {State.NOT_STARTED}
    sources = frozenset().union(*(rule.sources for rule in STEPS.values()))
    assert targets == set(State) == set(sources)


def test_a_direct_acceptance_is_carried_over_and_an_attestation_is_not() -> None:
    assert State.DIRECT_ACCEPTED not in STEPS[Step.REVOKE].sources
    assert State.ATTESTED in STEPS[Step.REVOKE].sources


@pytest.mark.django_db
@pytest.mark.parametrize(
    "facts",
    [
        {"state": State.ATTESTED},
        {"state": State.ATTESTED, "path": Path.ATTESTATION},
        {"state": State.ATTESTED, "path": Path.DIRECT, "accepted_on": date(2024, 1, 1)},
        {"state": State.DIRECT_ACCEPTED, "path": Path.ENHANCED},
        {"state": State.NOT_STARTED, "path": Path.DIRECT},
        {"state": State.LINK_SENT, "accepted_on": date(2024, 1, 1)},
        {"state": State.TO_FINALISE, "path": Path.ENHANCED},
        {"state": State.REACCEPT},
        {"state": State.REVOKED, "path": Path.DIRECT},
        {"state": "signed"},
    ],
    ids=str,
)
def test_the_database_refuses_fields_that_do_not_fit_the_state(facts: dict[str, object], agreement: Agreement) -> None:
    with pytest.raises(IntegrityError, match="agreement_path_fits_state"), transaction.atomic():
        Agreement.objects.filter(pk=agreement.pk).update(**facts)


def test_the_drawn_states_are_fresh() -> None:
    path = Place(__file__).resolve().parents[2] / "docs" / "agreement-states.md"
    assert path.read_text() == drawn(), "make manage ARGS=draw_agreement_states >docs/agreement-states.md"
