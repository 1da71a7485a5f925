"""`manage.py privacy export|erase|anonymise`: one person's data as JSON, a person erased, closed leads without people."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from common.isolation import Side, acting
from common.refusals import Refused
from customers.models import Contact
from partners.models import User
from partners.roles import Role
from portal import privacy
from referrals.services import anonymise_old


class Command(BaseCommand):
    """As an administrator, who is named in the audit."""

    help = "Export or erase what is kept about a person; take people out of leads that are older than they are kept."

    def add_arguments(self, parser: CommandParser) -> None:
        """One verb, and about whom."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        export = verbs.add_parser(
            "export", help="all data about an e-mail address, of contacts and of people who sign in"
        )
        erase = verbs.add_parser("erase", help="erase every contact with an e-mail address")
        for verb in (export, erase):
            verb.add_argument("email")
            verb.add_argument("--as", dest="administrator", required=True, help="e-mail address of an administrator")
        verbs.add_parser("anonymise", help="closed leads after LEADS_KEEP_DAYS; does nothing while that is 0")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints one JSON object."""
        try:
            told = getattr(self, options["verb"])(options)
        except Refused as refusal:
            raise CommandError(str(refusal.sentence)) from refusal
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))

    def export(self, options: dict[str, Any]) -> dict[str, Any]:
        """Everything, of every partner."""
        with acting(Side.OFFICE):
            by, email = _administrator(options), options["email"]
        with acting(Side.OFFICE, user_id=by.pk):
            users = User.objects.visible_to(by).filter(email__iexact=email)
            return {
                "contacts": [privacy.document_of(contact, by=by) for contact in _contacts(email, by)],
                "people": [privacy.document_of_user(user, by=by) for user in users],
            }

    def erase(self, options: dict[str, Any]) -> dict[str, Any]:
        """All of them, or none."""
        with acting(Side.OFFICE):
            by = _administrator(options)
        with acting(Side.OFFICE, user_id=by.pk):
            done = [privacy.erase(contact, by=by) for contact in _contacts(options["email"], by)]
        return {
            "erased": len(done),
            "leads": sum(one.leads for one in done),
            "acceptances_kept": sum(one.kept for one in done),
            "drafts": sum(one.drafts for one in done),
            "files": sum(one.files for one in done),
        }

    def anonymise(self, options: dict[str, Any]) -> dict[str, Any]:
        """What beat does every day."""
        return {"leads": anonymise_old(clock=now)}


def _administrator(options: dict[str, Any]) -> User:
    person: User | None = User.objects.filter(
        email__iexact=options["administrator"], role=Role.ADMINISTRATOR, is_active=True
    ).first()
    if person is None:
        raise CommandError(f"{options['administrator']} is no administrator.")
    return person


def _contacts(email: str, by: User) -> list[Contact]:
    return list(Contact.objects.visible_to(by).filter(email__iexact=email).order_by("pk"))
