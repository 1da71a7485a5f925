"""Referrals with something wrong in them at random: an answer or a fault, never a failure of ours. `make fuzz` is longer."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.wire.clients import Wire
from tests.wire.referrals import PLACE, at, fault_of, made, referral, shared

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("API_EXAMPLES", "12"))
LENIENT = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
WORDS = "Won|Closed|Active|Shared|EUR|DE|10000|-1|1e5|2027-01-01|QuotesOrLicensing|QRP|Close|a@b.example|\0|\ud800|'|%"
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(WORDS.split("|"))
    | st.text(max_size=20)
)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
)
FIELDS = (
    "status type updatedDateTime engagementId details/dealValue customerProfile/address/country team/any(t: t/email"
)
VALUES = "'Active' 'it''s' 2026-01-01 2026-13-01T00:00Z 1.5 null true 37ef26aa-1d15-4533-9f93-a69bd33ab1e5 \0"
OPERATORS = [f" {word} " for word in ("eq", "ne", "gt", "le", "and", "or", "not")]
PIECES = [*FIELDS.split(), *VALUES.split(), *OPERATORS, "(", ")", ",", "contains("]


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything in a document."""
    if path:
        yield path
    inner = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for name, value in inner:
        yield from places(value, (*path, name))


def spoilt(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The document with something else at a place."""
    *way, last = path
    inner = document
    for name in way:
        inner = inner[name]
    inner[last] = value
    return document


SAMPLE = shared(
    referral(salesStage="Develop", engagementId="37ef26aa-1d15-4533-9f93-a69bd33ab1e5", custom=[1]), "QuotesOrLicensing"
)
PLACES = sorted(places(SAMPLE), key=str)


def fresh() -> Any:
    found = shared(referral(salesStage="Develop", engagementId=SAMPLE["engagementId"], custom=[1]), "QuotesOrLicensing")
    return {**found, "referralProgram": None}


def must_be_sane(answer: Any) -> None:
    if answer.status_code not in (200, 204):
        assert 400 <= answer.status_code < 500, answer.content
        fault_of(answer, answer.status_code)


def test_a_referral_with_anything_anywhere_is_taken_or_refused(wire: Wire) -> None:
    @LENIENT
    @given(st.sampled_from(PLACES), ANYTHING)
    def tried(path: tuple[Any, ...], value: Any) -> None:
        answer = wire.post(PLACE, spoilt(fresh(), path, value))
        must_be_sane(answer)
        if answer.status_code == 200:
            found = answer.json()
            # what is shown can be sent back as it is
            again = wire.put(at(found), found, If_Match=found["eTag"])
            assert (again.status_code, again.json()) == (200, found)

    tried()


def test_a_change_of_anything_is_taken_or_refused(wire: Wire) -> None:
    found = made(wire)

    @LENIENT
    @given(st.sampled_from(PLACES), ANYTHING, ANYTHING)
    def tried(path: tuple[Any, ...], value: Any, body: Any) -> None:
        pointer = "/" + "/".join("-" if isinstance(name, int) else name for name in path)
        must_be_sane(wire("PATCH", at(found), [{"op": "add", "path": pointer, "value": value}]))
        must_be_sane(wire("PATCH", at(found), body))
        must_be_sane(wire.put(at(found), {path[0]: value}, If_Match="*"))
        assert wire.get(at(found)).status_code == 200

    tried()


def test_a_filter_of_any_pieces_is_answered_or_refused(wire: Wire) -> None:
    made(wire)

    @LENIENT
    @given(st.lists(st.sampled_from(PIECES), max_size=12))
    def tried(pieces: list[str]) -> None:
        must_be_sane(wire.get(f"{PLACE}?$filter={quote(''.join(pieces))}"))

    tried()
