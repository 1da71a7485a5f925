"""Pages of leads."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from partners.access import PersonRequest
from referrals.models import Referral


@require_GET
def lead(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One lead."""
    found = get_object_or_404(Referral.objects.visible_to(request.user), public_id=public_id)
    return HttpResponse(str(found))
