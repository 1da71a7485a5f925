"""The house is in order: nothing unused, nothing unworded, nothing too long, nothing that does not belong."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.core.management import call_command
from django.db.models import Choices
from django.utils.functional import Promise
from django.utils.translation import override

import agreements.states
import customers.models
import motions.models.deals
import motions.states
import partners.models.audit
import partners.roles
import partners.states
import referrals.models.events
import referrals.states.codes
import referrals.states.life
import referrals.states.registering
from motions import wording
from motions.imports import wording as import_wording
from motions.policy.editions import EDITIONS

HOUSE = Path(__file__).resolve().parent.parent
ROOMS = ("common", "partners", "customers", "agreements", "motions", "referrals", "portal")
# pages that Django, allauth and the components find by their place
FOUND_BY_PLACE = ("account/", "allauth/", "cotton/", "admin/")
ERROR_PAGES = {"400.html", "403.html", "403_csrf.html", "404.html", "409.html", "429.html", "500.html"}


def tracked() -> list[Path]:
    """Every file of the repository that is text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOUSE, capture_output=True, check=True, text=True)
    paths = [HOUSE / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:4096]]


def sources() -> list[Path]:
    """The Python files of the rooms, without what Django writes."""
    return [path for room in ROOMS for path in sorted((HOUSE / room).rglob("*.py")) if "migrations" not in path.parts]


def choices() -> list[type[Choices]]:
    """Every enumeration that somebody reads."""
    modules = (
        agreements.states,
        partners.models.audit,
        partners.roles,
        partners.states,
        customers.models,
        motions.states,
        motions.models.deals,
        referrals.states.life,
        referrals.states.codes,
        referrals.states.registering,
        referrals.models.events,
    )
    return [
        found
        for module in modules
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, Choices) and found.__module__.startswith(module.__name__)
    ]


def test_no_template_is_unused() -> None:
    asked = "\n".join(path.read_text() for path in [*sources(), *(HOUSE / "templates").rglob("*.html")])
    names = [str(path.relative_to(HOUSE / "templates")) for path in (HOUSE / "templates").rglob("*.html")]
    unused = [
        name
        for name in names
        if not name.startswith(FOUND_BY_PLACE) and name not in ERROR_PAGES and f'"{name}' not in asked
    ]
    assert unused == []


def test_no_component_is_unused() -> None:
    used = "\n".join(path.read_text() for path in (HOUSE / "templates").rglob("*.html"))
    folder = HOUSE / "templates" / "cotton"
    names = [str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.html")]
    tags = [name.removesuffix("/index").replace("/", ".").replace("_", "-") for name in names]
    assert [tag for tag in tags if not re.search(rf"<c-{re.escape(tag)}[\s/>]", used)] == []


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_sentence_is_worded_in_every_language() -> None:
    done = subprocess.run([sys.executable, "bin/messages", "check"], cwd=HOUSE, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_rule_of_every_edition_is_worded() -> None:
    codes = {rule.code for edition in EDITIONS.values() for rule in edition.rules}
    assert codes
    assert codes - set(wording.RULES) == set()


@pytest.mark.parametrize("found", choices(), ids=lambda found: found.__name__)
def test_every_state_and_choice_has_a_german_name(found: type[Choices]) -> None:
    names = {str(label) for label in found.labels}
    with override("de"):
        german = [str(label) for label in found.labels]
    assert all(german)
    # a label that is no promise would stay as it is for ever
    assert all(isinstance(member._label_, Promise) for member in found), names  # type: ignore[attr-defined]


def test_every_sentence_of_the_import_has_its_german() -> None:
    with override("en"):
        english = import_wording._sentences()
    with override("de"):
        german = import_wording._sentences()
    assert len(english) > 20
    assert [code for code, sentence in english.items() if german[code] == sentence] == []


# how it must not be said in German: left as it stands in Microsoft's own texts, or said by another word there
FORBIDDEN = {
    r"\bSchwelle\b": "Schwellenwert",
    r"\bBreite\b": "Breadth",
    r"\bUnternehmens-Motion\b": "Enterprise",
    r"\bSelbstbedienung": "Self-Service",
    r"\bSitzplätze\b|\bSitze\b": "Seats",
    r"\bAbschlussgeschäft": "Deal",
    r"\bEmpfehlungsmotor\b|\bEmpfehlungsmaschine\b": "Purchasing Guidance",
    r"\bGrosshandel": "Großhandelspreise",
    r"\bDoppelnutzung": "Dual-Use-Rechte",
    r"\b[Dd]u\b|\b[Dd]ein": "Sie",
}
KEPT = ("Breadth", "Enterprise", "Self-Service", "Deal", "Multi-Tenant", "Multi-Affiliate")


def german() -> list[tuple[str, str]]:
    """(English, German) of the catalogue; plural forms together."""
    with (HOUSE / "locale/de/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="de")

    def text(value: object) -> str:
        return value if isinstance(value, str) else " | ".join(value)  # type: ignore[arg-type]

    return [(text(message.id), text(message.string)) for message in catalogue if message.id]


@pytest.mark.parametrize("pattern", FORBIDDEN, ids=FORBIDDEN.values())
def test_no_word_of_the_glossary_is_said_otherwise_in_german(pattern: str) -> None:
    assert [worded for _english, worded in german() if re.search(pattern, worded)] == []


@pytest.mark.parametrize("term", KEPT)
def test_a_term_that_stays_english_stays_in_german(term: str) -> None:
    lost = [
        (english, worded)
        for english, worded in german()
        if re.search(rf"\b{term}\b", english) and term.lower() not in worded.lower()
    ]
    assert lost == []


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_module_and_its_functions_are_short(path: Path) -> None:
    text = path.read_text()
    if "sql" in path.parts or path.name == "wording.py" or "wording" in path.parts:
        pytest.skip("statements and tables of sentences are text")
    assert len(text.splitlines()) <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert (node.end_lineno or 0) - node.lineno + 1 <= 40, node.name


def test_the_readme_says_how_to_run_and_to_test() -> None:
    text = (HOUSE / "README.md").read_text()
    assert {"make run", "make test"} <= set(re.findall(r"make \w+", text))


def test_contributing_names_every_room() -> None:
    text = (HOUSE / "CONTRIBUTING.md").read_text()
    assert [room for room in ROOMS if not re.search(rf"\b{room}\b", text)] == []


def test_no_file_names_the_machine_that_it_was_made_on() -> None:
    # put together here, so that this file does not find itself
    registries = [
        ".".join(parts) for parts in (("pypi", "org"), ("npmjs", "org"), ("npmjs", "com"), ("pythonhosted", "org"))
    ]
    places = ["/" + place + "/" for place in ("work", "root", "home")]
    machine = re.compile("|".join([*map(re.escape, registries), *(rf"(?<![\w.~$)}}]){re.escape(p)}" for p in places)]))
    hits = [
        f"{path.relative_to(HOUSE)}: {hit.group()}"
        for path in tracked()
        for hit in [machine.search(path.read_text(errors="replace"))]
        if hit
    ]
    assert hits == []
