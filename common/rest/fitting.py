"""What the forms of pages ask of values, asked by a JSON door as well: the rules stand in one place."""

from django.forms import Form

from common.rest.problems import Problem


def must_fit(form: Form) -> None:
    """A problem that names every field which a form of a page cannot take."""
    if form.is_valid():
        return
    errors = [
        {"field": "" if name == "__all__" else name, "code": error["code"] or "unfit", "detail": error["message"]}
        for name, found in form.errors.get_json_data().items()
        for error in found
    ]
    raise Problem("invalid", errors=errors)
