"""News, help and glossary for readers, and the newsletter: wanted by a choice, ended by one click."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.isolation import Side, acting
from partners import services
from partners.access import PersonRequest
from partners.models import NewsSubscription, Post
from partners.states import PostKind


@require_GET
def news(request: PersonRequest) -> HttpResponse:
    """What is new for the person, or what was."""
    is_archive, today = bool(request.GET.get("archive")), localdate()
    posts = services.news_for(request.user, on=today, is_archive=is_archive)
    context = {
        "rows": [(one, one.is_ahead(today)) for one in posts],
        "is_archive": is_archive,
        "is_reader": NewsSubscription.objects.visible_to(request.user).filter(is_on=True).exists(),
    }
    return render(request, "partners/posts/news.html", context)


@require_GET
def post(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One of the news; old ones keep their address."""
    today = localdate()
    seen = Post.objects.visible_to(request.user).filter(kind=PostKind.NEWS, shown_from__lte=today)
    found = get_object_or_404(seen, public_id=public_id)
    if not services.is_for(found, request.user):
        raise Http404
    return render(request, "partners/posts/post.html", {"post": found, "is_ahead": found.is_ahead(today)})


@require_GET
def help_page(request: PersonRequest) -> HttpResponse:
    """Help texts, and the terms of the glossary by name."""
    today = localdate()
    posts = list(Post.objects.visible_to(request.user).shown_on(today).filter(kind__in=(PostKind.HELP, PostKind.TERM)))
    by_name = sorted(posts, key=lambda one: one.title.casefold())
    context = {
        "texts": [one for one in by_name if one.kind == PostKind.HELP],
        "terms": [one for one in by_name if one.kind == PostKind.TERM],
    }
    return render(request, "partners/posts/help.html", context)


@require_POST
def newsletter(request: PersonRequest) -> HttpResponse:
    """Say that one wants the newsletter, or that one does not."""
    is_on = bool(request.POST.get("on"))
    services.subscribe_to_news(by=request.user, at=now(), is_on=is_on)
    done = _("You get the newsletter from now on.") if is_on else _("You get no newsletter any more.")
    messages.success(request, done)
    return redirect("partners:news")


# mail programs send this click by themselves, without a session and without a form (RFC 8058)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def opt_out(request: HttpRequest, token: str) -> HttpResponse:
    """End the newsletter by the link in a mail, without signing in; a look alone changes nothing, links are looked into."""
    public_id, is_known = services.read_opt_out(token), False
    if public_id:
        with acting(Side.SIGNER, link_id=public_id):
            if request.method == "POST":
                is_known = services.opt_out(public_id, at=now())
            else:
                is_known = NewsSubscription.objects.filter(public_id=public_id).exists()
    context = {"is_known": is_known, "is_done": request.method == "POST"}
    return render(request, "partners/posts/opt_out.html", context, status=200 if is_known else 404)
