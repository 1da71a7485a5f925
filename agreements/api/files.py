"""Files about agreements in the API."""

from typing import ClassVar
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from agreements import services
from agreements.api.agreements import FileOut, file_shown, of_caller
from agreements.models import AgreementFile
from agreements.states import FileKind
from common import files
from common.rest.endpoints import Answer, Asked, operation
from common.rest.inputs import Shape
from partners.access import ApiView

MEDIA = tuple(kind.media_type for kind in files.DOCUMENTS)


class FileBody(Shape):
    """A PDF, PNG or JPEG of at most 10 MB."""

    kind = serializers.ChoiceField(choices=FileKind.values)
    file = serializers.FileField(allow_empty_file=True)


class AgreementFiles(ApiView):
    """Adding a file to an agreement."""

    parser_classes: ClassVar = [MultiPartParser]

    @operation(
        "Add a file to an agreement", scope="agreements.write", body=FileBody, answer=FileOut, status=201, is_once=True
    )
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Known by what is in it, not by its name (M9, M15)."""
        agreement = of_caller(request, public_id)
        kind = FileKind(asked.body["kind"])
        kept = services.keep_file(agreement, by=request.user, at=now(), kind=kind, upload=asked.body["file"])
        place = reverse("api:agreement_file", args=[kept.public_id])
        return Answer(file_shown(kept), headers={"Location": place})


class AgreementFileContent(ApiView):
    """One file."""

    @operation("Download a file of an agreement", scope="agreements.read", answer=None, media=MEDIA)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> HttpResponseBase:
        """As an attachment."""
        kept = get_object_or_404(AgreementFile.objects.visible_to(request.user), public_id=public_id)
        return files.answer(kept.stored_as, file_name=kept.file_name, media_type=kept.media_type)
