"""Evidence of an acceptance and the amendment for professional secrecy, as files (M9, M15)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agreements.models import Agreement, AgreementFile
from agreements.services import attesting
from agreements.states import FileKind, Note
from common import files
from common.files import Upload
from common.refusals import NotAllowed
from partners.models import User


@transaction.atomic
def keep_file(agreement: Agreement, *, by: User, at: datetime, kind: FileKind, upload: Upload) -> AgreementFile:
    """Keep a PDF, PNG or JPEG of at most 10 MB; `Unfit` (field `file`) for anything else."""
    if not by.is_of_partner:
        raise NotAllowed(_("Only the partner itself does something about its customer’s agreement."))
    agreement = Agreement.objects.visible_to(by).get(pk=agreement.pk)
    stored = files.store(upload, folder="agreements")
    kept = AgreementFile.objects.create(
        partner_id=agreement.partner_id,
        customer_id=agreement.customer_id,
        agreement=agreement,
        kind=kind,
        file_name=stored.file_name,
        stored_as=stored.stored_as,
        media_type=stored.media_type,
        size=stored.size,
        sha256=stored.sha256,
        at=at,
        by_name=str(by),
    )
    attesting.note(agreement, Note.FILE_ADDED, by=by, at=at, changes={"file": [None, stored.file_name]})
    return kept
