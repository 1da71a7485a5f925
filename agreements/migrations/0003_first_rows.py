"""The dated rows as they are known (M2, M4, tables 3.2 and 3.3); what only third parties say is marked as such."""

from datetime import date
from typing import Any

from django.db import migrations

MCA = "117a77b0-9360-443b-8795-c6dedc750cf9"
TEXT = "https://aka.ms/customeragreement"
ATTESTERS = ["direct_bill", "indirect_provider"]
EVERYBODY = [*ATTESTERS, "indirect_reseller"]
LEARN = "Microsoft Learn, Partner Center"

CUT_OFFS = [
    (
        "mandatory",
        date(2020, 2, 1),
        None,
        False,
        "Every new order needs an accepted Microsoft Customer Agreement.",
        "Jede neue Bestellung setzt eine angenommene Microsoft-Kundenvereinbarung voraus.",
        LEARN,
    ),
    (
        "text_of_2023",
        date(2025, 10, 7),
        date(2023, 4, 1),
        True,
        "Customers that accepted before 1 April 2023 must accept again before they buy or change anything.",
        "Kunden, die vor dem 1. April 2023 zugestimmt haben, müssen vor Käufen und Änderungen erneut zustimmen.",
        "ManageProtect, Microchannel, SoftwareOne",
    ),
    (
        "no_valid_acceptance",
        date(2026, 1, 21),
        None,
        True,
        "Customers without a valid acceptance are blocked; the block is lifted at once on acceptance.",
        "Kunden ohne gültige Zustimmung werden gesperrt; mit der Zustimmung entfällt die Sperre sofort.",
        "Cloudfactory, Bluehost",
    ),
]
PATHS = [
    ("attestation", ATTESTERS, date(2019, 10, 1), date(2026, 1, 4)),
    ("direct", EVERYBODY, date(2020, 2, 1), None),
    ("enhanced", ATTESTERS, date(2025, 7, 10), None),
]
LANGUAGES = [
    ("", ["en-US"]),
    *((country, ["de-DE", "en-US"]) for country in ("DE", "AT", "LI")),
    *((country, ["fr-FR", "en-US"]) for country in ("CH", "LU")),
]


def add(apps: Any, schema_editor: Any) -> None:
    def model(name: str) -> Any:
        return apps.get_model("agreements", name).objects.using(schema_editor.connection.alias)

    for code, effective_on, before, is_information, english, german, source in CUT_OFFS:
        model("CutOff").create(
            code=code,
            effective_on=effective_on,
            accepted_before=before,
            is_information=is_information,
            text_en=english,
            text_de=german,
            source=source,
        )
    for path, csp_types, first, last in PATHS:
        model("PathRule").create(path=path, csp_types=csp_types, valid_from=first, valid_to=last, source=LEARN)
    for rank, first in ((0, date(2019, 10, 1)), (1, date(2023, 3, 1))):
        model("TemplateVersion").create(
            template_id=MCA, version_rank=rank, agreement_link=TEXT, valid_from=first, source=LEARN
        )
    for country, languages in LANGUAGES:
        for language in languages:
            model("TemplateLanguage").create(
                country=country, language=language, valid_from=date(2019, 10, 1), source=LEARN
            )
    model("SigningProgramme").create(
        code="default", link_minutes=21 * 24 * 60, reminder_days=[3, 7, 14], valid_from=date(2025, 7, 10)
    )


class Migration(migrations.Migration):
    dependencies = [("agreements", "0002_isolation")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
