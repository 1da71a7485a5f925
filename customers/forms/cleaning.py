"""What is typed about a company, brought into one form or refused with its cure. Pure."""

import re
from unicodedata import name as unicode_name
from unicodedata import normalize
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LEGAL_FORM_ONLY = re.compile(
    r"(gmbh|mbh|ag|kg|ohg|ug|se|gbr|ltd|llc|inc|plc|sa|bv|nv|e\.?\s?v\.?|&|co\.?|\s|\.)+", re.IGNORECASE
)
HOST = re.compile(r"(?=.{4,253}$)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}")
TENANT_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9]{0,26}")
# an ending that is also a word or a legal form in company names (Contoso AG, Contoso SE) warns nobody
WARNING_ENDINGS = re.compile(
    r"\.(?:com|net|org|info|biz|de|at|ch|eu|io|fr|it|nl|uk|cloud|shop|online)\b", re.IGNORECASE
)
REPEATED = re.compile(r"(\w)\1{3,}", re.IGNORECASE)
# letters of these scripts that look like a Latin one
LOOKALIKES = frozenset("асеорхуіјѕԁһԛԝѵӏ" + "αορνικυχγ")
_EAST_ASIAN = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"}


def clean_name(value: str) -> str:
    """A company name without stray spaces; refused when it cannot be one (C7)."""
    name = " ".join(normalize("NFC", value).split())
    if len(name) < 2 or not any(letter.isalnum() for letter in name):
        raise ValidationError(_("A company name has at least two characters, letters or digits among them."))
    if LEGAL_FORM_ONLY.fullmatch(name):
        raise ValidationError(_("This is only a legal form. Please enter the whole company name."))
    for word in name.split():
        if is_mixed(word):
            values = {"word": word}
            raise ValidationError(
                _("“%(word)s” mixes letters of different alphabets that look alike. Please type it again."),
                params=values,
            )
    return name


def warnings_about(name: str) -> list[str]:
    """What is unusual about a company name, and allowed (C7)."""
    found = []
    if WARNING_ENDINGS.search(name):
        found.append(gettext("The company name looks like an internet address. Is it the name of the company?"))
    if REPEATED.search(name):
        found.append(gettext("The company name repeats a character several times. Is it typed right?"))
    return found


def clean_domain(value: str) -> str:
    """The bare host of whatever was pasted: 'https://www.Contoso.de/x' becomes 'contoso.de'."""
    host = normalize("NFKC", value).strip().lower()
    host = host.split("://")[-1].split("@")[-1].split("/")[0].split(":")[0].removeprefix("www.").rstrip(".")
    host = ".".join(map(_decoded, host.split(".")))
    if host and not HOST.fullmatch(host):
        raise ValidationError(_("This is no domain. It looks like contoso.de, without http:// and without a path."))
    if host and _deceives(host):
        raise ValidationError(
            _("This domain uses letters of another alphabet that look like Latin ones. Please type it again.")
        )
    return host


def clean_tenant_id(value: str) -> UUID | None:
    """The GUID of a tenant; None when there is none (P5)."""
    text = value.strip().strip("{}")
    if not text:
        return None
    if not re.fullmatch(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", text, re.IGNORECASE) or not UUID(text).int:
        raise ValidationError(
            _(
                "This is no tenant id. It looks like 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0 (32 digits and letters a to f)."
            )
        )
    return UUID(text)


def clean_tenant_prefix(value: str) -> str:
    """The first part of a tenant's default domain, letters and digits (P5)."""
    prefix = value.strip().lower().removesuffix(".onmicrosoft.com")
    if prefix and not TENANT_PREFIX.fullmatch(prefix):
        raise ValidationError(_("The default domain has up to 27 letters and digits, and begins with a letter."))
    return prefix


def clean_duns(value: str) -> str:
    """Nine digits; a leading zero that a spreadsheet has lost is put back (P6)."""
    digits = re.sub(r"[\s-]", "", value)
    if not digits:
        return ""
    if not re.fullmatch(r"[0-9]{7,9}", digits):
        raise ValidationError(_("A DUNS number has nine digits, for example 012345678."))
    return digits.zfill(9)


def is_mixed(word: str) -> bool:
    """Whether a word mixes Latin letters with those of another alphabet that has letters of the same look."""
    scripts = _scripts(word)
    return len(scripts & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}) > 1


def _deceives(host: str) -> bool:
    """Whether a label mixes alphabets, or is written in another one so that it looks Latin under a Latin ending."""
    labels = host.split(".")
    is_latin_ending = _scripts(labels[-1]) <= {"LATIN"}
    return any(
        len(_scripts(label)) > 1 or (is_latin_ending and _scripts(label) and _looks_latin(label)) for label in labels
    )


def _looks_latin(label: str) -> bool:
    letters = {letter for letter in label if letter.isalpha()}
    return "LATIN" not in _scripts(label) and letters <= LOOKALIKES


def _scripts(text: str) -> set[str]:
    """The alphabets of the letters; the East Asian ones count as one, because they are written together."""
    found = {unicode_name(letter, "?").split()[0].split("-")[0] for letter in text if letter.isalpha()}
    return (found - _EAST_ASIAN) | ({"CJK"} if found & _EAST_ASIAN else set())


def _decoded(label: str) -> str:
    """A label as people read it, where it came in the form of the name system (xn--...)."""
    if not label.startswith("xn--"):
        return label
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError as error:
        raise ValidationError(
            _("This is no domain. It looks like contoso.de, without http:// and without a path.")
        ) from error
