"""What people do around a lead, in the API: comments, the team, favourites; its history, and what a registration lacks."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from common.refusals import Unfit
from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, etag_of, operation
from common.rest.inputs import Paged, Shape, Text, YesNo
from partners.access import ApiView
from partners.models import User
from referrals import panels, services
from referrals.api.leads import of_caller
from referrals.models import Comment, EventKind, Favourite, Referral, ReferralEvent
from referrals.states import Actor

_EVENT = ("kind", "from_state", "to_state", "reason", "text", "at", "by", "side")
_EVENT_COLUMNS = (*_EVENT[:-2], "by_name", "side")
_COMMENT = ("number", "text", "is_internal", "at", "by", "side")
_COMMENT_COLUMNS = ("pk", "text", "is_internal", "at", "by_name", "side")
SIDES = [actor.value for actor in Actor]


class CommentOut(serializers.Serializer):  # type: ignore[misc]
    """Something said about a lead, by either side."""

    number = serializers.IntegerField()
    text = serializers.CharField()
    is_internal = serializers.BooleanField(help_text="Only the partner's own team reads it.")
    at = serializers.DateTimeField()
    by = serializers.CharField()
    side = serializers.ChoiceField(choices=SIDES)


class CommentBody(Shape):
    """Something to say; `mentions` are e-mail addresses of colleagues who see the lead."""

    text = Text(max_length=4000)
    is_internal = YesNo(required=False, default=False)
    mentions = serializers.ListField(child=Text(max_length=254), required=False, default=list, max_length=50)


class MemberOut(serializers.Serializer):  # type: ignore[misc]
    """Somebody on the team of a lead."""

    name = serializers.CharField()
    email = serializers.CharField()


class TeamOut(serializers.Serializer):  # type: ignore[misc]
    """The team of a lead: who sees it."""

    people = MemberOut(many=True)


class TeamBody(Shape):
    """Everybody who is on the team from now on, by e-mail address."""

    people = serializers.ListField(child=Text(max_length=254), min_length=1, max_length=100)


class FavouriteOut(serializers.Serializer):  # type: ignore[misc]
    """Whether one keeps an eye on a lead."""

    is_favourite = serializers.BooleanField()


class FavouriteBody(Shape):
    """Whether to keep an eye on it."""

    is_favourite = YesNo()


class LeadEventOut(serializers.Serializer):  # type: ignore[misc]
    """Something that happened to a lead."""

    kind = serializers.ChoiceField(choices=EventKind.values)
    from_state = serializers.CharField(allow_blank=True)
    to_state = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()
    by = serializers.CharField(allow_blank=True)
    side = serializers.CharField()


class CheckOut(serializers.Serializer):  # type: ignore[misc]
    """One condition of a deal registration; null: the portal cannot know."""

    text = serializers.CharField()
    is_met = serializers.BooleanField(allow_null=True)


class ChecklistOut(serializers.Serializer):  # type: ignore[misc]
    """What a deal registration would still lack (R38): information, never a refusal."""

    checks = CheckOut(many=True)


class LeadComments(ApiView):
    """Comments on a lead."""

    @operation("List comments", scope="referrals.read", query=Paged, answer=CommentOut, is_list=True)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """The oldest first."""
        rows = Comment.objects.visible_to(request.user).filter(referral=of_caller(request, public_id))
        page = cut("comments", rows, _COMMENT_COLUMNS, asked=asked.query)
        items = [dict(zip(_COMMENT, row[1:], strict=True)) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})

    @operation(
        "Comment on a lead", scope="referrals.write", body=CommentBody, answer=CommentOut, status=201, is_once=True
    )
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """To both sides, or to the own team alone."""
        lead, said = of_caller(request, public_id), dict(asked.body)
        people = {person.email: person.pk for person in services.mentionable(lead, request.user)}
        mentions = [_found(people, address, "mentions") for address in said.pop("mentions")]
        done = services.comment(lead, by=request.user, at=now(), mentions=mentions, **said)
        values = dict(zip(_COMMENT, (getattr(done, name) for name in _COMMENT_COLUMNS), strict=True))
        return Answer(values, headers={"Location": reverse("api:referral_comments", args=[public_id])})


def _found(people: dict[str, Any], address: str, field: str) -> Any:
    if address.lower() not in people:
        raise Unfit(_("There is no colleague with the address %(email)s.") % {"email": address[:254]}, field=field)
    return people[address.lower()]


def _team(lead: Referral) -> list[User]:
    return [member.user for member in lead.team.select_related("user").order_by("id")]


def _shown(team: list[User]) -> dict[str, Any]:
    return {"people": [{"name": person.name, "email": person.email} for person in team]}


class LeadTeam(ApiView):
    """The team of a lead."""

    @operation("Read the team of a lead", scope="referrals.read", answer=TeamOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Who sees it, the partner's administrators aside."""
        return Answer(_shown(_team(of_caller(request, public_id))))

    @operation("Set the team of a lead", scope="referrals.write", body=TeamBody, answer=TeamOut, must_match=True)
    def put(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Exactly these; whoever leaves itself out sees the lead no longer."""
        lead, by, at = of_caller(request, public_id), request.user, now()
        before = _team(lead)
        asked.must_match(etag_of(_shown(before)), lambda: _shown(before))
        colleagues = User.objects.visible_to(by).filter(is_active=True)
        people = {person.email: person for person in [*colleagues, *before]}
        wanted = {one.pk: one for one in (_found(people, address, "people") for address in asked.body["people"])}
        for person in wanted.values():
            if person not in before:
                services.add_member(lead, by=by, at=at, person=person)
        # oneself last, because nothing can be done afterwards
        for person in sorted(before, key=lambda person: person.pk == by.pk):
            if person.pk not in wanted:
                services.remove_member(lead, by=by, at=at, person=person)
        return Answer(_shown(_team(lead)))


def _eye(request: Request, lead: Referral) -> dict[str, bool]:
    return {"is_favourite": Favourite.objects.visible_to(request.user).filter(referral=lead).exists()}


class LeadFavourite(ApiView):
    """Keeping an eye on a lead."""

    @operation("Read whether a lead is a favourite", scope="referrals.read", answer=FavouriteOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Of the client itself."""
        return Answer(_eye(request, of_caller(request, public_id)))

    @operation(
        "Set whether a lead is a favourite", scope="referrals.write", body=FavouriteBody, answer=FavouriteOut,
        must_match=True,
    )  # fmt: skip
    def put(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Or no longer."""
        lead = of_caller(request, public_id)
        before = _eye(request, lead)
        asked.must_match(etag_of(before), lambda: before)
        services.favour(lead, by=request.user, is_favourite=asked.body["is_favourite"])
        return Answer(_eye(request, lead))


class LeadTimeline(ApiView):
    """What happened to a lead."""

    @operation("List what happened to a lead", scope="referrals.read", query=Paged, answer=LeadEventOut, is_list=True)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """The oldest first."""
        rows = ReferralEvent.objects.visible_to(request.user).filter(referral=of_caller(request, public_id))
        page = cut("lead-events", rows, _EVENT_COLUMNS, asked=asked.query)
        items = [dict(zip(_EVENT, row[1:], strict=True)) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})


class LeadChecklist(ApiView):
    """The registration checklist."""

    @operation("Read the registration checklist", scope="referrals.read", answer=ChecklistOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Met, missing, or not known here."""
        checks = panels.registration(of_caller(request, public_id), at=now())
        return Answer({"checks": [{"text": check.text, "is_met": check.is_met} for check in checks]})
