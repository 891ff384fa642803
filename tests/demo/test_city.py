"""The demo city is whole: every count equals its rows, every state its dates, nothing lies in the future."""

import hashlib
from datetime import date
from functools import partial

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db.models import Count, F, Max, Q
from django.utils import timezone

from budgets.models import Request
from decide.accounts import rules
from decide.accounts.models import Appointment, DocumentKey, Residence, User
from decide.accounts.services import verify_by_register
from decide.answers.models import Answer, Milestone
from decide.assemblies.models import Assembly, Seat
from decide.comments.models import Comment, CommentRating, Thread
from decide.demo import people, scale
from decide.demo.city import load_city
from decide.demo.signatures import STORY_WAITS_FOR
from decide.territory.models import Neighbourhood, ServicePoint, Zone
from proposals import search, services
from proposals.models import Proposal, StatusChange
from tests import database
from votes import services as polls
from votes import verificar
from votes.models import Participation, Poll, Support, SupportBox

Status = Proposal.Status
OWED = [Status.REACHED, Status.REVIEW, Status.VOTING, Status.ANSWERED, Status.EXECUTION, Status.DONE]
WAY = [Status.REACHED, Status.REVIEW, Status.ANSWERED, Status.EXECUTION, Status.DONE]


def shown(prefix=""):
    return Count(f"{prefix}all_comments", filter=Q(all_comments__deleted_at=None, all_comments__hidden=False))


WRONG = {
    "supports": lambda: SupportBox.objects.annotate(n=Count("all_supports")).exclude(supports=F("n")),
    "counted": lambda: SupportBox.objects.annotate(
        n=Count("all_supports", filter=Q(all_supports__counted=True))
    ).exclude(counted=F("n")),
    "counted only in the scope": lambda: Support.objects.filter(
        Q(counted=True) & Q(box__scope__isnull=False) & ~Q(residence__parish=F("box__scope"))
        | Q(counted=False) & (Q(box__scope=None) | Q(residence__parish=F("box__scope")))
    ),
    "comments": lambda: Thread.objects.annotate(n=shown()).exclude(comments=F("n")),
    "useful": lambda: Comment.objects.annotate(n=Count("ratings", filter=Q(ratings__useful=True))).exclude(
        useful=F("n")
    ),
    "not useful": lambda: Comment.objects.annotate(n=Count("ratings", filter=Q(ratings__useful=False))).exclude(
        not_useful=F("n")
    ),
    "own comments rated": lambda: CommentRating.objects.filter(user=F("comment__author")),
    "replies of roots": lambda: Comment.objects.filter(
        Q(parent__parent__isnull=False) | Q(parent__isnull=False) & ~Q(thread=F("parent__thread"))
    ),
    "replies before what they answer": lambda: Comment.objects.filter(parent__created__gte=F("created")),
    "offices of their speakers": lambda: Comment.objects.filter(
        Q(appointment__isnull=False) & ~Q(appointment__holder=F("author"))
    ),
    "supports before publication": lambda: Support.objects.filter(created__lt=F("box__proposal__published_at")),
    "comments before publication": lambda: Comment.objects.filter(created__lt=F("thread__proposal__published_at")),
    "open and over the threshold": lambda: Proposal.objects.filter(
        status=Status.OPEN, box__counted__gte=F("box__threshold")
    ),
    "reached below the threshold": lambda: Proposal.objects.filter(
        status__in=WAY, box__counted__lt=F("box__threshold")
    ),
    "open and expired": lambda: Proposal.objects.filter(status=Status.OPEN, expires_at__lte=timezone.now()),
    "archived before its time": lambda: Proposal.objects.filter(status=Status.ARCHIVED, expires_at__gt=timezone.now()),
    "answers of those that need one": lambda: Proposal.objects.filter(
        Q(status__in=OWED, answer=None) | Q(answer__isnull=False) & ~Q(status__in=OWED)
    ),
    "boxes open while supports are taken": lambda: Proposal.objects.exclude(
        Q(box__open=True, status__in=[Status.DRAFT, Status.OPEN, Status.REACHED, Status.REVIEW, Status.VOTING])
        | Q(box__open=False, status__in=[*WAY[2:], Status.WITHDRAWN, Status.ARCHIVED])
    ),
    "threads public like their proposals": lambda: Thread.objects.exclude(proposal=None).exclude(
        Q(public=False, proposal__status=Status.DRAFT) | Q(public=True) & ~Q(proposal__status=Status.DRAFT)
    ),
    "threads public like their polls": lambda: Thread.objects.exclude(poll=None).exclude(
        Q(public=True, poll__status__in=Poll.PUBLIC) | Q(public=False) & ~Q(poll__status__in=Poll.PUBLIC)
    ),
    "threads owned by authors": lambda: Thread.objects.exclude(proposal=None).exclude(owner=F("proposal__author")),
    "milestones of what was not accepted": lambda: Milestone.objects.exclude(
        answer__outcome__in=["accepted", "partial"]
    ),
    "answers in order": lambda: Answer.objects.filter(
        Q(assigned_at__lt=F("asked_at"))
        | Q(passed_at__lt=F("assigned_at"))
        | Q(extended_at__gt=F("due"))
        | Q(answered_at__lt=F("assigned_at"))
    ),
    "accounts without a residence in their parish": lambda: User.objects.filter(
        Q(residence__isnull=False) & ~Q(residence__parish=F("home_parish"))
    ),
    "service points or neighbourhoods not labelled": lambda: [
        *ServicePoint.objects.filter(invented=False),
        *Neighbourhood.objects.filter(invented=False),
    ],
}


@pytest.mark.parametrize("rule", WRONG)
def test_nothing_contradicts(city, rule):
    assert list(WRONG[rule]()) == []


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (Support, "created"),
        (Comment, "created"),
        (StatusChange, "at"),
        (Proposal, "published_at"),
        (Answer, "asked_at"),
    ],
)
def test_nothing_happened_in_the_future(city, model, field):
    assert model.objects.aggregate(last=Max(field))["last"] <= timezone.now()


def test_a_planted_contradiction_is_noticed(city):
    SupportBox.objects.filter(pk=SupportBox.objects.first().pk).update(supports=F("supports") + 1)
    assert len(WRONG["supports"]()) == 1


def test_steps_lead_to_the_state_and_search_knows_every_title(city):
    for proposal in Proposal.objects.all():
        steps = list(proposal.status_changes.values_list("status", "at"))
        assert [at for _status, at in steps] == sorted(at for _status, at in steps)
        assert [status for status, _at in steps][-1:] == ([] if proposal.status == "draft" else [proposal.status])
        assert proposal.search_text == search.search_text(proposal)
        grams = set(proposal.grams.values_list("gram", flat=True))
        assert grams == (set() if proposal.status == "draft" else search.grams_of(proposal.title))
        assert proposal.thread.path == proposal.get_absolute_url()


def test_what_is_due_changes_no_state(city):
    """The states are those to which the services themselves would lead."""
    before = dict(Proposal.objects.values_list("pk", "status"))
    assert services.archive_expired(timezone.now()) == 0
    for answer in Answer.objects.all():
        services.follow_answer(sender=Answer, answer=answer)
    assert dict(Proposal.objects.values_list("pk", "status")) == before


def test_every_state_and_every_kind_of_answer_is_there(city):
    assert set(Proposal.objects.values_list("status", flat=True)) == set(Status.values)
    answers = Answer.objects.all()
    assert set(answers.values_list("outcome", flat=True)) == {"", *Answer.Outcome.values}
    assert answers.pending().filter(agency=None).exists()
    assert answers.pending().late().exists()
    assert answers.pending().exclude(passed_at=None).exists()
    assert answers.pending().exclude(extended_at=None).exists()
    assert set(Milestone.objects.values_list("state", flat=True)) == {"planned", "ongoing", "done"}


def test_the_story_stands_two_supports_short(city):
    story = Proposal.objects.get(title="Caminos seguros a la escuela en La Argelia")
    assert story.box.missing == 2
    for account in STORY_WAITS_FOR:
        user = User.objects.get(email=people.address(account))
        assert user.residence.parish == story.parish
        services.support_proposal(proposal=story, user=user)
    story.refresh_from_db()
    assert story.status == Status.REACHED


def test_the_accounts_are_those_of_the_contract(city):
    names = [*(f"residente{i}" for i in range(1, 21)), *OFFICES, "sinverificar", "admin"]
    usable = User.objects.exclude(password=people.NOBODY)
    assert {u.email for u in usable} == {f"{name}@demo.quito" for name in names}
    verified = {u.email.partition("@")[0] for u in User.objects.select_related("residence") if rules.is_verified(u)}
    assert {n for n in names if n.startswith("residente")} <= verified
    assert not {"sinverificar", "admin"} & verified
    argelia = {f"residente{i}@demo.quito" for i in (1, 2, 3)}
    assert (
        set(
            usable.filter(residence__parish__code="170116", email__startswith="residente").values_list(
                "email", flat=True
            )
        )
        == argelia
    )
    assert usable.filter(email__startswith="residente").values("residence__parish").distinct().count() >= 15


OFFICES = {
    "presidenta": "president",
    "delegada": "delegate",
    "comite": "committee",
    "secretaria": "secretary",
    "facilitadora": "facilitator",
    "zonal": "zonal",
    "zonal2": "zonal",
    "tecnica": "technical",
    "social": "social",
    "juridica": "legal",
    "dependencia": "agency",
    "participacion": "participation",
    "mostrador": "desk",
    "voluntariado": "volunteering",
    "moderacion": "moderator",
    "moderacion2": "moderator",
}


def test_offices_are_held_today(city):
    usable = User.objects.exclude(password=people.NOBODY)
    held = {a.holder.email.partition("@")[0]: a.office for a in Appointment.objects.current().filter(holder__in=usable)}
    assert held == OFFICES


@pytest.mark.parametrize("account", ["residente1", "residente20", "sinverificar", "participacion", "admin"])
def test_an_account_signs_in_by_the_form(city, client, account, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    data = {"login": people.address(account), "password": people.PASSWORD}
    response = client.post("/cuentas/login/", data)
    assert response.status_code == 302, response.content.decode()
    assert client.get("/mi/").status_code == 200


def test_neighbours_cannot_sign_in(city, rf):
    request = rf.get("/")
    assert authenticate(request, email="vecino1@demo.quito", password=people.PASSWORD) is None
    assert authenticate(request, email="vecino1@demo.quito", password="") is None


def test_a_newcomer_is_verified_by_the_register(city):
    line = people.rows("register.csv")[0]
    user = User.objects.get(email="sinverificar@demo.quito")
    residence = verify_by_register(user=user, cedula=line["cedula"], birth_date=date.fromisoformat(line["birth_date"]))
    assert residence.parish.name == "La Argelia"


def test_photos_are_small_labelled_and_there(city, settings):
    settings.MEDIA_ROOT = city
    for proposal in Proposal.objects.filter(photos__isnull=False).prefetch_related("photos"):
        for photo in proposal.photos.all():
            assert 5_000 < photo.image.size < 60_000
            assert photo.alt.startswith("Dibujo")
            assert photo.image.storage.exists(photo.image.small_name)


def test_every_zone_has_a_desk(city):
    zones = set(ServicePoint.objects.values_list("parish__zone", flat=True))
    assert zones == set(Zone.objects.with_parishes().values_list("pk", flat=True))


def test_no_number_of_a_document_is_stored(city):
    numbers = [line["cedula"] for line in people.rows("register.csv")]
    keys = DocumentKey.objects.values_list("key", flat=True)
    assert not [key for key in keys if any(number in key for number in numbers)]
    assert Residence.objects.count() == DocumentKey.objects.values("residence").distinct().count()


def test_the_large_city_is_whole(city, monkeypatch):
    monkeypatch.setattr(scale, "PROPOSALS", 60)
    monkeypatch.setattr(scale, "SUPPORTS", 600)
    monkeypatch.setattr(scale, "COMMENTS", 300)
    monkeypatch.setattr(scale, "write_budgets", lambda now: None)  # tests/demo/test_budgets.py
    before = Proposal.objects.count(), Support.objects.count(), Comment.objects.count()
    scale.load_scale()
    after = Proposal.objects.count(), Support.objects.count(), Comment.objects.count()
    assert [b - a for a, b in zip(before, after, strict=True)] == [60, 600, 300]
    assert Thread.objects.filter(comments=scale.LONGEST_THREAD).count() == 1
    assert {rule: list(find()) for rule, find in WRONG.items() if list(find())} == {}
    assert scale.is_loaded()


# --- polls ---------------------------------------------------------------------------------------------------


def test_city_has_a_poll_in_every_state_that_people_meet(city):
    states = {(poll.status, poll.is_sealed) for poll in Poll.objects.all()}

    assert states == {
        ("submitted", False),
        ("approved", False),
        ("open", False),
        ("open", True),
        ("closed", False),
        ("annulled", False),
    }
    for poll in Poll.objects.exclude(opened_at=None):
        assert poll.turnout == Participation.objects.filter(poll=poll).count()


def test_every_poll_of_the_city_verifies(city):
    for poll in Poll.objects.exclude(opened_at=None):
        files = {name: b"".join(pieces) for name, pieces in polls.export_files(poll).items()}
        assert verificar.verify(files)["ok"], poll.title


def test_whoever_one_can_sign_in_as_may_still_vote_in_what_is_open(city):
    residents = User.objects.filter(email__startswith="residente").values("residence")
    assert not Participation.objects.filter(poll__status="open", residence__in=residents).exists()
    assert Participation.objects.filter(poll__status="closed", residence__in=residents).exists()


# --- the same again ------------------------------------------------------------------------------------------


SEAT = ("assembly__name", "sent_by__name", "number", "starts", "term", "principal__holder_name")
REQUEST = ("title", "status", "filed_at", "status_reason", "box__supports", "candidate__cost", "candidate__item__votes")


def portrait() -> str:
    """A hash of everything of the city but the numbers that the database gives."""
    lines = [
        *map(repr, Proposal.objects.order_by("title").values_list("title", "status", "published_at", "search_text")),
        *map(repr, Comment.objects.order_by("created").values_list("author__email", "body", "created", "useful")),
        *map(repr, Answer.objects.order_by("subject").values_list("subject", "due", "agency__slug", "body")),
        *map(repr, User.objects.order_by("email").values_list("email", "public_id", "display_name")),
        *map(repr, Assembly.objects.order_by("search_text", "name").values_list("name", "status", "registered_at")),
        *map(repr, Seat.objects.order_by("starts", "assembly__name", "sent_by__name", "number").values_list(*SEAT)),
        *map(repr, Request.objects.order_by("year__year", "parish__code", "title").values_list(*REQUEST)),
        *map(
            repr,
            Support.objects.order_by("box__proposal__title", "residence__document_keys__key").values_list(
                "residence__document_keys__key", "created", "counted"
            ),
        ),
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def test_the_city_is_the_same_at_every_run_and_a_second_start_keeps_it(city, city_now, settings, monkeypatch, tmp_path):
    """The command loads it once more, into an emptied database."""
    first = portrait()
    database.empty()
    assert not Proposal.objects.exists()
    settings.DEMO, settings.MEDIA_ROOT = True, tmp_path / "again"
    monkeypatch.setattr("decide.demo.city.load_city", partial(load_city, city_now))
    call_command("demo", "--no-server", verbosity=0)
    assert portrait() == first

    story = Proposal.objects.get(title__startswith="Caminos seguros")
    Proposal.objects.filter(pk=story.pk).update(reference="cambiada por alguien")
    accounts = User.objects.count()
    call_command("demo", "--no-server", verbosity=0)
    assert Proposal.objects.get(pk=story.pk).reference == "cambiada por alguien"
    assert User.objects.count() == accounts
