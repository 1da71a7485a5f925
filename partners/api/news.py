"""News, help texts and terms in the API, as the pages show them to people of the partner."""

from datetime import date
from typing import Any

from django.utils.timezone import localdate
from rest_framework import serializers
from rest_framework.request import Request

from common.rest.endpoints import Answer, Asked, operation
from common.rest.inputs import Single
from partners import services
from partners.access import ApiView
from partners.models import Post
from partners.states import Certainty, PostKind

HELP = (PostKind.HELP, PostKind.TERM)


class PostOut(serializers.Serializer):  # type: ignore[misc]
    """What the office wrote, in the language of the request."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=PostKind.values)
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)
    certainty = serializers.ChoiceField(choices=["", *Certainty.values], help_text="How certain it is (S5).")
    effective = serializers.DateField(allow_null=True)
    is_ahead = serializers.BooleanField(help_text="It is not in force yet.")
    shown_from = serializers.DateField()
    shown_to = serializers.DateField(allow_null=True)


class PostFilter(Single):
    """What to read."""

    about = serializers.ChoiceField(choices=["news", "help"], required=False, default="news")
    archive = serializers.BooleanField(required=False, default=False, help_text="News that are over.")


class Posts(ApiView):
    """What the office tells partners."""

    @operation("Read the news", scope="notices.read", query=PostFilter, answer=PostOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """The newest news that are for the partner; help texts and terms by name."""
        today = localdate()
        if asked.query["about"] == "news":
            posts = services.news_for(request.user, on=today, is_archive=asked.query["archive"])
        else:
            shown = Post.objects.visible_to(request.user).shown_on(today).filter(kind__in=HELP)
            posts = sorted(shown, key=lambda one: one.title.casefold())
        return Answer({"items": [_shown(one, today) for one in posts], "next": None})


def _shown(post: Post, today: date) -> dict[str, Any]:
    about = {"certainty": post.certainty, "effective": post.effective, "is_ahead": post.is_ahead(today)}
    shown = {"shown_from": post.shown_from, "shown_to": post.shown_to}
    words = {"title": post.title, "text": post.body, "source": post.source_url}
    return {"id": post.public_id, "kind": post.kind, **words, **about, **shown}
