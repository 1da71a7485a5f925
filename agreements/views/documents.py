"""The text of the agreement, fetched when it is asked for; its address is good for five minutes (M4)."""

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from agreements.models import TemplateVersion
from agreements.services import microsoft
from agreements.services.links import languages_of
from partners.access import PersonRequest

SECONDS = 300
SALT = "agreements.document"


@require_POST
def ask(request: PersonRequest) -> HttpResponse:
    """Make an address for a text in a language for a country, good for this person and five minutes."""
    country, language = request.POST.get("country", "")[:2], request.POST.get("language", "")[:10]
    if language not in languages_of(country, on=localdate()):
        return render(request, "agreements/document.html", {"is_unknown": True, "language": language}, status=422)
    token = signing.dumps([request.user.pk, country, language], salt=SALT, compress=True)
    return redirect("agreements:document", token)


@require_GET
def document(request: PersonRequest, token: str) -> HttpResponse:
    """Hand a text on without keeping it; where it cannot be had, say so and where it stands."""
    try:
        person, country, language = signing.loads(token, salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return render(request, "agreements/document.html", {"is_old": True}, status=410)
    template = TemplateVersion.objects.valid_on(localdate()).order_by("-version_rank").first()
    if person != request.user.pk or template is None:
        return render(request, "agreements/document.html", {"is_old": True}, status=410)
    found = microsoft.client().document(template_id=template.template_id, language=language, country=country)
    if found is None:
        context = {"template": template, "language": language}
        return render(request, "agreements/document.html", context, status=503)
    response = HttpResponse(found.content, content_type=found.media_type)
    response["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
