"""Refusals, partials and the migration steps of isolation. No test here needs a database."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils.translation import gettext_lazy
from django_htmx.middleware import HtmxMiddleware

from common import htmx
from common.isolation import OWN_PARTNER, Side, guarded, of_partner
from common.refusals import NotAllowed, Refused, Stale, Unfit


@pytest.mark.parametrize(("refusal", "status"), [(Refused, 409), (NotAllowed, 403), (Stale, 412), (Unfit, 422)])
def test_a_refusal_has_a_sentence_a_status_and_perhaps_a_field(refusal: type[Refused], status: int) -> None:
    sentence = gettext_lazy("Please look at the new values first.")
    found = refusal(sentence, field="seats")
    assert (found.status, found.field, str(found.sentence)) == (status, "seats", str(sentence))
    assert isinstance(found, Refused)
    assert refusal(sentence).field == ""


def asked(**headers: str) -> HttpRequest:
    request = RequestFactory().get("/", headers=headers)
    HtmxMiddleware(lambda _request: None)(request)  # type: ignore[arg-type, return-value]
    return request


@pytest.mark.parametrize(
    ("headers", "template"),
    [
        ({}, "page.html"),
        ({"HX-Request": "true"}, "partial.html"),
        ({"HX-Request": "true", "HX-Boosted": "true"}, "page.html"),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, "page.html"),
    ],
)
def test_one_view_answers_with_the_page_or_with_the_part_that_was_asked_for(
    headers: dict[str, str], template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rendered(monkeypatch, lambda: asked(**headers)) == template


def test_a_request_that_htmx_never_saw_gets_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rendered(monkeypatch, lambda: RequestFactory().get("/")) == "page.html"


def rendered(monkeypatch: pytest.MonkeyPatch, request: Callable[[], HttpRequest]) -> str:
    used: list[str] = []

    def render(_request: HttpRequest, template: str, context: dict[str, Any], *, status: int) -> dict[str, str]:
        used.append(template)
        assert (context, status) == ({"one": 1}, 422)
        return {}

    monkeypatch.setattr(htmx, "render", render)
    response = htmx.page_or_partial(request(), "page.html", "partial.html", {"one": 1}, status=422)
    assert "HX-Request" in response["Vary"], "a cache must not give the part to somebody who asks for the page"
    return used[0]


def test_a_guarded_table_has_one_plain_policy_for_each_side_named() -> None:
    step = guarded("things", partner=("SELECT, INSERT", OWN_PARTNER), office=("SELECT", "true"))
    assert step.sql == (
        "ALTER TABLE things ENABLE ROW LEVEL SECURITY;\n"
        "GRANT SELECT, INSERT ON things TO wegweiser_partner;\n"
        f"CREATE POLICY partner ON things TO wegweiser_partner USING ({OWN_PARTNER}) WITH CHECK ({OWN_PARTNER});\n"
        "GRANT SELECT ON things TO wegweiser_office;\n"
        "CREATE POLICY office ON things TO wegweiser_office USING (true) WITH CHECK (true)"
    )
    assert "DISABLE ROW LEVEL SECURITY" in str(step.reverse_sql)
    with pytest.raises(KeyError):
        guarded("things", stranger=("SELECT", "true"))


def test_a_composite_key_holds_the_partner() -> None:
    step = of_partner("things", "customer_id", "customers_customer", on_delete="CASCADE")
    assert "FOREIGN KEY (partner_id, customer_id) REFERENCES customers_customer (partner_id, id)" in step.sql
    assert "ON DELETE CASCADE" in step.sql
    assert step.reverse_sql == "ALTER TABLE things DROP CONSTRAINT things_customer_id_own"


def test_sides_are_named_as_the_database_knows_them() -> None:
    assert {side.value for side in Side} == {
        "wegweiser_visitor",
        "wegweiser_partner",
        "wegweiser_channel",
        "wegweiser_office",
        "wegweiser_worker",
        "wegweiser_signer",
    }
