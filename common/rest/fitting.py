"""What the forms of pages ask of values, asked by a JSON door as well: the rules stand in one place."""

from typing import Any

from django.forms import Form

from common.rest.problems import Problem


def must_fit(form: Form, *, prefix: str = "") -> None:
    """A problem that names every field of a body which a form of a page cannot take; the body has a prefix before names."""
    if not form.is_valid():
        raise Problem("invalid", errors=_errors(form, prefix))


def must_be_parameters(form: Form) -> None:
    """A problem that names every parameter of an address which a form of a page cannot take."""
    if not form.is_valid():
        raise Problem("parameter", errors=_errors(form))


def _errors(form: Form, prefix: str = "") -> list[dict[str, Any]]:
    return [
        {
            "field": "" if name == "__all__" else f"{prefix}{name}",
            "code": error["code"] or "unfit",
            "detail": error["message"],
        }
        for name, found in form.errors.get_json_data().items()
        for error in found
    ]
